"""One suite for every target: what it says is what is there, and what is not ours stays as it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policy.canonical import JsonValue
from policy.diagnostics import OrdainError
from policy.enforcement import Action, Call
from tests.conformance.target_kinds import World, csv_world, memory_world, sql_world
from tests.conformance.target_samples import account, action, apply, payload, probe
from tests.servers.postgresql import fresh_schema

KINDS = ["memory", "csv", "sqlite-database", "sqlite-ordain"]
SERVERS = ["postgresql-database", "postgresql-ordain"]


@pytest.fixture(params=[*KINDS, *(pytest.param(one, marks=pytest.mark.postgresql) for one in SERVERS)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Every kind of target."""
    kind, _, anchor_from = request.param.partition("-")
    match kind:
        case "memory":
            made = memory_world(tmp_path)
        case "csv":
            made = csv_world(tmp_path)
        case "sqlite":
            made = sql_world(tmp_path, f"sqlite:///{tmp_path}/town.db", anchor_from)
        case _:
            made = sql_world(tmp_path, fresh_schema(request.getfixturevalue("postgresql_url")), anchor_from)
    before = made.outside()
    yield made
    assert made.outside() == before, "L10: what is not ours stays byte for byte"
    made.close()


def create(world: World, person: str = "P1", number: int = 1, **attributes: JsonValue) -> str:
    what = action(Call.CREATE, person=person, number=number)
    return apply(world.target, what, payload(person, **attributes)).anchor


def test_a_target_tells_what_is_there(world: World) -> None:
    stranger = account(world.target, world.stranger)
    assert stranger is not None
    assert stranger.attributes["Login"] == "stranger"
    assert stranger.permissions == {"Archive"}
    assert not stranger.enabled
    anchors = [one.anchor for one in world.target.observe().accounts]
    assert anchors == sorted(anchors)
    assert world.target.observe() == world.target.observe()


def test_an_account_is_created_disabled_and_without_permissions(world: World) -> None:
    what = action(Call.CREATE)
    assert not probe(world.target, Call.CREATE, "", payload()).effective
    result = apply(world.target, what, payload())
    assert result.anchor
    assert result.attributes["Login"] == "login-p1"
    found = account(world.reopen(), result.anchor)
    assert found is not None
    assert (found.enabled, found.permissions) == (False, frozenset())
    assert (found.attributes["EmployeeId"], found.attributes["Login"]) == ("P1", "login-p1")
    seen = probe(world.reopen(), Call.CREATE, "", payload())
    assert (seen.effective, seen.result.anchor) == (True, result.anchor)


def test_a_creation_sent_twice_makes_one_account_or_is_found_first(world: World) -> None:
    what = action(Call.CREATE)
    first = apply(world.target, what, payload())
    if world.target.idempotent:
        assert apply(world.reopen(), what, payload()).anchor == first.anchor
    else:
        # Such a target is asked before anything is sent again: the correlation attribute finds the account.
        assert world.reopen().probe(what, payload()).result.anchor == first.anchor
    assert len(world.target.observe().accounts) == len({one.anchor for one in world.target.observe().accounts})
    assert sum(one.attributes["EmployeeId"] == "P1" for one in world.target.observe().accounts) == 1


@pytest.mark.parametrize("call", [Call.ENABLE, Call.DISABLE])
def test_enabling_and_disabling(world: World, call: Call) -> None:
    anchor = create(world)
    other = Call.ENABLE if call is Call.DISABLE else Call.DISABLE
    apply(world.target, action(other, anchor, number=2))
    assert not probe(world.target, call, anchor).effective
    for _ in ("once", "twice"):
        apply(world.target, action(call, anchor, number=3))
        assert probe(world.reopen(), call, anchor).effective
        assert not probe(world.reopen(), other, anchor).effective
    found = account(world.reopen(), anchor)
    assert found is not None
    assert found.enabled is (call is Call.ENABLE)


def test_attributes_that_come_with_enabling_are_written_and_probed(world: World) -> None:
    anchor = create(world)
    apply(world.target, action(Call.ENABLE, anchor, number=2), payload(Login="awake"))
    found = account(world.reopen(), anchor)
    assert found is not None
    assert (found.attributes["Login"], found.enabled) == ("awake", True)
    assert probe(world.target, Call.ENABLE, anchor, payload(Login="awake")).effective
    assert not probe(world.target, Call.ENABLE, anchor, payload(Login="asleep")).effective


def test_a_permission_added_twice_is_there_once_and_gone_after_one_removal(world: World) -> None:
    anchor, other = create(world), create(world, "P2", number=2)
    adding = action(Call.ADD_PERMISSION, anchor, name="Nurses; “ward, 3”")
    removing = action(Call.REMOVE_PERMISSION, anchor, name="Nurses; “ward, 3”")
    assert world.target.probe(removing, None).effective
    apply(world.target, action(Call.ADD_PERMISSION, other, name="Nurses; “ward, 3”"))
    for _ in ("once", "twice"):
        apply(world.target, adding)
        assert world.reopen().probe(adding, None).effective
        assert not world.reopen().probe(removing, None).effective
    apply(world.target, action(Call.ADD_PERMISSION, anchor, name="Rostering"))
    for _ in ("once", "twice"):
        apply(world.target, removing)
        assert world.reopen().probe(removing, None).effective
        assert not world.reopen().probe(adding, None).effective
    found, untouched = account(world.target, anchor), account(world.target, other)
    assert found is not None
    assert untouched is not None
    assert found.permissions == {"Rostering"}
    assert untouched.permissions == {"Nurses; “ward, 3”"}


