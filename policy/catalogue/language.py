"""Reading: what the text of a rules file may look like (ORD01xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR = Severity.ERROR

UNEXPECTED = DiagnosticKind("ORD0101", _ERROR, "Something else is expected here")
MISSPELT_WORD = DiagnosticKind("ORD0102", _ERROR, "This word is not known here")
NO_DECLARATION = DiagnosticKind("ORD0103", _ERROR, "A declaration is expected here")
MISSING_END = DiagnosticKind("ORD0104", _ERROR, "A block has no `end`")
STRAY_END = DiagnosticKind("ORD0105", _ERROR, "This `end` closes nothing")
CLAUSE_ORDER = DiagnosticKind("ORD0106", _ERROR, "Clauses stand in the wrong order")
MISSING_CLAUSE = DiagnosticKind("ORD0107", _ERROR, "A clause is missing")
REPEATED_CLAUSE = DiagnosticKind("ORD0108", _ERROR, "A clause stands twice")
FOREIGN_CLAUSE = DiagnosticKind("ORD0109", _ERROR, "This clause belongs in another block")
RESERVED_WORD = DiagnosticKind("ORD0110", _ERROR, "A reserved word cannot be a name")
MIXED_AND_OR = DiagnosticKind("ORD0111", _ERROR, "`and` and `or` are mixed without parentheses")
BAD_DATE = DiagnosticKind("ORD0112", _ERROR, "This is not a date")
UNCLOSED_TEXT = DiagnosticKind("ORD0113", _ERROR, "A text is not closed")
UNKNOWN_ESCAPE = DiagnosticKind("ORD0114", _ERROR, "Unknown escape in a text")
WRONG_QUOTES = DiagnosticKind("ORD0115", _ERROR, "Texts stand in straight double quotes")
WRONG_SPACE = DiagnosticKind("ORD0116", _ERROR, "This space is not an ordinary one")
UNSEEN_CHARACTER = DiagnosticKind("ORD0117", _ERROR, "A character that cannot be seen")
CONFUSABLE_LETTER = DiagnosticKind("ORD0118", _ERROR, "A letter that looks like another")
BAD_NAME = DiagnosticKind("ORD0119", _ERROR, "This cannot be a name")
UNKNOWN_SIGN = DiagnosticKind("ORD0120", _ERROR, "This sign has no meaning here")
UNQUOTED_TEXT = DiagnosticKind("ORD0121", _ERROR, "A text stands in quotes")
BAD_NUMBER = DiagnosticKind("ORD0122", _ERROR, "This number cannot stand here")
NESTED_TOO_DEEP = DiagnosticKind("ORD0123", _ERROR, "A condition is nested too deep")
FILE_TOO_LARGE = DiagnosticKind("ORD0124", _ERROR, "A rules file is too large")
BAD_PATH = DiagnosticKind("ORD0126", _ERROR, "This is not a path")
BAD_TEMPLATE = DiagnosticKind("ORD0127", _ERROR, "A field in braces cannot be read here")
EMPTY_TEXT = DiagnosticKind("ORD0128", _ERROR, "A text is empty")
UNKNOWN_VERSION = DiagnosticKind("ORD0129", _ERROR, "Unknown version of the language")
