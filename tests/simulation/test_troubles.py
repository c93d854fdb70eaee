"""Targets that are busy, slow, dark, or say no: what comes of it, and that nobody else waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from policy.enforcement import Action, ActionState, Call
from policy.entitlements import Kind
from policy.targets import AccountPayload
from tests.simulation.checks import calls_of, check_once, check_run, states
from tests.simulation.town import Crash, Town, person

DONE, FAILED, SKIPPED, IN_DOUBT = ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED, ActionState.IN_DOUBT


def in_turn(*troubles: str, call: Call = Call.CREATE, who: str = "P1") -> Callable[[Action], str | None]:
    """Trouble at the first calls of one kind for somebody, then none."""
    left = list(troubles)

    def trouble(action: Action) -> str | None:
        if action.call is call and action.key.person == who and left:
            return left.pop(0)
        return None

    return trouble


def always(trouble: str, *, call: Call = Call.CREATE, who: str = "P1") -> Callable[[Action], str | None]:
    return lambda action: trouble if action.call is call and action.key.person == who else None


@pytest.mark.parametrize("target", ["ad", "erp"])
@pytest.mark.parametrize("trouble", ["busy", "wait", "lost before", "lost after", "broken"])
def test_trouble_that_passes_leaves_no_trace(town: Town, target: str, trouble: str) -> None:
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    town.targets[target].trouble = in_turn(trouble)
    done = town.enforce(diff)
    assert set(states(done).values()) == {DONE}
    check_once(town)
    check_run(town, diff)
    assert town.lines() == ()
    sent = calls_of(town, target, Call.CREATE)
    assert sent.count("P1") == (1 if trouble == "lost after" else 2)


@pytest.mark.parametrize("trouble", ["busy", "lost before", "refused", "broken"])
def test_trouble_that_stays_fails_one_person_and_nobody_else(town: Town, trouble: str) -> None:
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    town.targets["ad"].trouble = always(trouble)
    done = town.enforce(diff)
    found = states(done)
    assert found["P1 ad account"] is FAILED
    assert {state for key, state in found.items() if key.startswith("P1") and key != "P1 ad account"} == {SKIPPED}
    assert {state for key, state in found.items() if key.startswith("P2")} == {DONE}
    assert len(calls_of(town, "ad", Call.CREATE)) == (2 if trouble == "refused" else 4)
    check_run(town, diff)
    # There is no compensation: what is missing is in the next diff.
    town.targets["ad"].trouble = lambda _: None
    assert {line.split()[1] for line in town.said()} == {"P1"}
    town.enforce()
    assert town.lines() == ()


def test_a_target_is_asked_again_no_sooner_than_it_said(town: Town) -> None:
    town.people(person("P1"))
    town.targets["ad"].trouble = in_turn("wait")
    town.enforce()
    assert sum(town.clock.slept) == pytest.approx(7, abs=0.1)


def test_l7_nobody_waits_for_the_retry_of_another(town: Town) -> None:
    town.people(person("P1"), person("P2"), person("P3"))
    diff = town.approved()
    seen: list[tuple[str, float]] = []
    town.targets["ad"].trouble = in_turn("wait", "wait")
    town.targets["erp"].before_call = lambda action: seen.append((action.key.person, sum(town.clock.slept)))
    town.enforce(diff)
    assert {person for person, slept in seen if slept == 0} == {"P2", "P3"}
    assert min(slept for person, slept in seen if person == "P1") >= 13


def test_what_cannot_be_looked_up_stays_in_doubt_until_it_can(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    erp = town.targets["erp"]
    erp.trouble, erp.dark = in_turn("lost after"), lambda what: what == "probe"
    first = town.enforce(diff)
    assert not first.finished
    assert states(first)["P1 erp account"] is IN_DOUBT
    assert states(first)["P1 erp Orders"] is ActionState.PLANNED
    assert states(first)["P2 erp Orders"] is DONE
    again = town.resume()
    assert [one.finished for one in again] == [False]
    assert calls_of(town, "erp", Call.CREATE) == ["P1", "P2"]
    erp.dark = lambda _: False
    [last] = town.resume()
    assert last.finished
    assert set(states(last).values()) == {DONE}
    assert calls_of(town, "erp", Call.CREATE) == ["P1", "P2"]
    check_once(town)
    check_run(town, diff)
    assert town.resume() == []


def test_nobody_with_something_in_doubt_is_touched_by_another_diff(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    erp = town.targets["erp"]
    erp.trouble, erp.dark = in_turn("lost before", who="P2"), lambda what: what == "probe"
    assert not town.enforce().finished
    town.people(person("P1", "Another"), person("P2", "Another"))
    second = town.enforce()
    assert second.plan is not None
    assert {one.key.person for one in second.plan.actions} == {"P1"}
    assert {text.split(" has left")[0][:4] for text in second.plan.skipped.values()} == {"run "}
    erp.dark = lambda _: False
    # The inputs are others by now: what was in doubt is looked up, and nothing new is sent for that run.
    [first] = town.resume()
    assert states(first)["P2 erp account"] is SKIPPED
    town.enforce()
    assert town.lines() == ()


@pytest.mark.parametrize("trouble", ["busy", "broken"])
@pytest.mark.parametrize("times", [1, 9])
def test_a_target_that_cannot_tell_yet_what_is_free_is_asked_again(town: Town, trouble: str, times: int) -> None:
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    left = [trouble] * times
    town.targets["ad"].doubt = lambda: left.pop() if left else None
    found = states(town.enforce(diff))
    # P1 and P2 ask in turn, three times each.
    assert {found["P1 ad account"], found["P2 ad account"]} == ({DONE} if times == 1 else {FAILED})
    assert len(left) == (0 if times == 1 else 3)
    check_run(town, diff)


def test_where_nobody_can_tell_what_is_free_nothing_is_made(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    asked: list[str] = []

    def dark(what: str) -> bool:
        asked.append(what)
        return what == "unique" and asked.count("unique") == 1

    town.targets["ad"].dark = dark
    # An OrdainError that is not passing fails the person; nothing was sent.
    found = states(town.enforce(diff))
    assert found["P1 ad account"] is FAILED
    assert calls_of(town, "ad", Call.CREATE) == []


def test_the_call_of_a_dead_worker_is_over_before_anybody_looks(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    town.fork(dies_at=11)
    with pytest.raises(Crash):
        town.enforce(diff)
    town.fork()
    [begun] = [one for one in town.actions(unfinished(town)) if one.state is ActionState.INTENT]
    town.clock.moment = begun.updated_at + timedelta(milliseconds=10)
    with town.store.write() as tx:
        tx.leases.release("enforcement", 1)
    before = sum(town.clock.slept)
    town.resume()
    assert sum(town.clock.slept) - before == pytest.approx(2, abs=0.1)


def unfinished(town: Town) -> str:
    with town.store.read() as tx:
        return tx.runs.unfinished()[0].id


def test_an_account_that_somebody_made_meanwhile_is_not_made_twice(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    town.targets["erp"].inner.apply(
        Action("x", 0, town.lines()[0].key, town.lines()[0].op, Call.CREATE, 1),
        AccountPayload({"Number": "P1"}, {}),
        timeout_seconds=1,
    )
    found = states(town.enforce(diff))
    assert found["P1 erp account"] is FAILED
    assert found["P1 ad account"] is DONE
    assert "adopt P1 erp account: planned" in town.said()
    town.enforce()
    assert town.lines() == ()


def test_o3_a_dependent_payload_is_mapped_from_stored_account_data(town: Town) -> None:
    town.people(person("P1", UserName="one"), person("P2", UserName="two"))
    town.enforce()
    for key, entry in town.managed().entries.items():
        if key.kind is Kind.ACCOUNT and key.target == "ad":
            sent = town.targets["erp"].payloads[str(key).replace(" ad ", " erp ")]
            assert sent["Account"] == entry.account_data["login"]


def test_o1_nothing_happens_before_what_it_depends_on(town: Town) -> None:
    town.people(person("P1"))
    order: list[tuple[str, Call]] = []
    for name, target in town.targets.items():
        target.before_call = lambda action, name=name: order.append((name, action.call))
    town.enforce()
    assert order.index(("ad", Call.CREATE)) < order.index(("erp", Call.CREATE))
    assert order.index(("ad", Call.CREATE)) < order.index(("ad", Call.ENABLE))
    order.clear()
    town.people(person("P9"))
    town.enforce()
    removals = [one for one in order if one[1] in {Call.DELETE, Call.REMOVE_PERMISSION, Call.DISABLE}]
    assert removals.index(("erp", Call.DELETE)) < removals.index(("ad", Call.DELETE))
    assert removals[-1] == ("ad", Call.DELETE)
