"""Lines of a rule that grant nothing beside its other lines."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from engine.lint.windows import Bound, window_of
from policy.catalogue.lint import GRANTED_TWICE
from policy.diagnostics import Diagnostic
from policy.entitlements import Kind
from policy.lint import Edit, Fix, LintFinding
from policy.rules import Grant, Rule
from policy.source import Span
from policy.types import Field

_Given = tuple[str, Kind, tuple[str | Field, ...], tuple[Bound, Bound]]


def find_granted_twice(context: LintContext) -> Iterator[LintFinding]:
    """Find `grant` lines all of whose entitlements other lines of the rule grant on the same days, one by one.

    Later lines are found before earlier ones, and single entitlements before roles; tables are left alone.
    """
    for rule in context.policy.rules.values():
        lines = _lines(rule)
        if len(lines) < 2:  # noqa: PLR2004  # nothing can stand twice
            continue
        backwards = lines[::-1]
        counts: dict[_Given, int] = {}
        for given in (one for _, gives in lines for one in gives):
            counts[given] = counts.get(given, 0) + 1
        for grant, gives in (
            *(line for line in backwards if not line[0].via),
            *(line for line in backwards if line[0].via),
        ):
            if all(counts[one] > 1 for one in gives):
                for one in gives:
                    counts[one] -= 1
                yield _finding(rule, grant, lines)


def _lines(rule: Rule) -> list[tuple[Grant, set[_Given]]]:
    """Every line of grants with what it grants; that of a role has several."""
    lines: dict[Span, tuple[Grant, set[_Given]]] = {}
    for grant in rule.grants:
        if isinstance(grant, Grant):
            template = grant.template
            given = (template.target, template.kind, template.parts, window_of(rule, grant))
            lines.setdefault(grant.span, (grant, set()))[1].add(given)
    return list(lines.values())


def _finding(rule: Rule, grant: Grant, lines: list[tuple[Grant, set[_Given]]]) -> LintFinding:
    gives = next(gives for one, gives in lines if one is grant)
    other = next(one for one, also in lines if one is not grant and also & gives)
    what = f"the role `{grant.via[0]}`" if grant.via else "this"
    by = f"through the role `{other.via[0]}`" if other.via else "on another line"
    detail = f"Rule `{rule.id}` grants {what} {by} already, on the same days."
    fix = Fix("remove the line", (Edit(grant.span, ""),))
    related = (("it is granted here", other.span),)
    return LintFinding(Diagnostic(GRANTED_TWICE, detail, grant.span, "remove the line", related=related), fix)
