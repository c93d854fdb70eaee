"""Sources, mapping and persons (ORD05xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

# Sources, raw records and source mapping (ORD0501-ORD0549).
PATH_OUTSIDE = DiagnosticKind("ORD0501", _ERROR, "A path leads out of the workspace")
FILE_MISSING = DiagnosticKind("ORD0502", _ERROR, "A source file is missing")
FILE_UNREADABLE = DiagnosticKind("ORD0503", _ERROR, "A source file cannot be read")
WRONG_ENCODING = DiagnosticKind("ORD0504", _ERROR, "A source file is in another encoding")
BROKEN_CSV = DiagnosticKind("ORD0505", _ERROR, "A source file is not readable CSV")
COLUMN_MISSING = DiagnosticKind("ORD0506", _ERROR, "A source file lacks a column")
COLUMN_TWICE = DiagnosticKind("ORD0507", _ERROR, "A source file has one column twice")
RAGGED_ROW = DiagnosticKind("ORD0508", _ERROR, "A row is longer or shorter than the header")
KEY_EMPTY = DiagnosticKind("ORD0509", _ERROR, "A row without a key")
KEY_TWICE = DiagnosticKind("ORD0510", _ERROR, "Two rows with one key")
CONTRACT_WITHOUT_PERSON = DiagnosticKind("ORD0511", _WARNING, "A contract belongs to nobody")
LOOKUP_KEY_MISSING = DiagnosticKind("ORD0512", _WARNING, "A value is not in the lookup file")
LOOKUP_KEY_TWICE = DiagnosticKind("ORD0513", _WARNING, "Several rows of a lookup file have one key")
BROKEN_VAULT = DiagnosticKind("ORD0514", _ERROR, "A vault file makes no sense")
BROKEN_MAPPING = DiagnosticKind("ORD0515", _ERROR, "A source mapping makes no sense")
UNKNOWN_MAPPED_FIELD = DiagnosticKind("ORD0516", _WARNING, "A source mapping names a field that does not exist")
MAPPED_TWICE = DiagnosticKind("ORD0517", _ERROR, "A source mapping fills one field twice")
NAMES_COLLIDE = DiagnosticKind("ORD0518", _ERROR, "Two names become the same field")
MAPPED_VALUE_MISSING = DiagnosticKind("ORD0519", _ERROR, "A mapping found no value for a required field")
MAPPED_VALUE_WRONG = DiagnosticKind("ORD0520", _ERROR, "A value is of another type than its field")
SCRIPT_FAILED = DiagnosticKind("ORD0521", _ERROR, "A mapping script gave no value")
SCRIPTS_UNAVAILABLE = DiagnosticKind("ORD0522", _ERROR, "Mapping scripts cannot be run")

# People, departments and imports (ORD0550-ORD0579).
DEPARTMENT_LOOP = DiagnosticKind("ORD0550", _ERROR, "Departments are each other's parent in a circle")
DEPARTMENT_PARENT_MISSING = DiagnosticKind("ORD0551", _ERROR, "The parent of a department does not exist")
DEPARTMENT_TWICE = DiagnosticKind("ORD0552", _ERROR, "Two departments with one external id")
DEPARTMENT_WITHOUT_ID = DiagnosticKind("ORD0553", _ERROR, "A department without an external id")
PERSON_WITHOUT_ID = DiagnosticKind("ORD0554", _ERROR, "A person without an external id")
PERSON_TWICE = DiagnosticKind("ORD0555", _ERROR, "Two persons with one external id")
CONTRACT_WITHOUT_ID = DiagnosticKind("ORD0556", _ERROR, "A contract without an external id")
CONTRACT_TWICE = DiagnosticKind("ORD0557", _ERROR, "Two contracts of a person with one external id")
START_DATE_MISSING = DiagnosticKind("ORD0558", _ERROR, "A contract without a start date")
DATES_REVERSED = DiagnosticKind("ORD0559", _ERROR, "A contract ends before it starts")
UNKNOWN_DEPARTMENT = DiagnosticKind("ORD0560", _ERROR, "A contract names a department that does not exist")
UNDECIDABLE_DEPARTMENT = DiagnosticKind("ORD0561", _ERROR, "Nobody can tell where this department belongs")
UNKNOWN_MANAGER = DiagnosticKind("ORD0562", _WARNING, "A manager is not among the persons")
MANAGER_BY_USER_NAME = DiagnosticKind("ORD0563", _NOTE, "A manager was found by user name")
REQUIRED_MISSING = DiagnosticKind("ORD0564", _ERROR, "A required field is empty")
VALUE_NOT_LISTED = DiagnosticKind("ORD0565", _ERROR, "A value outside the list of the policy")
VALUE_WRONG_TYPE = DiagnosticKind("ORD0566", _ERROR, "A value of another type than the policy declares")
IMPORT_THRESHOLD = DiagnosticKind("ORD0567", _ERROR, "An import changes too much at once")
EMPTY_IMPORT = DiagnosticKind("ORD0568", _ERROR, "An import without persons")
REFERENCE_WITHOUT_ID = DiagnosticKind("ORD0569", _WARNING, "A code or name without an external id")
