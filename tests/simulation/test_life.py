"""Lives of accounts: limits and their release, staged deletion, adoption, updates, letting go, names, secrets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

import pytest

from api.usecases.books import unmanage
from policy.canonical import JsonValue
from policy.diagnostics import RefusedError, UsageError
from policy.diff import Line, Op
from policy.enforcement import Action, ActionState, Call
from policy.entitlements import EntitlementKey, Kind
from policy.statements import Releases
from policy.targets import ObservedAccount
from tests.simulation.checks import calls_of, check_run, states
from tests.simulation.directory import only_ad, put
from tests.simulation.town import AD_FIELDS, SETTINGS, Town, fields_file, mapped, person

DONE, FAILED = ActionState.DONE, ActionState.FAILED
P1_AD = EntitlementKey("P1", "ad", Kind.ACCOUNT)


def line_of(town: Town, op: Op, kind: Kind = Kind.ACCOUNT) -> Line:
    [found] = [one for one in town.lines() if one.op is op and one.key.kind is kind]
    return found


# Limits


@pytest.fixture
def leavers(town: Town) -> str:
    """Two of three leave, and the limit holds them back; the diff."""
    town.write(rules=only_ad("limit revoke account to 2"))
    town.people(person("P1"), person("P2"), person("P3"))
    town.enforce()
    town.people(person("P3"))
    return town.evaluate()


def test_t1_a_blocked_bucket_has_no_effect_at_all(town: Town, leavers: str) -> None:
    town.approve(leavers)
    found = states(town.enforce(leavers))
    assert sorted(found) == ["P1 ad All", "P1 ad access", "P2 ad All", "P2 ad access"]
    assert calls_of(town, "ad", Call.DELETE) == []


def test_t5_a_release_works_once_and_for_its_diff(town: Town, leavers: str) -> None:
    town.approve(leavers, releases=Releases(frozenset({"ad/revoke/account"})))
    town.enforce(leavers)
    assert calls_of(town, "ad", Call.DELETE) == ["P1", "P2"]
    check_run(town, leavers)
    town.people(person("P4"), person("P5"))
    town.enforce()
    town.people(person("P6"))
    assert [line for line in town.said() if line.endswith("account: blocked")] == [
        f"revoke P{number} ad account: blocked" for number in (4, 5)
    ]
    with pytest.raises(RefusedError):
        town.enforce(leavers)


def test_a_single_line_can_be_released(town: Town, leavers: str) -> None:
    [number] = [one.n for one in town.lines() if one.op is Op.REVOKE and one.key == P1_AD]
    town.approve(leavers, releases=Releases(lines=frozenset({number})))
    town.enforce(leavers)
    assert calls_of(town, "ad", Call.DELETE) == ["P1"]
    check_run(town, leavers)


def test_only_what_a_limit_holds_back_is_released(town: Town, leavers: str) -> None:
    with pytest.raises(UsageError) as caught:
        town.approve(leavers, releases=Releases(frozenset({"ad/revoke/access"})))
    assert caught.value.diagnostic.code == "ORD0805"


# Staged deletion


@pytest.fixture
def disabled(town: Town) -> Town:
    """P1 has left, and the account was disabled; it is deleted after ten days."""
    town.write(rules=only_ad("on revoke account disable, delete after 10 days"))
    town.people(person("P1"), person("P2"))
    town.enforce()
    town.people(person("P2"))
    done = town.enforce()
    assert states(done)["P1 ad account"] is DONE
    return town


def account(town: Town) -> ObservedAccount:
    [found] = [one for one in town.targets["ad"].accounts.values() if one.attributes["Number"] == "P1"]
    return found


def test_an_account_is_disabled_first_and_deleted_later(disabled: Town) -> None:
    town = disabled
    assert not account(town).enabled
    assert calls_of(town, "ad", Call.DELETE) == []
    town.pass_days(9)
    assert town.said() == []
    town.pass_days(1)
    assert town.said() == ["delete P1 ad account: planned"]
    diff = town.approved()
    town.enforce(diff)
    assert calls_of(town, "ad", Call.DELETE) == ["P1"]
    assert P1_AD not in town.managed().entries
    check_run(town, diff)


def test_somebody_who_comes_back_gets_the_same_account(disabled: Town) -> None:
    town = disabled
    anchor = account(town).anchor
    town.pass_days(5)
    town.people(person("P1", "New name"), person("P2"))
    assert line_of(town, Op.ADOPT).anchor == anchor
    diff = town.approved()
    town.enforce(diff)
    back = account(town)
    assert (back.anchor, back.enabled, back.attributes["Name"]) == (anchor, True, "New name")
    assert town.managed().entries[P1_AD].disabled_on is None
    assert town.lines() == ()
    check_run(town, diff)
    town.pass_days(30)
    assert town.lines() == ()


# Adoption


def test_an_account_that_is_as_it_should_be_is_adopted_without_a_call(town: Town) -> None:
    town.write(rules=only_ad())
    put(town, "ad", "7", Number="P1", Login="loginP1", Name="Person P1", permissions="All", enabled=True)
    before = town.targets["ad"].accounts["7"]
    town.people(person("P1"))
    assert town.said() == [f"adopt P1 ad {what}: planned" for what in ("access", "account", "All")]
    diff = town.approved()
    assert set(states(town.enforce(diff)).values()) == {DONE}
    assert town.targets["ad"].calls == []
    assert town.targets["ad"].accounts["7"] is before
    assert town.lines() == ()
    assert town.managed().entries[P1_AD].account_data == {"login": "loginP1"}
    check_run(town, diff)


def test_an_adopted_account_gets_what_was_signed_and_nothing_else(town: Town) -> None:
    town.write(rules=only_ad())
    put(town, "ad", "7", Number="P1", Login="loginP1", Name="Old", Extra="by hand")
    town.people(person("P1"))
    line = line_of(town, Op.ADOPT)
    assert (line.before, line.after) == ({"Name": "Old"}, {"Name": "Person P1"})
    town.enforce()
    assert town.targets["ad"].payloads[str(P1_AD)] == {"Name": "Person P1"}
    assert town.targets["ad"].accounts["7"].attributes["Extra"] == "by hand"
    assert town.lines() == ()


@pytest.mark.parametrize("name", ["Person P1", "Old"])
def test_what_is_gone_meanwhile_is_not_adopted(town: Town, name: str) -> None:
    town.write(rules=only_ad())
    put(town, "ad", "7", Number="P1", Login="loginP1", Name=name, permissions="All", enabled=True)
    town.people(person("P1"))
    diff = town.approved()
    town.targets["ad"].accounts.clear()
    found = states(town.enforce(diff))
    assert found["P1 ad account"] is FAILED
    assert DONE not in found.values()
    assert town.managed().entries == {}
    check_run(town, diff)


def test_a_permission_that_is_gone_meanwhile_is_not_adopted(town: Town) -> None:
    town.write(rules=only_ad())
    put(town, "ad", "7", Number="P1", Login="loginP1", Name="Person P1", permissions="All", enabled=True)
    town.people(person("P1"))
    diff = town.approved()
    put(town, "ad", "7", Number="P1", Login="loginP1", Name="Person P1", enabled=True)
    found = states(town.enforce(diff))
    assert found == {"P1 ad account": DONE, "P1 ad access": DONE, "P1 ad All": FAILED}
    assert town.said() == ["grant P1 ad All: planned"]


def test_drift_between_evaluation_and_adoption_is_in_the_next_diff(town: Town) -> None:
    town.write(rules=only_ad())
    put(town, "ad", "7", Number="P1", Login="loginP1", Name="Person P1")
    town.people(person("P1"))
    diff = town.approved()
    put(town, "ad", "7", Number="P1", Login="loginP1", Name="Changed meanwhile")
    town.enforce(diff)
    assert line_of(town, Op.UPDATE).after == {"Name": "Person P1"}
    town.enforce()
    assert town.lines() == ()


def test_an_account_in_conflict_is_not_touched(town: Town) -> None:
    town.write(rules=only_ad())
    put(town, "ad", "7", Number="P1", Login="one")
    put(town, "ad", "8", Number="P1", Login="two")
    before = dict(town.targets["ad"].accounts)
    town.people(person("P1"), person("P2"))
    assert "adopt P1 ad account: conflict" in town.said()
    town.enforce()
    assert {anchor: town.targets["ad"].accounts[anchor] for anchor in before} == before


def test_an_adopted_account_hands_its_data_to_dependent_targets(town: Town) -> None:
    town.write(ad=fields_file(AD_FIELDS[0], mapped("Login", "Person.UserName", "Create", stored=True), AD_FIELDS[2]))
    put(town, "ad", "7", Number="P1", Login="made-by-hand", Name="Person P1")
    town.people(person("P1"))
    town.enforce()
    [erp] = town.targets["erp"].accounts.values()
    assert erp.attributes["Account"] == "made-by-hand"


# Updates and letting go


def test_an_update_sends_what_was_signed(town: Town) -> None:
    town.people(person("P1"))
    town.enforce()
    town.people(person("P1", "Another name", UserName="another"))
    ad = next(one for one in town.lines() if one.key == P1_AD)
    assert ad.after == {"Login": "another", "Name": "Another name"}
    diff = town.approved()
    town.enforce(diff)
    assert town.targets["ad"].payloads[str(P1_AD)] == ad.after
    assert town.managed().entries[P1_AD].account_data == {"login": "another"}
    check_run(town, diff)
    # What follows from it in the target that depends on it was not signed: it is a line of the next diff.
    assert town.said() == ["update P1 erp account: planned"]
    town.enforce()
    assert town.lines() == ()


def test_what_was_released_by_hand_stays_in_the_target(town: Town) -> None:
    town.write(rules=only_ad())
    town.people(person("P1"), person("P2"))
    town.enforce()
    before = account(town)
    unmanage(town.tools(), P1_AD, "kept by hand")
    town.people(person("P2"))
    diff = town.approved()
    town.targets["ad"].calls.clear()
    assert {one.op for one in town.enforce(diff).run.outcomes} == {Op.UNMANAGE}
    assert account(town) is before
    assert town.targets["ad"].calls == []
    assert town.lines() == ()
    check_run(town, diff)


def test_forgetting_needs_no_target(town: Town) -> None:
    town.people(person("P1"))
    town.enforce()
    for key in town.managed().entries:
        if key.target == "erp":
            unmanage(town.tools(), key, "the system is gone")
    town.write(settings=SETTINGS[: SETTINGS.index("[targets.erp]")], rules=only_ad())
    assert {one.op for one in town.enforce().run.outcomes} == {Op.UNMANAGE}
    assert {key.target for key in town.managed().entries} == {"ad"}
    assert town.lines() == ()


def test_whoever_is_gone_from_the_sources_loses_everything_without_a_mapping(town: Town) -> None:
    fields = [*AD_FIELDS, mapped("Note", "Person.DisplayName", "Disable", "Delete")]
    town.write(ad=fields_file(*fields))
    town.people(person("P1"), person("P2"))
    town.enforce()
    town.people(person("P2"))
    assert set(states(town.enforce()).values()) == {DONE}
    assert len(town.targets["ad"].accounts) == 1


# Unique names

SCRIPT = "var n = Person.Name.FamilyName.toLowerCase(); Iteration === 0 ? n : n + Iteration"


def scripted(name: str) -> dict[str, JsonValue]:
    field = mapped(name, "", "Create", stored=True)
    action = {"MappingMode": "Complex", "Value": json.dumps(SCRIPT)}
    return {**field, "MappingActions": [{**field["MappingActions"][0], **action}]}  # type: ignore[index,dict-item,list-item]


def named(number: str, family: str) -> dict[str, JsonValue]:
    return person(number, Name={"GivenName": "A", "FamilyName": family})


def test_two_people_of_one_name_in_one_run_get_two_logins(town: Town) -> None:
    town.write(rules=only_ad(), ad=fields_file(AD_FIELDS[0], scripted("Login"), unique=["Login"]))
    put(town, "ad", "7", Number="", Login="vermeer1")
    town.people(named("P1", "Vermeer"), named("P2", "Vermeer"), named("P3", "Jansen"))
    diff = town.approved()
    town.enforce(diff)
    logins = {one.attributes["Number"]: one.attributes["Login"] for one in town.targets["ad"].accounts.values()}
    assert logins == {"": "vermeer1", "P1": "vermeer", "P2": "vermeer2", "P3": "jansen"}
    assert town.lines() == ()
    check_run(town, diff)


def test_a_name_is_not_given_twice_while_one_is_in_doubt(town: Town) -> None:
    town.write(rules=only_ad(), ad=fields_file(AD_FIELDS[0], scripted("Login"), unique=["Login"]))
    town.people(named("P1", "Vermeer"), named("P2", "Vermeer"))
    diff = town.approved()
    seen: list[str] = []

    def lost(action: Action) -> str | None:
        first = action.call is Call.CREATE and action.key.person not in seen
        seen.append(action.key.person)
        return "lost before" if first else None

    town.targets["ad"].trouble = lost
    town.enforce(diff)
    assert sorted(str(one.attributes["Login"]) for one in town.targets["ad"].accounts.values()) == [
        "vermeer",
        "vermeer1",
    ]
    check_run(town, diff)


def test_an_update_takes_no_name_from_another(town: Town) -> None:
    town.write(rules=only_ad(), ad=fields_file(*AD_FIELDS, unique=["Login"]))
    town.people(person("P1"), person("P2"))
    town.enforce()
    put(town, "ad", "7", Number="", Login="wanted")
    town.people(person("P1", UserName="wanted"), person("P2", UserName="free"))
    found = states(town.enforce())
    assert found == {"P1 ad account": FAILED, "P2 ad account": DONE}


# Secrets

SECRET = "correct horse battery staple"


@pytest.fixture
def secretive(town: Town) -> Town:
    """A town whose `ad` gets a password that nobody may read."""
    settings = SETTINGS.replace('fields = "ad.json"', 'fields = "ad.json"\nsecret_fields = ["Password"]')
    fields = fields_file(*AD_FIELDS, mapped("Password", "Person.Custom.Secret", stored=True))
    town.write(rules=only_ad(), settings=settings, ad=fields)
    town.people(person("P1", Custom={"Secret": SECRET}))
    return town


def everything_kept(town: Town, *, but: tuple[str, ...] = ("snapshots", "person_changes")) -> str:
    """All text of the store; the snapshots and the history of people hold what the source said, secrets included."""
    connection = sqlite3.connect(town.root / ".ordain" / "ordain.db")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert "actions" in tables
    rows = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables if name not in but]
    connection.close()
    return repr(rows)


def test_l9_a_secret_reaches_its_target_and_nothing_else(secretive: Town) -> None:
    town = secretive
    diff = town.approved()
    town.enforce(diff)
    assert account(town).attributes["Password"] == SECRET
    entry = town.managed().entries[P1_AD]
    assert str(entry.attributes["Password"]).startswith("hmac-sha256:")
    assert "password" not in entry.account_data
    assert SECRET not in everything_kept(town)
    check_run(town, diff)
    assert all(SECRET.encode() not in path.read_bytes() for path in (town.root / "bundle").rglob("*.*"))
    assert town.lines() == ()


def test_a_secret_that_changes_is_signed_as_a_digest_and_sent_as_it_is(secretive: Town) -> None:
    town = secretive
    town.enforce()
    town.people(person("P1", Custom={"Secret": "another"}))
    line = line_of(town, Op.UPDATE)
    shown: Mapping[str, JsonValue] = {**(line.before or {}), **(line.after or {})}
    assert set(shown) == {"Password"}
    assert str(shown["Password"]).startswith("hmac-sha256:")
    diff = town.approved()
    town.enforce(diff)
    assert account(town).attributes["Password"] == "another"
    assert town.lines() == ()
    assert "'another'" not in everything_kept(town)


def test_the_salt_of_secrets_is_no_public_thing(secretive: Town) -> None:
    with secretive.store.read() as tx:
        salt, lineage = tx.facts.secret_salt(), tx.ledger.lineage()
    assert len(salt) == 32
    assert salt not in {lineage.encode(), bytes.fromhex(lineage)}


# Mapping at the moment of enforcement


def test_account_data_that_come_with_access_belong_to_the_account(town: Town) -> None:
    mail = mapped("Mail", "Person.UserName", "Enable", stored=True)
    town.write(rules=only_ad(), ad=fields_file(*AD_FIELDS, mail))
    town.people(person("P1"))
    diff = town.approved()
    town.enforce(diff)
    assert account(town).attributes["Mail"] == "loginP1"
    assert town.managed().entries[P1_AD].account_data == {"login": "loginP1", "mail": "loginP1"}
    assert town.lines() == ()
    check_run(town, diff)


def test_a_mapping_that_fails_fails_one_person_in_one_target(town: Town) -> None:
    action = {"MappingMode": "Complex", "Value": json.dumps("Person.Accounts.ad.Login.split('-')[1].trim()")}
    field = mapped("Account", "", "Create", "Update")
    broken = {**field, "MappingActions": [{**field["MappingActions"][0], **action}]}  # type: ignore[index,dict-item,list-item]
    town.write(erp=fields_file(AD_FIELDS[0], broken))
    town.people(person("P1"), person("P2", UserName="two-2"))
    diff = town.approved()
    found = states(town.enforce(diff))
    assert {key for key, state in found.items() if state is not DONE} == {"P1 erp account", "P1 erp Orders"}
    assert calls_of(town, "erp", Call.CREATE) == ["P2"]
    check_run(town, diff)
