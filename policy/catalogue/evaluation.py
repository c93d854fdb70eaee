"""Evaluation (ORD06xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NAME_NOT_FILLED = DiagnosticKind("ORD0601", _WARNING, "A name could not be filled in")
UNKNOWN_NODE = DiagnosticKind("ORD0602", _ERROR, "Nothing in the policy has this name")
AMBIGUOUS_NODE = DiagnosticKind("ORD0603", _ERROR, "Several things in the policy have this name")

TARGET_NOT_DECLARED = DiagnosticKind("ORD0650", _WARNING, "Something is managed in a target that no rule declares")
