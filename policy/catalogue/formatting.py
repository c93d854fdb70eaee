"""Formatting rules files (ORD13xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

NOT_A_RULES_FILE = DiagnosticKind("ORD1301", Severity.ERROR, "This is not a rules file")
