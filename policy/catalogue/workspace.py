"""Workspace configuration, `ordain.toml` (ORD04xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NO_WORKSPACE = DiagnosticKind("ORD0401", _ERROR, "there is no workspace here")
BAD_TOML = DiagnosticKind("ORD0402", _ERROR, "the workspace file is not valid TOML")
BAD_SETTING = DiagnosticKind("ORD0403", _ERROR, "a setting of the workspace is wrong")
SECRET_MISSING = DiagnosticKind("ORD0404", _ERROR, "a secret is missing")
FILE_MISSING = DiagnosticKind("ORD0405", _ERROR, "a file of the workspace cannot be read")
TARGET_NOT_CONFIGURED = DiagnosticKind("ORD0406", _WARNING, "a target of the policy is not configured")
NOT_EMPTY = DiagnosticKind("ORD0407", _ERROR, "the folder is not empty")
NO_RULES = DiagnosticKind("ORD0408", _ERROR, "there are no rules")
NO_SOURCES = DiagnosticKind("ORD0409", _ERROR, "there is no source of persons")
