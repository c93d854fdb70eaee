"""Runs that were interrupted: with their own inputs they go on, with others they only end what was begun."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.usecases.books import unmanage
from api.usecases.carry import Enforced
from api.usecases.keys import create_key
from policy.diagnostics import RefusedError
from policy.enforcement import ActionState, Call, EnforceMode
from policy.entitlements import EntitlementKey, Kind
from policy.trust import TrustRole
from tests.simulation.checks import calls_of, check_once, check_run, states
from tests.simulation.town import RULES, SETTINGS, Crash, Town, person

DONE, SKIPPED = ActionState.DONE, ActionState.SKIPPED
HALF_WAY = 32


def interrupt(town: Town, mode: EnforceMode = EnforceMode.STRICT, *, dies_at: int = HALF_WAY) -> str:
    """Die in the middle of an enforcement; the diff."""
    diff = town.approved()
    town.fork(dies_at)
    with contextlib.suppress(Crash):
        town.enforce(diff, mode)
    assert town.process.dead
    town.fork()
    town.clock.moment += timedelta(minutes=5)
    return diff


def resume(town: Town) -> Enforced:
    [done] = town.resume()
    assert done.finished
    return done


def test_an_interrupted_run_goes_on_though_diff_and_approval_have_expired(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    diff = interrupt(town)
    town.pass_days(30)
    assert set(states(resume(town)).values()) == {DONE}
    check_run(town, diff)


def test_a_rebased_run_goes_on_with_what_it_began_with(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    town.people(person("P1"), person("P2"), person("P3"))
    town.pass_days(1)
    town.fork(HALF_WAY)
    with contextlib.suppress(Crash):
        town.enforce(diff, EnforceMode.REBASE)
    assert town.process.dead
    town.fork()
    town.pass_days(1)
    assert set(states(resume(town)).values()) == {DONE}
    with town.store.read() as tx:
        assert tx.facts.get("enforced_as_of") == "2026-03-03"
    check_run(town, diff)


def other_people(town: Town) -> None:
    town.people(person("P1"), person("P2"), person("P3"))


def other_rules(town: Town) -> None:
    town.write(rules=RULES.replace('"Orders"', '"Invoices"'))


def broken_rules(town: Town) -> None:
    town.write(rules="policy")


def no_mapping(town: Town) -> None:
    (town.root / "erp.json").unlink()


@pytest.mark.parametrize("change", [other_people, other_rules, broken_rules, no_mapping])
@pytest.mark.parametrize("dies_at", [8, 9, 10, 11, 23])
def test_with_other_inputs_nothing_new_is_sent(town: Town, change: Callable[[Town], None], dies_at: int) -> None:
    town.people(person("P1"), person("P2"))
    diff = interrupt(town, dies_at=dies_at)
    sent = {name: len(target.calls) for name, target in town.targets.items()}
    change(town)
    done = resume(town)
    assert {name: len(target.calls) for name, target in town.targets.items()} == sent
    assert set(states(done).values()) <= {DONE, SKIPPED}
    assert [one.code for one in done.notes] == ["ORD0830"]
    check_once(town)
    town.write(rules=RULES, settings=SETTINGS)
    check_run(town, diff)


def test_only_targets_with_something_open_are_needed(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    town.targets["erp"].trouble = lambda action: "lost after" if action.call is Call.CREATE else None
    town.targets["erp"].dark = lambda what: what == "probe"
    assert not town.enforce(diff).finished
    town.targets["erp"].dark = lambda _: False
    town.targets["ad"].dark = lambda _: True
    assert set(states(resume(town)).values()) == {DONE}


def test_a_target_that_is_gone_from_the_settings_is_left_open_and_named(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    town.targets["erp"].trouble = lambda action: "lost after" if action.call is Call.CREATE else None
    town.targets["erp"].dark = lambda what: what == "probe"
    town.enforce(diff)
    town.write(settings=SETTINGS[: SETTINGS.index("[targets.erp]")])
    [done] = town.resume()
    assert not done.finished
    assert [one.code for one in done.notes] == ["ORD0820", "ORD0830"]
    town.write(settings=SETTINGS)
    town.targets["erp"].dark = lambda _: False
    assert set(states(resume(town)).values()) == {DONE}
    check_run(town, diff)


def test_a_run_whose_signature_no_longer_counts_is_not_taken_up(town: Town) -> None:
    town.people(person("P1"))
    interrupt(town, dies_at=20)
    trust = town.root / ".ordain" / "trust.json"
    before = trust.read_bytes()
    trust.unlink()
    create_key(town.tools().workspace, "somebody", [TrustRole.REVIEWER])
    with pytest.raises(RefusedError) as caught:
        town.resume()
    assert caught.value.diagnostic.code == "ORD0828"
    assert len(caught.value.diagnostics) == 2
    trust.write_bytes(before)
    assert resume(town).finished


def test_what_a_person_released_meanwhile_is_left_alone(town: Town) -> None:
    town.people(person("P1"))
    town.enforce()
    town.people(person("P2"))
    diff = town.approved()
    account = EntitlementKey("P1", "ad", Kind.ACCOUNT)
    town.targets["erp"].before_call = lambda action: unmanage_once(town, account) if action.key.person == "P1" else None
    found = states(town.enforce(diff))
    assert found["P1 ad account"] is SKIPPED
    assert found["P1 erp account"] is DONE
    assert calls_of(town, "ad", Call.DELETE) == []
    assert "unmanage P1 ad account: planned" in town.said()


def unmanage_once(town: Town, key: EntitlementKey) -> None:
    if not town.managed().entries[key].unmanage:
        unmanage(town.tools(), key, "kept by hand")


def test_an_interrupted_run_is_finished_before_another_diff_begins(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    first = interrupt(town)
    with pytest.raises(RefusedError) as caught:
        town.enforce(town.approved())
    assert caught.value.diagnostic.code == "ORD0803"
    check_run(town, first)
