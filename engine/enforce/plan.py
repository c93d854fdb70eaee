"""From the lines of a verified diff to a plan: what is done in which order, and why the rest is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.enforce.order import find_earlier, order_lines
from engine.enforce.rebase import same_lines
from engine.enforce.releases import Released
from policy.diff import Line, Status
from policy.enforcement import Plan, PlannedAction
from policy.entitlements import EntitlementKey
from policy.targets import TargetPolicy


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What may be executed of a diff.

    `approved` are numbers of lines that enough people approved, `released` those that a person let go although a
    limit held them back. `now` are the lines of an evaluation made now (rebase); None in strict mode, where nothing
    has changed at all. `held` are persons of whom nothing is executed (an earlier run left something of theirs open),
    with why.
    """

    approved: frozenset[int]
    released: Released = field(default_factory=Released)
    now: Sequence[Line] | None = None
    held: Mapping[str, str] = field(default_factory=dict)


def make_plan(diff: str, lines: Sequence[Line], *, terms: PlanTerms, targets: Mapping[str, TargetPolicy]) -> Plan:
    """Plan of the diff with id `diff` over its verified `lines`.

    INVARIANT: an action is a line that is planned (or released), approved and still the same now (P1), and stands
    behind every line it depends on (O1, O2). What depends on a line that is not executed is skipped as well. With
    `now` lines depend on one another as they do now: what has happened since is waited for no longer, and what is new
    and comes first keeps back what comes after it.
    """
    numbers = {line.key: line.n for line in lines}
    same = None if terms.now is None else same_lines(lines, terms.now)
    earlier = find_earlier(lines if terms.now is None else terms.now, targets)
    executed: set[int] = set()
    actions: list[PlannedAction] = []
    skipped: dict[int, str] = {}
    for line in order_lines(lines, targets):
        reason = _refuse(line, terms, same)
        if reason is None:
            missing = [key for key in earlier[line.key] if numbers.get(key, -1) not in executed]
            reason = _refuse_after(missing, numbers)
        if reason is None:
            executed.add(line.n)
            after = tuple(sorted(numbers[key] for key in earlier[line.key]))
            actions.append(PlannedAction(line.n, line.key, line.op, after))
        else:
            skipped[line.n] = reason
    return Plan(diff, tuple(actions), dict(sorted(skipped.items())))


def _refuse(line: Line, terms: PlanTerms, same: frozenset[int] | None) -> str | None:
    if line.key.person in terms.held:
        return terms.held[line.key.person]
    if line.status is not Status.PLANNED and line.n not in terms.released.lines:
        held = terms.released.held_back.get(line.n)
        return f"{line.status}: {held or ' '.join(why.text for why in line.why)}"
    if line.n not in terms.approved:
        return "not approved"
    if same is not None and line.n not in same:
        return "no longer the same in an evaluation made now"
    return None


def _refuse_after(missing: Sequence[EntitlementKey], numbers: Mapping[EntitlementKey, int]) -> str | None:
    if not missing:
        return None
    names = [
        f"line {numbers[key]}" if key in numbers else f"the {key.entitlement} (not in this diff)" for key in missing
    ]
    return f"comes after {', '.join(names)}, which is not executed"
