"""Names and types: what a path, id or value may be (ORD02xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR = Severity.ERROR

UNKNOWN_FIELD = DiagnosticKind("ORD0201", _ERROR, "No such field")
UNKNOWN_SET = DiagnosticKind("ORD0202", _ERROR, "No such set")
UNKNOWN_DEFINE = DiagnosticKind("ORD0203", _ERROR, "No such define")
UNKNOWN_ROLE = DiagnosticKind("ORD0204", _ERROR, "No such role")
UNKNOWN_TARGET = DiagnosticKind("ORD0205", _ERROR, "No such target")
DUPLICATE_NAME = DiagnosticKind("ORD0206", _ERROR, "The same name twice")
WRONG_OPERATOR = DiagnosticKind("ORD0207", _ERROR, "This comparison does not fit the field")
WRONG_VALUE = DiagnosticKind("ORD0208", _ERROR, "This value does not fit the field")
IMPOSSIBLE_VALUE = DiagnosticKind("ORD0209", _ERROR, "The field never has this value")
BAD_PATTERN = DiagnosticKind("ORD0210", _ERROR, "Not a regular expression")
NOT_A_DATE = DiagnosticKind("ORD0211", _ERROR, "Not a moment in time")
FIELD_TYPE_CHANGED = DiagnosticKind("ORD0212", _ERROR, "A standard field keeps its type")
FIELD_NOT_CUSTOM = DiagnosticKind("ORD0213", _ERROR, "A new field stands below custom")
NO_CONTRACT_HERE = DiagnosticKind("ORD0214", _ERROR, "No contract is meant here")
NO_ACCOUNT_DATA_HERE = DiagnosticKind("ORD0215", _ERROR, "Account data are known in events alone")
BAD_TEMPLATE = DiagnosticKind("ORD0216", _ERROR, "This cannot be filled into a name")
NOT_A_FLAG = DiagnosticKind("ORD0217", _ERROR, "Only a flag stands alone")
UNKNOWN_TIMEZONE = DiagnosticKind("ORD0219", _ERROR, "No such timezone")
LOOKUP_MISSING = DiagnosticKind("ORD0221", _ERROR, "A lookup file is missing")
LOOKUP_WITHOUT_COLUMN = DiagnosticKind("ORD0222", _ERROR, "A lookup file lacks a column")
LOOKUP_UNREADABLE = DiagnosticKind("ORD0223", _ERROR, "A lookup file is not readable CSV")
LOOKUP_BAD_CELL = DiagnosticKind("ORD0224", _ERROR, "A cell of a lookup file makes no sense")
WRONG_SORT_KEY = DiagnosticKind("ORD0225", _ERROR, "Contracts cannot be put in order by this")
BELOW_WITHOUT_DEPARTMENT = DiagnosticKind("ORD0226", _ERROR, "Only departments have others below them")
HOLDS_NOT_HERE = DiagnosticKind("ORD0227", _ERROR, "What is held plays no part here")
UNKNOWN_RULE = DiagnosticKind("ORD0229", _ERROR, "No such rule")
UNKNOWN_NEVER = DiagnosticKind("ORD0230", _ERROR, "No such separation")
UNKNOWN_EXCLUSION = DiagnosticKind("ORD0231", _ERROR, "No such exclusion")
UNKNOWN_EVENT = DiagnosticKind("ORD0232", _ERROR, "No such event")
NO_CHANGE_HERE = DiagnosticKind("ORD0233", _ERROR, "Nothing changes here")
NOT_A_RECIPIENT = DiagnosticKind("ORD0234", _ERROR, "Nobody can be told at this")
UNKNOWN_TEST_PERSON = DiagnosticKind("ORD0235", _ERROR, "The test has no such person")
WHICH_TEST_PERSON = DiagnosticKind("ORD0236", _ERROR, "The expectation does not say of whom")
TWICE_IN_TEST = DiagnosticKind("ORD0237", _ERROR, "The test says this twice")
DEPARTMENT_CIRCLE = DiagnosticKind("ORD0238", _ERROR, "Departments of a test lie below one another in a circle")
TOO_LARGE = DiagnosticKind("ORD0228", _ERROR, "A condition grows too large")
