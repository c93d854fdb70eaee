"""Targets, plans and runs (ORD08xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

TARGET_UNREADABLE = DiagnosticKind("ORD0820", _ERROR, "a target cannot be read")
ACCOUNT_GONE = DiagnosticKind("ORD0821", _ERROR, "an account is gone from its target")
ALREADY_TAKEN = DiagnosticKind("ORD0822", _ERROR, "a value that must be unique is taken")
TARGET_BUSY = DiagnosticKind("ORD0823", _ERROR, "a target is busy or cannot be reached")
TARGET_REFUSES = DiagnosticKind("ORD0824", _ERROR, "a target refuses an action")
