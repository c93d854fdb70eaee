"""Which tests of a policy are run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy.rules import CheckedPolicy
from policy.testing import PolicyTest


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tests to run: those whose title or file holds `text`, in capitals or not (None: all)."""

    text: str | None = None


def choose_tests(policy: CheckedPolicy, choice: Choice) -> tuple[PolicyTest, ...]:
    """Choose tests, in the order of files and lines."""
    return in_reading_order(one for one in policy.tests.values() if _is_called(one, choice.text))


def in_reading_order(tests: Iterable[PolicyTest]) -> tuple[PolicyTest, ...]:
    """Order tests as they stand in the files."""
    return tuple(sorted(tests, key=lambda one: (one.span.path, one.span.line, one.title)))


def _is_called(test: PolicyTest, text: str | None) -> bool:
    wanted = (text or "").casefold()
    return wanted in test.title.casefold() or wanted in test.span.path.casefold()
