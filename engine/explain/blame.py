"""Which conditions stand in the way: the smallest count of leaves that would have to be different."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.explain.traces import ConditionTrace
from policy.expressions import AllOf, AnyOf, Comparison, HasContract, Holds, Named, NoneOf, Not, StatusIs


@dataclass(frozen=True, slots=True)
class Blame:
    """`leaves` keep a condition from its wanted verdict; each comes with the verdict it would need.

    `distance` is how many of them would have to be different: all of an `and`, the nearest one of an `or`.
    """

    distance: int
    leaves: tuple[tuple[ConditionTrace, bool], ...]


def blame(trace: ConditionTrace, *, wanted: bool = True) -> Blame:
    """Leaves that keep `trace` from the verdict `wanted`; none when it has it."""
    if trace.verdict is wanted:
        return Blame(0, ())
    match trace.condition:
        case Comparison() | StatusIs() | Holds() | HasContract():
            return Blame(1, ((trace, wanted),))
        case Named():
            return blame(trace.parts[0], wanted=wanted)
        case Not():
            return blame(trace.parts[0], wanted=not wanted)
        case AllOf():
            return _gather(trace, wanted, [blame(part, wanted=wanted) for part in trace.parts], every=wanted)
        case AnyOf():
            return _gather(trace, wanted, [blame(part, wanted=wanted) for part in trace.parts], every=not wanted)
        case NoneOf():
            return _gather(trace, wanted, [blame(part, wanted=not wanted) for part in trace.parts], every=wanted)


def _gather(trace: ConditionTrace, wanted: bool, parts: Iterable[Blame], *, every: bool) -> Blame:  # noqa: FBT001  # a verdict is the subject
    found = [part for part in parts if part.distance]
    if not found:  # `all of` nothing: no leaf could change it
        return Blame(1, ((trace, wanted),))
    distance = sum(one.distance for one in found) if every else min(one.distance for one in found)
    return Blame(distance, tuple(leaf for one in found for leaf in one.leaves))
