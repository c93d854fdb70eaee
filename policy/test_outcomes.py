"""What became of a test: every expectation with its verdict, and of a failed one what came instead and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policy.coverage import Mark
from policy.diagnostics import Diagnostic
from policy.diff import Line
from policy.explanations import Explanation
from policy.people import DataProblem
from policy.testing import Expectation, PolicyTest


@dataclass(frozen=True, slots=True)
class ExpectationOutcome:
    """One expectation judged on its day.

    The rest is about a failed one and empty otherwise: `came` are sentences that say what came instead,
    `explanations` tell of each entitlement in question why, or why not, and `lines` are those of that day's diff that
    it speaks of.
    """

    expectation: Expectation
    day: date
    passed: bool
    came: tuple[str, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class FrozenInTest:
    """A person of a test whom data problems freeze from `day` on, and of whom the test does not expect that."""

    person: str
    day: date
    problems: tuple[DataProblem, ...]


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test judged: its expectations in the order of days and then as written.

    `frozen` are people of whom nothing would change in reality, though the test does not say so: a smell. `problems`
    say why the test could not be run at all; it has no judged expectations then. `marks` are what the test saw of the
    rules, when that was asked for.
    """

    __test__ = False  # no test of pytest
    test: PolicyTest
    expectations: tuple[ExpectationOutcome, ...]
    frozen: tuple[FrozenInTest, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    marks: frozenset[Mark] = frozenset()

    @property
    def passed(self) -> bool:
        """Whether the test was run and every expectation was met."""
        return not self.problems and all(one.passed for one in self.expectations)

    @property
    def failures(self) -> tuple[ExpectationOutcome, ...]:
        """Expectations that were not met, in order."""
        return tuple(one for one in self.expectations if not one.passed)


@dataclass(frozen=True, slots=True)
class TimedOutcome:
    """An outcome and how long the test took, in seconds."""

    outcome: TestOutcome
    seconds: float


@dataclass(frozen=True, slots=True)
class TestRun:
    """Tests that were run, in the order of files and lines; `defined` counts all there are, also those left out."""

    __test__ = False
    tests: tuple[TimedOutcome, ...]
    defined: int

    @property
    def outcomes(self) -> tuple[TestOutcome, ...]:
        """Outcomes alone."""
        return tuple(one.outcome for one in self.tests)

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return all(one.passed for one in self.outcomes)
