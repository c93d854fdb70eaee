"""Which signed lines are still the same in an evaluation made now (rebase mode, DIFFS.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence

from policy.canonical import canonical_json
from policy.diff import Line, Op, Status
from policy.entitlements import EntitlementKey


def same_lines(signed: Sequence[Line], now: Sequence[Line]) -> frozenset[int]:
    """Numbers of `signed` lines that are still the same in the result of an evaluation made `now`.

    The same: key, op, what changes, the object that is adopted, and the rules and contracts that say so (the place of
    a rule in its file may move). And still executable: planned now, or held back by a limit now as it was when
    signed, so that a release of this diff speaks of it too.
    """
    current: dict[tuple[EntitlementKey, Op], Line] = {(line.key, line.op): line for line in now}
    same = set()
    for line in signed:
        new = current.get((line.key, line.op))
        if new is None or not (new.status is Status.PLANNED or _is_held_alike(line, new)):
            continue
        if _content(line) == _content(new):
            same.add(line.n)
    return frozenset(same)


def _is_held_alike(signed: Line, new: Line) -> bool:
    if signed.status is not new.status:
        return False
    if new.status is Status.WAITING:
        return {(why.cause, why.id) for why in signed.why} == {(why.cause, why.id) for why in new.why}
    return new.status is Status.BLOCKED


def _content(line: Line) -> tuple[object, ...]:
    reasons = frozenset((reason.rule, reason.contract) for reason in line.because)
    return (reasons, canonical_json(line.before), canonical_json(line.after), line.anchor)
