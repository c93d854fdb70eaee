"""Sources, mapping and persons (ORD05xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

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
