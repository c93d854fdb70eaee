"""Every lint rule, one line each: what it may find, the function that finds it, and what it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.lint.context import LintContext
from engine.lint.exclusion_days import find_exclusion_days
from engine.lint.missing_data import find_missing_data
from engine.lint.nobody_grants import find_nobody_grants
from engine.lint.primary_margins import find_primary_margins
from engine.lint.taking_away import find_taking_away
from engine.lint.without_account import find_without_account
from policy.catalogue import lint as kinds
from policy.diagnostics import DiagnosticKind
from policy.lint import LintFinding


@dataclass(frozen=True, slots=True)
class LintRule:
    """A lint rule: the kinds of its findings, and the function that looks for them."""

    kinds: tuple[DiagnosticKind, ...]
    find: Callable[[LintContext], Iterator[LintFinding]]


RULES = (
    LintRule((kinds.NEGATION_OVER_OPTIONAL,), find_missing_data),
    LintRule((kinds.PRIMARY_WITH_MARGIN,), find_primary_margins),
    LintRule((kinds.GRANT_WITHOUT_ACCOUNT,), find_without_account),
    LintRule((kinds.EXCLUSION_ENDS_SOON, kinds.EXCLUSION_ENDED), find_exclusion_days),
    LintRule((kinds.TAKES_AWAY,), find_taking_away),
    LintRule((kinds.NOBODY_GRANTS,), find_nobody_grants),
)
