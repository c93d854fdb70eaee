"""How this room refuses: one diagnostic, raised."""

from __future__ import annotations

from policy.diagnostics import Diagnostic, DiagnosticKind, RefusedError


def refusal(kind: DiagnosticKind, detail: str, *, hint: str | None = None) -> RefusedError:
    """Refusal of `kind`, to be raised."""
    return RefusedError(Diagnostic(kind, detail, hint=hint))
