"""Tests of the language (ORD10xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

FIXTURE_UNREADABLE = DiagnosticKind("ORD1001", _ERROR, "The people of a test cannot be read")
EXPECTATION_FAILED = DiagnosticKind("ORD1002", _ERROR, "A test expects something else")
PERSON_FROZEN_IN_TEST = DiagnosticKind("ORD1003", _WARNING, "A person of a test is frozen by missing data")
