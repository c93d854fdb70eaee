"""Targets: dependencies, limits and staged deletion."""

from __future__ import annotations

from decimal import Decimal

from dsl.checking import Checking
from dsl.tree.ast import DeclarationWord, DependencyNode, LimitNode, StagedDeletionNode, TargetDeclaration
from policy.canonical import plain_number
from policy.catalogue.structure import DEPENDENCY_TWICE, DUPLICATE_LIMIT, LIMIT_WITHOUT_SENSE
from policy.entitlements import Kind
from policy.moments import Duration, Unit
from policy.source import Span
from policy.targets import Limit, StagedDeletion, TargetDependency, TargetPolicy

_LONGEST_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.YEARS: 366}


def lower_target(node: TargetDeclaration, checking: Checking) -> TargetPolicy | None:
    """Give a target's policy; None when anything in it is broken."""
    depends_on = _lower_dependencies(node, checking)
    limits = _lower_limits(node, checking)
    if depends_on is None or limits is None:
        return None
    staged = _staged(node.staged_deletion) if node.staged_deletion else None
    return TargetPolicy(node.id.name, node.title.value if node.title else "", depends_on, limits, staged, node.span)


def _lower_dependencies(node: TargetDeclaration, checking: Checking) -> tuple[TargetDependency, ...] | None:
    seen: dict[str, DependencyNode] = {}
    fits = True
    for one in node.depends_on:
        fits = checking.names.knows(DeclarationWord.TARGET, one.target, checking.findings) and fits
        first = seen.setdefault(one.target.name, one)
        if first is not one:
            fits = False
            detail = f"`{node.id.name}` depends on `{one.target.name}` already."
            hint = "name all account data behind one `using`"
            related = (("the first time is here", first.span),)
            checking.findings.report(DEPENDENCY_TWICE, detail, one.span, hint=hint, related=related)
    if not fits:
        return None
    return tuple(
        TargetDependency(name, tuple(dict.fromkeys(data.name for data in one.using)), one.span)
        for name, one in sorted(seen.items())
    )


def _lower_limits(node: TargetDeclaration, checking: Checking) -> tuple[Limit, ...] | None:
    seen: dict[tuple[str, Kind, int | None], Span] = {}
    limits = []
    for one in node.limits:
        limit = _lower_limit(one, checking)
        if limit is None:
            continue
        first = seen.setdefault((limit.action, limit.kind, limit.days), one.span)
        if first is one.span:
            limits.append(limit)
        else:
            detail = f"`{node.id.name}` has a limit for {_bucket(limit)} already."
            hint = "put both on one line: `to 50 or 10 %`"
            related = (("the first limit is here", first),)
            checking.findings.report(DUPLICATE_LIMIT, detail, one.span, hint=hint, related=related)
    limits.sort(key=lambda one: (one.action, one.kind, one.days or 0))
    return tuple(limits) if len(limits) == len(node.limits) else None


def _lower_limit(node: LimitNode, checking: Checking) -> Limit | None:
    problems: list[tuple[str, str, Span]] = []
    for number in (node.count, node.percent):
        if number is not None and number.value <= 0:
            sign = " %" if number is node.percent else ""
            words = f"A limit of {plain_number(Decimal(number.value))}{sign} is reached before anything happens."
            problems.append((words, "write the number at which to stop, 1 or more", number.span))
    if node.days is not None and node.days.value < 1:
        problems.append(("A limit counts over one day or more.", "leave `in … days` out", node.days.span))
    hundredths = None if node.percent is None else node.percent.value * 100
    if node.percent is not None and hundredths is not None and hundredths != int(hundredths):
        problems.append(("A percentage has two decimals at most.", "round it", node.percent.span))
    for words, hint, place in problems:
        checking.findings.report(LIMIT_WITHOUT_SENSE, words, place, hint=hint)
    if problems:
        return None
    count = node.count.value if node.count else None
    days = node.days.value if node.days else None
    percent = None if hundredths is None else int(hundredths)
    return Limit(node.action, node.kind, count, percent, days, node.span)


def _bucket(limit: Limit) -> str:
    budget = "" if limit.days is None else f" in {limit.days} days"
    return f"`{limit.action} {limit.kind.value}{budget}`"


def _staged(node: StagedDeletionNode) -> StagedDeletion:
    """Count months and years as their longest, so that nothing is deleted sooner than was said."""
    after: Duration = node.after
    return StagedDeletion(after.count * _LONGEST_DAYS[after.unit], node.span)
