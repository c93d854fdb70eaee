"""Moving in from another product (ORD12xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

EXPORT_UNREADABLE = DiagnosticKind("ORD1201", _ERROR, "A rules export cannot be read")
EXPORT_COLUMNS = DiagnosticKind("ORD1202", _ERROR, "A rules export has other columns")
EXPORT_ROW = DiagnosticKind("ORD1203", _ERROR, "A row of a rules export is broken")
CONDITION_LOST = DiagnosticKind("ORD1204", _WARNING, "A condition is not carried over")
ENTITLEMENT_LOST = DiagnosticKind("ORD1205", _WARNING, "An entitlement is not carried over")
RULE_LOST = DiagnosticKind("ORD1206", _WARNING, "A rule that grants nothing is not carried over")
NO_CONDITIONS = DiagnosticKind("ORD1207", _WARNING, "An exported rule has no conditions")
UNKNOWN_STATUS = DiagnosticKind("ORD1208", _WARNING, "The status of an exported rule is not known")
COUNT_DIFFERS = DiagnosticKind("ORD1209", _WARNING, "A rules export counts otherwise than it names")
NAME_TWICE = DiagnosticKind("ORD1210", _NOTE, "Exported rules share a name")
READ_AS = DiagnosticKind("ORD1211", _NOTE, "An exported text can be read in several ways")
WRONG_TARGET_NAME = DiagnosticKind("ORD1212", _ERROR, "A target cannot be called like this")
RULES_IN_THE_WAY = DiagnosticKind("ORD1213", _ERROR, "Other rules lie in the folder")
