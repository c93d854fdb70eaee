"""Workspace configuration, `ordain.toml` (ORD04xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NO_WORKSPACE = DiagnosticKind("ORD0401", _ERROR, "There is no workspace here")
BAD_TOML = DiagnosticKind("ORD0402", _ERROR, "The workspace file is not valid TOML")
BAD_SETTING = DiagnosticKind("ORD0403", _ERROR, "A setting of the workspace is wrong")
SECRET_MISSING = DiagnosticKind("ORD0404", _ERROR, "A secret is missing")
FILE_MISSING = DiagnosticKind("ORD0405", _ERROR, "A file of the workspace cannot be read")
TARGET_NOT_CONFIGURED = DiagnosticKind("ORD0406", _WARNING, "A target of the policy is not configured")
NOT_EMPTY = DiagnosticKind("ORD0407", _ERROR, "The folder is not empty")
NO_RULES = DiagnosticKind("ORD0408", _ERROR, "There are no rules")
UNKNOWN_ACCOUNT_DATA = DiagnosticKind("ORD0410", _ERROR, "A target has no such account data")
NO_SOURCES = DiagnosticKind("ORD0409", _ERROR, "There is no source of persons")
