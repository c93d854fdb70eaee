"""What must hold whatever went wrong, once the faults have stopped (DIFFS.md section 5)."""

from __future__ import annotations

from collections import Counter

from api.store.records import RunState
from api.usecases.books import verify_audit
from api.usecases.bundle import write_bundle
from api.usecases.carry import Enforced
from api.usecases.keys import read_trust
from api.usecases.verify import gather_files, verify_gathered
from policy.diff import Op
from policy.enforcement import ActionState, Call
from policy.entitlements import EntitlementKey, Kind
from tests.simulation.town import Town

FINAL = {ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED}


def check_run(town: Town, diff: str) -> None:
    """L1-L4 and L8 of one enforced diff, and its chain of statements."""
    with town.store.read() as tx:
        run = tx.runs.get(tx.diffs.get(diff).consumed_by or "")
        entries = [one.event for one in tx.audit.entries()]
    actions = town.actions(run.id)
    assert run.state in {RunState.DONE, RunState.FAILED}
    assert {one.state for one in actions} <= FINAL, "L2: every action has come to its end"
    for action in actions:
        assert action.payload is None, "nothing of a payload stays with an action that has ended"
        if action.state is ActionState.DONE:
            assert is_true(town, action.key) == (action.op not in {Op.REVOKE, Op.DELETE}), "L3: done is true"
        if action.state is ActionState.FAILED and action.op is Op.GRANT:
            assert not is_true(town, action.key), "L4: failed is absent"
    ended = Counter(one.subject for one in entries if one.kind == "action.ended" and one.details["run"] == run.id)
    assert ended == Counter(str(one.key) for one in actions), "L8: one entry for every change of state"
    assert sum(1 for one in entries if (one.kind, one.subject) == ("run.ended", run.id)) == 1
    assert verify_audit(town.tools()).intact
    check_accounts(town)
    check_chain(town, diff)


def check_accounts(town: Town) -> None:
    """L1, and that the ledger speaks of what is there."""
    for name, target in town.targets.items():
        numbers = Counter(str(one.attributes.get("Number")) for one in target.accounts.values())
        assert all(count == 1 for count in numbers.values()), f"L1: one account a person in {name}: {numbers}"
    for key, entry in town.managed().entries.items():
        if key.kind is Kind.ACCOUNT:
            assert entry.anchor in town.targets[key.target].accounts, f"{key} is managed and not there"


def check_chain(town: Town, diff: str) -> None:
    """Evaluated, approved, executed: one chain that verifies from files alone, made from the store at any time."""
    folder = town.root / "bundle" / diff
    write_bundle(town.tools(), diff, folder)
    report = verify_gathered(gather_files([folder]), read_trust(town.tools().workspace), town.clock.moment)
    assert report.ok, [check.words for check in report.checks if not check.ok]
    assert report.execution is not None
    assert (folder / "outcomes.ndjson").read_bytes().count(b"\n") == report.execution.outcome_count


def check_once(town: Town) -> None:
    """No effect happened twice."""
    for target in town.targets.values():
        assert [one for one, count in Counter(target.journal).items() if count > 1] == []


def is_true(town: Town, key: EntitlementKey) -> bool:
    """Whether a person has something in its target now."""
    held = [one for one in town.targets[key.target].accounts.values() if one.attributes.get("Number") == key.person]
    match key.kind:
        case Kind.ACCOUNT:
            return bool(held)
        case Kind.ACCESS:
            return any(one.enabled for one in held)
        case Kind.PERMISSION:
            return any(key.name in one.permissions for one in held)


def states(done: Enforced) -> dict[str, ActionState]:
    """State of every action by `person target kind-or-name`."""
    return {f"{one.key.person} {one.key.target} {one.key.name or one.key.kind}": one.state for one in done.run.outcomes}


def calls_of(town: Town, target: str, call: Call) -> list[str]:
    """Persons for whom a call reached a target, in order."""
    return [one.key.person for one in town.targets[target].calls if one.call is call]
