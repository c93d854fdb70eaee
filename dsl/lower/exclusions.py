"""Exclusions, and pairs that nobody may hold together."""

from __future__ import annotations

from typing import Final

from dsl.checking import IN_EXCLUSION, Checking
from dsl.lower.conditions import lower_condition
from dsl.lower.entitlements import lower_fixed_entitlement
from dsl.tree.ast import DeclarationWord, ExcludeDeclaration, NeverDeclaration
from dsl.weights import check_weight
from policy.catalogue.structure import NEVER_ITSELF
from policy.rules import Exclusion, Never, NeverException

DEFAULT_SEVERITY: Final = "medium"
"""Severity of a `never` that says none."""


def lower_exclusion(node: ExcludeDeclaration, checking: Checking) -> Exclusion | None:
    """Give an exclusion with its bare condition.

    What that condition says of a contract is meant of some contract that is active today, one contract for the whole
    condition (LANGUAGE.md section 3); evaluators add the quantifier.
    """
    condition = None
    fits = True
    if node.condition is not None:
        fits = check_weight(node.condition, f"The condition of `{node.id.name}`", checking)
        condition = lower_condition(node.condition, IN_EXCLUSION, checking) if fits else None
        fits = condition is not None
    for target in node.targets or ():
        fits = checking.names.knows(DeclarationWord.TARGET, target, checking.findings) and fits
    if not fits:
        return None
    return Exclusion(
        id=node.id.name,
        title=node.title.value if node.title else "",
        person=node.person.value if node.person else None,
        condition=condition,
        targets=None if node.targets is None else tuple(sorted({target.name for target in node.targets})),
        because=node.because.value,
        approved_by=node.approved_by.value if node.approved_by else None,
        until=node.until.value if node.until else None,
        span=node.span,
    )


def lower_never(node: NeverDeclaration, checking: Checking) -> Never | None:
    """Give a forbidden pair; None when a side is broken or both are the same."""
    first = lower_fixed_entitlement(node.first, checking)
    second = lower_fixed_entitlement(node.second, checking)
    if first is None or second is None:
        return None
    if first == second:
        detail = f"`{node.id.name}` forbids {first} together with itself."
        checking.findings.report(NEVER_ITSELF, detail, node.second.span, hint="name another entitlement on one side")
        return None
    exceptions = tuple(
        NeverException(
            person=one.person.value,
            because=one.because.value,
            approved_by=one.approved_by.value if one.approved_by else None,
            until=one.until.value if one.until else None,
            span=one.span,
        )
        for one in node.exceptions
    )
    return Never(
        id=node.id.name,
        title=node.title.value if node.title else "",
        first=first,
        second=second,
        severity=node.severity.severity if node.severity else DEFAULT_SEVERITY,
        because=node.because.value if node.because else None,
        exceptions=tuple(sorted(exceptions, key=lambda one: (one.person, one.span))),
        span=node.span,
    )
