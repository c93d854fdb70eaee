"""Counting people: what a rule gives today, and for whom a condition holds. Bounded in time, remembered by content."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import date

from api.lsp.world import people
from engine.evaluate.count import Asked, matches, rules_that_give
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import Span

_PATIENCE_SECONDS = 120.0
_NEWS_SECONDS = 5.0
_SHOWN = 10
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Setting:
    """Rules, people and the day that are counted over. Two are equal when their contents are."""

    policy: CheckedPolicy = field(compare=False)
    snapshot: Snapshot = field(compare=False)
    day: date
    digests: tuple[str, str]

    @classmethod
    def of(cls, policy: CheckedPolicy, snapshot: Snapshot, day: date, *, digest: str) -> Setting:
        """Put rules (whose digest is known already), people and day together."""
        return cls(policy, snapshot, day, (digest, snapshot.digest))


@dataclass(frozen=True, slots=True)
class Count:
    """`found` of the `seen` people who were looked at, of `total` in the snapshot; `first` are some of them."""

    found: int
    seen: int
    total: int
    first: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Count in words, and how far it went."""
        rest = "" if self.seen == self.total else f" of the first {self.seen:,}"
        return people(self.found) + rest


@dataclass(slots=True)
class Census:
    """Counts that are known, and those under way. `threads` count; nobody waits for them longer than they want to.

    `give_way` is called between two people: it waits while there is something more urgent to do.
    """

    threads: Executor
    give_way: Callable[[], None]
    patience_seconds: float = _PATIENCE_SECONDS
    _rules: tuple[Setting, Mapping[str, Count]] | None = None
    _conditions: dict[tuple[Setting, Span], Future[Count]] = field(default_factory=dict)
    _wanted: Setting | None = None

    def rules(self, setting: Setting) -> Mapping[str, Count] | None:
        """Give the counts of every rule, when they are known."""
        return self._rules[1] if self._rules is not None and self._rules[0] == setting else None

    def last(self, rule: str) -> Count | None:
        """Give the count of a rule that was made last, perhaps before the rules changed."""
        return self._rules[1].get(rule) if self._rules is not None else None

    def count_rules(self, setting: Setting, news: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """Begin to count what the rules give, unless that is known or under way; `news` is called as counts come."""
        if self._wanted == setting:
            return
        self._wanted = setting

        def count() -> None:
            try:
                for counts in self._count_rules(setting):
                    self._rules = (setting, counts)
                    news()
            except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
                failed(error)

        self.threads.submit(count)

    def _count_rules(self, setting: Setting) -> Iterator[Mapping[str, Count]]:
        """Count what the rules give: from time to time as far as it is known, and at the end."""
        found: dict[str, list[int]] = {name: [] for name in setting.policy.rules}
        until = time.monotonic() + self.patience_seconds
        told, seen = time.monotonic(), 0
        for rules in rules_that_give(setting.policy, setting.snapshot, setting.day):
            self.give_way()
            if self._wanted != setting:
                return  # the text has changed meanwhile
            for rule in rules:
                found[rule].append(seen)
            seen += 1
            if time.monotonic() > until:
                break
            if time.monotonic() > told + _NEWS_SECONDS:
                told = time.monotonic()
                yield _as_counts(found, seen, setting.snapshot)
        yield _as_counts(found, seen, setting.snapshot)

    def stop(self) -> None:
        """End every count soon."""
        self.patience_seconds = 0.0
        self._wanted = None

    def condition(self, setting: Setting, asked: Asked, *, wait_seconds: float) -> Count | None:
        """Count the people for whom a condition holds; None when that takes longer than the wait: ask again."""
        key = (setting, asked.condition.span)
        known = self._conditions.get(key)
        if known is None:
            if len(self._conditions) >= _REMEMBERED:
                self._conditions.clear()
            known = self._conditions[key] = self.threads.submit(self._count, setting, asked)
        try:
            return known.result(wait_seconds)
        except TimeoutError:
            return None

    def _count(self, setting: Setting, asked: Asked) -> Count:
        begun, seen, found = time.monotonic(), 0, 0
        for holds in matches(setting.policy, setting.snapshot, setting.day, asked):
            self.give_way()
            seen, found = seen + 1, found + holds
            if time.monotonic() > begun + self.patience_seconds:
                break
        return Count(found, seen, len(setting.snapshot.persons))


def _as_counts(found: Mapping[str, list[int]], seen: int, snapshot: Snapshot) -> dict[str, Count]:
    persons = snapshot.persons
    return {
        rule: Count(len(numbers), seen, len(persons), tuple(persons[one].external_id for one in numbers[:_SHOWN]))
        for rule, numbers in found.items()
    }
