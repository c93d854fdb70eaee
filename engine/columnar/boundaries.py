"""Days on which decisions may change, by person: worked out once per distinct date, never once per row.

`engine.evaluate.boundaries` says what is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.freezing import ever_frozen
from engine.columnar.persons import snapshot_of
from engine.columnar.population import Population
from engine.columnar.truth import Days, Truth, moment_days
from engine.columnar.typed import NEVER, TypedColumn
from engine.evaluate.boundaries import comparisons_with_today, day_behind
from engine.evaluate.context import prepare
from engine.people.horizon import look_back
from policy.moments import Moment, move
from policy.rules import CheckedPolicy, Window
from policy.types import Field

_LAST = date.max.toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """Boundaries of every person: those of row `i` are `days[first[i]:first[i + 1]]`.

    `first` is int64, one more than persons; `days` (int32) are proleptic ordinals, ascending within a person, each
    once.
    """

    first: NDArray[np.int64]
    days: NDArray[np.int32]

    @property
    def rows(self) -> NDArray[np.int32]:
        """Rows of the persons who have any, ascending."""
        return np.flatnonzero(np.diff(self.first)).astype(np.int32)


def boundaries_of(policy: CheckedPolicy, columns: Columns, after: date, until: date) -> Boundaries:
    """Boundaries behind `after` and up to `until` of every person; drafts included.

    Equal to `engine.evaluate.boundaries.person_boundaries`, but that a day on which a contract is too long ago to
    freeze anybody is one for everybody whose data may freeze them, whether it does or not. The ends of exclusions are
    not among them (see `persons_due`).
    """
    length = (until - after).days
    if length <= 0:
        return Boundaries(np.zeros(columns.person_count + 1, np.int64), np.zeros(0, np.int32))
    found = _Span(policy, columns, after, until).pairs(length + 1)
    persons, behind = np.divmod(found, length + 1)
    first = np.searchsorted(persons, np.arange(columns.person_count + 1))
    return Boundaries(first, (behind + after.toordinal()).astype(np.int32))


def persons_due(policy: CheckedPolicy, columns: Columns, after: date, until: date) -> NDArray[np.int32]:
    """Rows, ascending, of the persons of whom rules may decide on `until` something else than on `after`.

    Whoever is not among them is decided alike on both days (invariant E8). When an exclusion by `when` ends in
    between, that is everybody. Exclusions of people who are not in the columns are not looked at.
    """
    due = np.zeros(columns.person_count, np.bool_)
    due[boundaries_of(policy, columns, after, until).rows] = True
    for one in policy.exclusions.values():
        over = None if one.until is None else day_behind(one.until)
        if over is None or not after < over <= until:
            continue
        row = None if one.person is None else columns.find(one.person)
        if one.person is None:
            due[:] = True
        elif row is not None:
            due[row] = True
    return np.flatnonzero(due).astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Span:
    """The days behind `after` and up to `until`, over the people of columns before a policy."""

    policy: CheckedPolicy
    columns: Columns
    after: date
    until: date

    @cached_property
    def population(self) -> Population:
        return Population(
            self.columns, prepare(self.policy, snapshot_of(self.columns), self.after, include_drafts=True)
        )

    def pairs(self, size: int) -> NDArray[np.int64]:
        """Row of the person times `size` plus days behind `after`, ascending, each once."""
        found = [np.zeros(0, np.int64)]
        sources = (self._of_own_dates(), self._of_comparisons(), self._of_windows(), self._of_old_problems())
        for rows, days in chain.from_iterable(sources):
            inside = np.flatnonzero((days > self.after.toordinal()) & (days <= self.until.toordinal()))
            found.append(rows[inside].astype(np.int64) * size + days[inside] - self.after.toordinal())
        return np.unique(np.concatenate(found))

    def _of_own_dates(self) -> Iterator[tuple[NDArray[np.int32], Days]]:
        for key, is_last in (("start_date", False), ("end_date", True)):
            column = self.population.column("contract", key)
            yield self.columns.owners, _or_behind(column.days, is_last=is_last)[column.codes]

    def _of_comparisons(self) -> Iterator[tuple[NDArray[np.int32], Days]]:
        """Days on which a moment reaches a value, and on which it passes it."""
        for asked, moment in comparisons_with_today(self.policy):
            column = self.population.column_of(asked)
            moved = np.array([move(one, moment.offset, moment.direction).toordinal() for one in self._days], np.int64)
            for turned in (self._first_at(moved, column, "left"), self._first_at(moved, column, "right")):
                rows = np.arange(self.columns.person_count, dtype=np.int32)
                yield self.columns.owners if asked.root == "contract" else rows, turned[column.codes]

    def _of_windows(self) -> Iterator[tuple[NDArray[np.int32], Days]]:
        """First days of windows and the days behind last ones; a bound counted from today moves along."""
        for moment, is_last in _bounds(self.population.context.windows):
            base, owners = moment.base, self.columns.owners
            column = self.population.column_of(base) if isinstance(base, Field) else None
            days = _or_behind(moment_days(moment, column, self.population.context), is_last=is_last)
            if isinstance(base, Field):
                yield owners, days[self.population.codes_at(base, "contract")]
            else:
                yield owners, np.broadcast_to(days, (len(owners),))

    def _of_old_problems(self) -> Iterator[tuple[NDArray[np.int32], Days]]:
        """First days on which a contract is too long ago for its data problems to freeze anybody."""
        suspects: Truth = ever_frozen(self.columns, self.population.context)[self.columns.owners]
        if suspects.any():
            back = look_back(self.policy)
            horizons = np.array([back.since(day).toordinal() for day in self._days], np.int64)
            column = self.population.column("contract", "end_date")
            turned = self._first_at(horizons, column, "right")
            yield self.columns.owners[suspects], turned[column.codes[suspects]]

    @cached_property
    def _days(self) -> list[date]:
        """`after` and every day of the span."""
        return [date.fromordinal(one) for one in range(self.after.toordinal(), self.until.toordinal() + 1)]

    def _first_at(self, reached: Days, column: TypedColumn, side: Literal["left", "right"]) -> Days:
        """Day of the span on which `reached` (ascending, one per day) comes to a value, or passes it; else `NEVER`.

        What it has come to on `after` already turned before.
        """
        behind = np.searchsorted(reached, column.days, side=side)
        turned = (column.days != NEVER) & (behind > 0) & (behind < len(reached))
        return np.where(turned, behind + self.after.toordinal(), NEVER)


def _bounds(windows: tuple[Window, ...]) -> list[tuple[Moment, bool]]:
    """Moments that bounds of windows are, beside whether they are last days; each once.

    One that is not said is a contract's own date, one counted from today moves along with it: neither is here.
    """
    said = [(window.starting, False) for window in windows] + [(window.ending, True) for window in windows]
    moments = ((bound.moment, is_last) for bound, is_last in said if bound is not None)
    return [*dict.fromkeys((moment, last) for moment, last in moments if moment is not None and moment.base != "today")]


def _or_behind(days: Days, *, is_last: bool) -> Days:
    """Days, or those behind them; behind the calendar's last day there is none."""
    return np.where((days == NEVER) | (days == _LAST), NEVER, days + 1) if is_last else days
