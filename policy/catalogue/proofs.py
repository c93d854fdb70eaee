"""Proofs about policies (ORD115x)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

UNKNOWN_NEVER = DiagnosticKind("ORD1151", Severity.ERROR, "There is no such never")
