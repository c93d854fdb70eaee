"""Lint the rules of a workspace: what is said of a policy that compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from api.usecases.load_policy import LoadedPolicy
from engine.lint.lint import lint
from policy.lint import LintFinding, LintInput, PeopleFacts


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the rules: people of the latest snapshot, and permissions by the targets that list them."""

    people: PeopleFacts | None = None
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)


NOTHING_KNOWN = Known()


def lint_loaded(loaded: LoadedPolicy, today: date, known: Known = NOTHING_KNOWN) -> tuple[LintFinding, ...]:
    """Find the smells of rules that were loaded, sorted by place; none while they have errors.

    `today` is the calendar date in the policy's timezone.
    """
    policy = loaded.compilation.policy
    return () if policy is None else lint(LintInput(policy, today, known.people, known.permissions))
