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

TARGET_UNREADABLE = DiagnosticKind("ORD0820", _ERROR, "A target cannot be read")
ACCOUNT_GONE = DiagnosticKind("ORD0821", _ERROR, "An account is gone from its target")
ALREADY_TAKEN = DiagnosticKind("ORD0822", _ERROR, "A value that must be unique is taken")
TARGET_BUSY = DiagnosticKind("ORD0823", _ERROR, "A target is busy or cannot be reached")
TARGET_REFUSES = DiagnosticKind("ORD0824", _ERROR, "A target refuses an action")

# Field mapping (ORD0850-ORD0869).
BAD_FIELD_MAPPING = DiagnosticKind("ORD0850", _ERROR, "This is no field mapping")
BAD_MAPPED_VALUE = DiagnosticKind("ORD0851", _ERROR, "A mapped value makes no sense")
UNKNOWN_MAPPED_FIELD = DiagnosticKind("ORD0852", _ERROR, "A field mapping names no field of a person")
MAPPED_TWICE = DiagnosticKind("ORD0853", _ERROR, "A field of an account is mapped twice")
UNKNOWN_UNIQUE_FIELD = DiagnosticKind("ORD0854", _ERROR, "A unique field that nobody maps")
MAPPING_SCRIPT_FAILED = DiagnosticKind("ORD0855", _ERROR, "A mapping script gave no value")
MAPPED_VALUE_UNFIT = DiagnosticKind("ORD0856", _ERROR, "A mapped value does not fit its field")
NOTHING_UNIQUE = DiagnosticKind("ORD0857", _ERROR, "No value was free in the target")
ALREADY_ENFORCED = DiagnosticKind("ORD0825", _ERROR, "A diff is enforced once")
ENFORCEMENT_AT_WORK = DiagnosticKind("ORD0826", _ERROR, "Another enforcement is at work")
NOTHING_TO_ENFORCE = DiagnosticKind("ORD0827", _ERROR, "A diff has nothing to enforce")
RUN_INTERRUPTED = DiagnosticKind("ORD0828", _ERROR, "An earlier run was interrupted")
TARGET_NOT_OPEN = DiagnosticKind("ORD0829", _ERROR, "A target cannot be enforced because it is not configured")
INPUTS_MOVED_ON = DiagnosticKind("ORD0830", _ERROR, "The inputs changed while a run was interrupted")
