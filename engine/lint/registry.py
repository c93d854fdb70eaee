"""Every lint rule, one line each: what it may find, the function that finds it, and what it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.lint.always_true import find_always_true
from engine.lint.context import LintContext
from engine.lint.exception_days import find_exception_days
from engine.lint.exclusion_days import find_exclusion_days
from engine.lint.granted_twice import find_granted_twice
from engine.lint.idle_limits import find_idle_limits
from engine.lint.impossible import find_impossible
from engine.lint.missing_data import find_missing_data
from engine.lint.never_apart import find_never_apart
from engine.lint.never_in_one_rule import find_never_in_one_rule
from engine.lint.nobody_grants import find_nobody_grants
from engine.lint.not_decided import find_not_decided
from engine.lint.nothing_new import find_nothing_new
from engine.lint.person_by_number import find_person_by_number
from engine.lint.primary_margins import find_primary_margins
from engine.lint.taking_away import find_taking_away
from engine.lint.unknown_departments import find_unknown_departments
from engine.lint.unknown_permissions import find_unknown_permissions
from engine.lint.unowned import find_unowned
from engine.lint.untested import find_untested
from engine.lint.unused import find_unused
from engine.lint.values_nobody_has import find_values_nobody_has
from engine.lint.without_account import find_without_account
from policy.catalogue import lint as kinds
from policy.diagnostics import DiagnosticKind
from policy.lint import LintFinding


class Needs(StrEnum):
    """What must be at hand for a rule to find all there is, besides the policy and the day."""

    NOTHING = "nothing"
    PEOPLE = "people"
    PERMISSIONS = "permissions"
    PROOFS = "proofs"


@dataclass(frozen=True, slots=True)
class LintRule:
    """A lint rule: the kinds of its findings, the function that looks for them, and what it cannot look without."""

    kinds: tuple[DiagnosticKind, ...]
    find: Callable[[LintContext], Iterator[LintFinding]]
    needs: Needs = Needs.NOTHING


RULES = (
    LintRule((kinds.NEGATION_OVER_OPTIONAL,), find_missing_data),
    LintRule((kinds.PRIMARY_WITH_MARGIN,), find_primary_margins),
    LintRule((kinds.GRANT_WITHOUT_ACCOUNT,), find_without_account),
    LintRule((kinds.EXCLUSION_ENDS_SOON, kinds.EXCLUSION_ENDED), find_exclusion_days),
    LintRule((kinds.TAKES_AWAY,), find_taking_away),
    LintRule((kinds.NOBODY_GRANTS,), find_nobody_grants),
    LintRule((kinds.UNUSED_SET, kinds.UNUSED_DEFINE, kinds.UNUSED_ROLE, kinds.UNUSED_TARGET), find_unused),
    LintRule((kinds.NO_OWNER,), find_unowned),
    LintRule((kinds.NO_TEST,), find_untested),
    LintRule((kinds.NEVER_IN_ONE_RULE,), find_never_in_one_rule),
    LintRule((kinds.LIMIT_NEVER_REACHED,), find_idle_limits, needs=Needs.PEOPLE),
    LintRule((kinds.VALUE_NOBODY_HAS,), find_values_nobody_has, needs=Needs.PEOPLE),
    LintRule((kinds.UNKNOWN_DEPARTMENT,), find_unknown_departments, needs=Needs.PEOPLE),
    LintRule((kinds.UNKNOWN_PERMISSION,), find_unknown_permissions, needs=Needs.PERMISSIONS),
    LintRule((kinds.PERSON_BY_NUMBER,), find_person_by_number),
    LintRule((kinds.EXCEPTION_ENDS_SOON, kinds.EXCEPTION_ENDED), find_exception_days),
    LintRule((kinds.GRANTED_TWICE,), find_granted_twice),
    LintRule((kinds.IMPOSSIBLE,), find_impossible, needs=Needs.PROOFS),
    LintRule((kinds.ALWAYS_TRUE,), find_always_true, needs=Needs.PROOFS),
    LintRule((kinds.NEVER_APART,), find_never_apart, needs=Needs.PROOFS),
    LintRule((kinds.NOTHING_NEW,), find_nothing_new, needs=Needs.PROOFS),
    LintRule((kinds.NOT_DECIDED,), find_not_decided),  # last: it tells what the others left open
)
