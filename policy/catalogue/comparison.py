"""Comparing two versions of the rules (ORD112x: what is compared, ORD113x: what came out)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NO_SUCH_VERSION = DiagnosticKind("ORD1120", _ERROR, "There is no such version of the rules")
TWO_VERSIONS_OF_ONE_NAME = DiagnosticKind("ORD1121", _ERROR, "A name is both a folder and a git revision")
REVISION_WITHOUT_WORKSPACE = DiagnosticKind("ORD1122", _ERROR, "The workspace cannot be opened at this revision")
GIT_UNUSABLE = DiagnosticKind("ORD1123", _ERROR, "Git cannot be asked for a revision")
SIDE_BROKEN = DiagnosticKind("ORD1124", _ERROR, "The rules of one side have errors")
NOTHING_TO_COMPARE = DiagnosticKind("ORD1125", _ERROR, "No rule of either side gives what was asked for")

ENTITLEMENT_WIDENED = DiagnosticKind("ORD1130", _WARNING, "An entitlement is widened")
ENTITLEMENT_NARROWED = DiagnosticKind("ORD1131", _WARNING, "An entitlement is narrowed")
ENTITLEMENT_MIXED = DiagnosticKind("ORD1132", _WARNING, "An entitlement is widened for some, narrowed for others")
ENTITLEMENT_UNDECIDED = DiagnosticKind("ORD1133", _WARNING, "It is not known whether an entitlement is the same")
NEVER_VIOLABLE = DiagnosticKind("ORD1134", _WARNING, "What never goes together can be had together now")
LIMIT_WOULD_TRIP = DiagnosticKind("ORD1135", _WARNING, "A limit would trip")
TEST_FAILS_NOW = DiagnosticKind("ORD1136", _WARNING, "A test fails now")
DECLARATION_CHANGED = DiagnosticKind("ORD1137", _NOTE, "A declaration changed")
