"""Targets, plans and runs (ORD08xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

STALE_SNAPSHOT = DiagnosticKind("ORD0800", _ERROR, "The people have changed since this diff was evaluated")
STALE_POLICY = DiagnosticKind("ORD0801", _ERROR, "The rules have changed since this diff was evaluated")
STALE_CONFIGURATION = DiagnosticKind("ORD0802", _ERROR, "The configuration has changed since this diff was evaluated")
STALE_MANAGED_STATE = DiagnosticKind("ORD0803", _ERROR, "What is managed has changed since this diff was evaluated")
OTHER_LINEAGE = DiagnosticKind("ORD0804", _ERROR, "This diff belongs to another ledger")
NOTHING_TO_RELEASE = DiagnosticKind("ORD0805", _ERROR, "No limit holds this back")

TARGET_UNREADABLE = DiagnosticKind("ORD0820", _ERROR, "a target cannot be read")
ACCOUNT_GONE = DiagnosticKind("ORD0821", _ERROR, "an account is gone from its target")
ALREADY_TAKEN = DiagnosticKind("ORD0822", _ERROR, "a value that must be unique is taken")
TARGET_BUSY = DiagnosticKind("ORD0823", _ERROR, "a target is busy or cannot be reached")
TARGET_REFUSES = DiagnosticKind("ORD0824", _ERROR, "a target refuses an action")
