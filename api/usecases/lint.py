"""Lint the rules of a workspace: what is said of a policy that compiles."""

from __future__ import annotations

from datetime import date

from api.usecases.load_policy import LoadedPolicy
from engine.lint.lint import lint
from policy.lint import LintFinding, LintInput


def lint_loaded(loaded: LoadedPolicy, today: date) -> tuple[LintFinding, ...]:
    """Find the smells of rules that were loaded, sorted by place; none while they have errors.

    `today` is the calendar date in the policy's timezone.
    """
    policy = loaded.compilation.policy
    return () if policy is None else lint(LintInput(policy, today))