def test_an_update_changes_what_it_names_and_nothing_else(world: World) -> None:
    anchor = create(world, Notes="first")
    apply(world.target, action(Call.ENABLE, anchor, number=2))
    apply(world.target, action(Call.ADD_PERMISSION, anchor, name="Rostering"))
    changed = payload(Login="Ångström; “x”\n2")
    assert not probe(world.target, Call.UPDATE, anchor, changed).effective
    for _ in ("once", "twice"):
        result = apply(world.target, action(Call.UPDATE, anchor, number=3), changed)
        assert result.attributes["Login"] == "Ångström; “x”\n2"
        assert probe(world.reopen(), Call.UPDATE, anchor, changed).effective
    found = account(world.reopen(), anchor)
    assert found is not None
    assert found.enabled
    assert found.permissions == {"Rostering"}
    assert found.attributes["Notes"] == "first"
    assert found.attributes["Login"] == "Ångström; “x”\n2"


@pytest.mark.parametrize("value", ["", " padded ", "line\rend", "a\tb", '["not a list', "1e3", "NULL", "'; --"])
def test_every_text_comes_back_as_it_was(world: World, value: str) -> None:
    anchor = create(world, Notes=value)
    found = account(world.reopen(), anchor)
    assert found is not None
    assert found.attributes["Notes"] == value
    assert probe(world.reopen(), Call.UPDATE, anchor, payload(Notes=value)).effective


def test_an_absent_value_and_a_list_are_probed_as_written(world: World) -> None:
    mapped = payload(EmployeeId=None, Notes=["one", "two; three"])
    anchor = apply(world.target, action(Call.CREATE, person="P4"), payload("P4")).anchor
    apply(world.target, action(Call.UPDATE, anchor, number=2), mapped)
    assert probe(world.reopen(), Call.UPDATE, anchor, mapped).effective
    assert not probe(world.reopen(), Call.UPDATE, anchor, payload(EmployeeId=None, Notes=["one"])).effective


def test_uniqueness_is_asked_of_all_but_oneself(world: World) -> None:
    assert world.target.is_unique("Login", "free", but_anchor=None)
    assert not world.target.is_unique("Login", "stranger", but_anchor=None)
    assert world.target.is_unique("Login", "stranger", but_anchor=world.stranger)
    anchor = create(world)
    assert not world.reopen().is_unique("Login", "login-p1", but_anchor=None)
    assert world.reopen().is_unique("Login", "login-p1", but_anchor=anchor)
    assert not world.reopen().is_unique("Login", "login-p1", but_anchor=world.stranger)


def test_a_value_taken_by_another_is_refused_and_nothing_is_left_behind(world: World) -> None:
    if world.unique is None:
        pytest.skip("a file knows no constraint; uniqueness is asked before")
    before = world.target.observe()
    what = action(Call.CREATE)
    with pytest.raises(OrdainError) as refused:
        apply(world.target, what, payload(**{world.unique: "stranger"}))
    assert refused.value.diagnostic.code == "ORD0822"
    assert world.unique.lower() in refused.value.diagnostic.detail.lower()
    assert world.reopen().observe() == before
    anchor = create(world, number=2)
    with pytest.raises(OrdainError) as refused:
        apply(world.target, action(Call.UPDATE, anchor, number=3), payload(**{world.unique: "stranger"}))
    assert refused.value.diagnostic.code == "ORD0822"
    assert probe(world.target, Call.UPDATE, anchor, payload()).effective


def test_a_deletion_takes_the_permissions_along_and_is_done_once(world: World) -> None:
    anchor, other = create(world), create(world, "P2", number=2)
    for one in (anchor, other):
        apply(world.target, action(Call.ADD_PERMISSION, one, name="Rostering"))
    assert not probe(world.target, Call.DELETE, anchor).effective
    for _ in ("once", "twice"):
        apply(world.target, action(Call.DELETE, anchor, number=3))
        assert probe(world.reopen(), Call.DELETE, anchor).effective
        assert probe(world.reopen(), Call.REMOVE_PERMISSION, anchor, name="Rostering").effective
    assert account(world.reopen(), anchor) is None
    kept = account(world.reopen(), other)
    assert kept is not None
    assert kept.permissions == {"Rostering"}


@pytest.mark.parametrize(
    "call", [Call.UPDATE, Call.ENABLE, Call.DISABLE, Call.ADD_PERMISSION], ids=lambda call: call.name.lower()
)
def test_an_account_that_is_gone_is_named(world: World, call: Call) -> None:
    anchor = create(world)
    apply(world.target, action(Call.DELETE, anchor, number=2))
    before = world.target.observe()
    gone: Action = action(call, anchor, number=3)
    with pytest.raises(OrdainError) as refused:
        apply(world.target, gone, payload() if call is Call.UPDATE else None)
    assert refused.value.diagnostic.code == "ORD0821"
    assert "P1" in refused.value.diagnostic.detail
    assert world.reopen().observe() == before
    # What is gone is disabled; everything else is not there.
    assert world.target.probe(gone, None).effective is (call is Call.DISABLE)


def test_an_unmanaged_account_can_be_adopted_and_given_back(world: World) -> None:
    apply(world.target, action(Call.ADD_PERMISSION, world.stranger, name="Rostering"))
    found = account(world.reopen(), world.stranger)
    assert found is not None
    assert found.permissions == {"Archive", "Rostering"}
    apply(world.target, action(Call.REMOVE_PERMISSION, world.stranger, name="Rostering"))
