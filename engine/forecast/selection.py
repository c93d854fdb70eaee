"""The part of a forecast that somebody asks for, and why things end in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter

from engine.explain.losses import explain_losses
from policy.diff import Ended, Op
from policy.entitlements import EntitlementKey
from policy.forecasts import Forecast, ForecastDay, ForecastLine
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

_TAKING_AWAY = frozenset({Op.REVOKE, Op.DELETE})


@dataclass(frozen=True, slots=True)
class Selection:
    """Whom and what is asked for; an empty set stands for all."""

    persons: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.persons or self.targets or self.rules)

    def holds(self, one: ForecastLine) -> bool:
        """Tell whether a line is asked for."""
        key = one.line.key
        return (
            (not self.persons or key.person in self.persons)
            and (not self.targets or key.target in self.targets)
            and (not self.rules or not self.rules.isdisjoint(one.rules))
        )


def select(whole: Forecast, selection: Selection) -> Forecast:
    """Give the lines of `selection`, with the limits on them; these were judged by everybody's lines."""
    if not selection:
        return whole
    days = (_select_of(day, selection) for day in whole.days)
    return replace(whole, days=tuple(one for one in days if one.lines or one.violations))


def explain_endings(
    whole: Forecast,
    policy: CheckedPolicy,
    snapshot: Snapshot,
    *,
    include_drafts: bool,
    wanted: Callable[[ForecastLine], bool] = lambda _one: True,
) -> Forecast:
    """Say of each `wanted` line that takes something away why nobody is entitled to it any more, as a diff does."""
    asked = [
        (day, one.line.key)
        for day, one in whole.lines
        if one.line.op in _TAKING_AWAY and not one.line.because and not one.line.ended and wanted(one)
    ]
    known: dict[tuple[date, EntitlementKey], tuple[Ended, ...]] = {}
    for day, keys in groupby(asked, key=itemgetter(0)):
        told = explain_losses(policy, snapshot, day, [key for _, key in keys], include_drafts=include_drafts)
        known |= {(day, key): found for key, found in told.items()}
    return replace(whole, days=tuple(_with_endings(day, known) for day in whole.days))


def _select_of(day: ForecastDay, selection: Selection) -> ForecastDay:
    lines = tuple(one for one in day.lines if selection.holds(one))
    targets = {one.line.key.target for one in lines}
    violations = () if selection.targets or selection.rules else day.violations
    return ForecastDay(
        day.day,
        lines,
        tuple(one for one in day.limits if one.target in targets),
        tuple(one for one in violations if not selection.persons or one.person in selection.persons),
    )


def _with_endings(day: ForecastDay, known: Mapping[tuple[date, EntitlementKey], tuple[Ended, ...]]) -> ForecastDay:
    lines = (
        replace(one, line=replace(one.line, ended=known[day.day, one.line.key]))
        if (day.day, one.line.key) in known
        else one
        for one in day.lines
    )
    return replace(day, lines=tuple(lines))
