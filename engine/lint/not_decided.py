"""What was too large, or too much, to be decided in one run."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from policy.catalogue.lint import NOT_DECIDED
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding

_SHOWN = 5


def find_not_decided(context: LintContext) -> Iterator[LintFinding]:
    """Note once whose conditions were not looked at whole. Comes after every rule that asks for proofs."""
    refused = context.proofs.purse.refused
    if refused:
        names = ", ".join(f"`{name}`" for name in list(refused)[:_SHOWN])
        more = f" and {len(refused) - _SHOWN:,} more" if len(refused) > _SHOWN else ""
        detail = f"Whether conditions can be true, and rules grant anything new, was not decided for {names}{more}: it "
        detail += "would take too long in one run."
        hint = "`ordain prove` and `ordain compare` look longer"
        yield LintFinding(Diagnostic(NOT_DECIDED, detail, min(refused.values()), hint))
