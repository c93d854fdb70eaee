"""Lint the rules of a workspace: what is said of a policy that compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from api.usecases.load_policy import LoadedPolicy
from dsl.allow import read_allowances
from dsl.edits import settle_fix
from engine.lint.lint import lint
from policy.catalogue import lint as kinds
from policy.lint import LintFinding, LintInput, PeopleFacts


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the rules: people of the latest snapshot, and permissions by the targets that list them."""

    people: PeopleFacts | None = None
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)


NOTHING_KNOWN = Known()
ALLOWANCE_CODES = frozenset(
    kind.code
    for kind in (
        kinds.ALLOWANCE_UNREADABLE,
        kinds.ALLOWANCE_WITHOUT_REASON,
        kinds.ALLOWANCE_WITHOUT_DATE,
        kinds.ALLOWANCE_OF_UNKNOWN,
        kinds.ALLOWANCE_ENDED,
        kinds.ALLOWANCE_OF_NOTHING,
    )
)
"""Codes of problems with allowances, which cannot be allowed themselves."""


def lint_loaded(loaded: LoadedPolicy, today: date, known: Known = NOTHING_KNOWN) -> tuple[LintFinding, ...]:
    """Find the smells of rules that were loaded, sorted by place; none while they have errors.

    `today` is the calendar date in the policy's timezone.
    """
    policy = loaded.compilation.policy
    if policy is None:
        return ()
    rules = {path: file for path, file in loaded.files.items() if path.endswith(".ordain")}
    allowances, unreadable = read_allowances(rules.values())
    found = lint(LintInput(policy, today, known.people, known.permissions, allowances))
    settled = [
        one if one.fix is None else replace(one, fix=settle_fix(one.fix, rules))
        for one in (*found, *map(LintFinding, unreadable))
    ]
    return tuple(sorted(settled, key=lambda one: one.diagnostic.sort_key))
