"""A forecast as its readers see it: sentences and rows that text, html and JSON share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from api.render.counting import counted
from engine.forecast.selection import Selection
from policy.diff import LimitVerdict, Op, Status
from policy.entitlements import Kind
from policy.forecasts import DayCount, Forecast, ForecastDay, Start

_PLURALS = {Kind.ACCOUNT: "accounts", Kind.ACCESS: "accounts with access", Kind.PERMISSION: "permissions"}


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What is shown: the forecast, the workspace's name, people's names, and what was asked for alone."""

    forecast: Forecast
    workspace: str
    names: Mapping[str, str] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)

    def called(self, person: str) -> str:
        """External id with the display name where it is known."""
        name = self.names.get(person)
        return f"{person} {name}" if name else person

    @property
    def changing(self) -> tuple[ForecastDay, ...]:
        """Days on which something is granted or taken away."""
        return tuple(day for day in self.forecast.days if day.changes)

    @property
    def rows(self) -> Iterator[tuple[ForecastDay, str, DayCount]]:
        """One row for each day and target with lines."""
        return ((day, target, count) for day in self.forecast.days for target, count in day.counts().items())

    def persons(self, day: ForecastDay, target: str) -> int:
        """Count the persons whom lines of a day and target are about."""
        return len({one.line.key.person for one in day.lines if one.line.key.target == target})

    @property
    def everybody(self) -> int:
        """Count the persons whom any line is about."""
        return len({one.line.key.person for _, one in self.forecast.lines})

    @property
    def tripped(self) -> tuple[tuple[date, LimitVerdict], ...]:
        """Limits that would trip, with their days."""
        return tuple((day.day, one) for day in self.forecast.days for one in day.tripped)

    @property
    def violations(self) -> tuple[tuple[date, str, str], ...]:
        """Day, person and text of every forbidden pair that begins to be held."""
        return tuple((day.day, one.person, one.text) for day in self.forecast.days for one in day.violations)

    def totals(self) -> DayCount:
        """Everything together."""
        found = DayCount.empty()
        for _, one in self.forecast.lines:
            found.add(one)
        return found

    def title(self) -> str:
        """Whose forecast, from when to when."""
        return f"Forecast for {self.workspace}, {self.forecast.first} to {self.forecast.last}"

    def origin(self) -> str:
        """Say what it starts from."""
        managed = counted(self.forecast.managed, "entitlement")
        people = counted(self.forecast.persons, "person")
        if self.forecast.start is Start.MANAGED:
            return (
                f"It starts from the {managed} managed now, for {people}: what lies open today comes on the first day."
            )
        return (
            f"Nothing is managed yet, so it starts from what the rules give on the first day: {managed} for {people}. "
            "Granting these is not counted."
        )

    def narrowed(self) -> str:
        """Say what was asked for alone; "" for everything."""
        parts = [
            (noun, sorted(names))
            for noun, names in (
                ("person", self.selection.persons),
                ("target", self.selection.targets),
                ("rule", self.selection.rules),
            )
            if names
        ]
        told = "; ".join(f"{noun} {', '.join(names)}" for noun, names in parts)
        return f"Only {told}; limits are judged by what happens to everybody." if told else ""

    def summary(self) -> str:
        """How much happens, and on which day most."""
        totals, days = self.totals(), self.changing
        if not days:
            return "Nothing will be granted or taken away."
        taken = totals.total - totals.of(Op.GRANT)
        gone = f"{totals.of(Op.GRANT):,} granted, {taken:,} taken away"
        people = len({one.line.key.person for day in days for one in day.changes})
        said = f"{gone}, on {counted(len(days), 'day')}, for {counted(people, 'person')}."
        heaviest = max(days, key=lambda day: len(day.changes))
        return f"{said} The heaviest day is {heaviest.day} with {counted(len(heaviest.changes), 'change')}."

    def held_back(self) -> str:
        """How much is held back, and by what; "" for nothing."""
        held = self.totals().held_back
        if not held:
            return ""
        people = len({one.line.key.person for _, one in self.forecast.lines if one.held_back})
        parts = ", ".join(f"{count:,} {status}" for status, count in sorted(held.items(), key=_by_precedence))
        return f"Held back: {parts}; for {counted(people, 'person')}."


def _by_precedence(counted_: tuple[Status, int]) -> int:
    return [*Status].index(counted_[0])


def limit_sentence(day: date, one: LimitVerdict) -> str:
    """Say which limit would trip on a day, and by what it was judged."""
    before = "" if one.days is None else f" and {one.executed:,} in the {one.days} days up to then"
    managed = f"{one.base:,} {_PLURALS[one.kind]} managed there then"
    lines = counted(one.count, "line")
    said = f"{day}: {one.op} {one.kind} in {one.target} would stop: {lines}{before} reach"
    return f"{said}{'es' if one.count == 1 and not before else ''} the limit of {one.limit} ({one.at}; {managed})."


def day_words(day: ForecastDay) -> str:
    """How much a day brings."""
    people = counted(len({one.line.key.person for one in day.lines}), "person")
    held = f", {len(day.held_back):,} held back" if day.held_back else ""
    return f"{counted(len(day.changes), 'change')}{held}, {people}"
