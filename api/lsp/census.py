"""Counting people: what a rule gives today, and for whom a condition holds. Bounded in time, remembered by content."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import date

from api.lsp.world import people
from engine.evaluate.count import Asked, matches, rules_that_give
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import Span

_PATIENCE_SECONDS = 20.0
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
    """Counts that are known, and those under way. `threads` count; nobody waits for them longer than they want to."""

    threads: Executor
    patience_seconds: float = _PATIENCE_SECONDS
    _rules: tuple[Setting, Mapping[str, Count]] | None = None
    _conditions: dict[tuple[Setting, Span], Future[Count]] = field(default_factory=dict)
    _wanted: Setting | None = None

    def rules(self, setting: Setting) -> Mapping[str, Count] | None:
        """Give the counts of every rule, when they are known."""
        return self._rules[1] if self._rules is not None and self._rules[0] == setting else None

    def count_rules(self, setting: Setting, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """Begin to count what the rules give, unless that is known or under way; then call `done` or `failed`."""
        if self._wanted == setting:
            return
        self._wanted = setting

        def count() -> None:
            try:
                self._count_rules(setting)
            except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
                failed(error)
            else:
                done()

        self.threads.submit(count)

    def _count_rules(self, setting: Setting) -> None:
        found: dict[str, list[int]] = {name: [] for name in setting.policy.rules}
        persons = setting.snapshot.persons
        until, seen = time.monotonic() + self.patience_seconds, 0
        for number, rules in enumerate(rules_that_give(setting.policy, setting.snapshot, setting.day)):
            if self._wanted != setting:
                return  # the text has changed meanwhile
            for rule in rules:
                found[rule].append(number)
            seen = number + 1
            if time.monotonic() > until:
                break
        counts = {
            rule: Count(len(numbers), seen, len(persons), tuple(persons[one].external_id for one in numbers[:_SHOWN]))
            for rule, numbers in found.items()
        }
        self._rules = (setting, counts)

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
        until, seen, found = time.monotonic() + self.patience_seconds, 0, 0
        for holds in matches(setting.policy, setting.snapshot, setting.day, asked):
            seen, found = seen + 1, found + holds
            if time.monotonic() > until:
                break
        return Count(found, seen, len(setting.snapshot.persons))
