"""Circles: declarations that need one another, so that none can come first."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from dsl.problems import Findings
from policy.diagnostics import DiagnosticKind
from policy.source import Span

Needs = Mapping[str, Mapping[str, Span]]
"""What each name needs, and where it says so."""


def report_circles(
    needs: Needs, kind: DiagnosticKind, verb: str, findings: Findings
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Report every circle, and give all names in an order in which each follows what it needs, and who is in a circle.

    `verb` stands between two names: "`a` uses `b`". Needs outside the mapping's own names are left out.
    """
    rest = {name: sorted(need for need in needs[name] if need in needs) for name in sorted(needs)}
    circular: set[str] = set()
    while True:
        try:
            return tuple(TopologicalSorter(rest).static_order()), frozenset(circular)
        except CycleError as found:
            circle = _from_smallest(found.args[1][:0:-1])
        circular.update(circle)
        steps = list(zip(circle, (*circle[1:], circle[0]), strict=True))
        _report(steps, needs, (kind, verb), findings)
        for name, need in steps:
            rest[name].remove(need)


def _from_smallest(circle: list[str]) -> list[str]:
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]


def _report(steps: list[tuple[str, str]], needs: Needs, words: tuple[DiagnosticKind, str], findings: Findings) -> None:
    kind, verb = words
    told = [f"`{name}` {verb} `{need}`" for name, need in steps]
    place, *others = [needs[name][need] for name, need in steps]
    findings.report(
        kind,
        f"{', '.join(told)}.",
        place,
        hint="remove one of these lines, so that one of them can come first",
        related=tuple(zip(told[1:], others, strict=True)),
    )
