"""Smells of a policy that compiles (ORD0350 to 0399); `docs/lint.md` lists them."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NEGATION_OVER_OPTIONAL = DiagnosticKind("ORD0350", _WARNING, "Missing data would grant this")
PRIMARY_WITH_MARGIN = DiagnosticKind("ORD0351", _WARNING, "A lead time or grace period on the primary contract")
GRANT_WITHOUT_ACCOUNT = DiagnosticKind("ORD0352", _WARNING, "Granted without the account it needs")
EXCLUSION_ENDS_SOON = DiagnosticKind("ORD0353", _WARNING, "An exclusion ends soon")
EXCLUSION_ENDED = DiagnosticKind("ORD0354", _WARNING, "An exclusion has ended")
TAKES_AWAY = DiagnosticKind("ORD0355", _NOTE, "Granting something else takes this away")
NOBODY_GRANTS = DiagnosticKind("ORD0356", _WARNING, "No rule grants this")
IMPOSSIBLE = DiagnosticKind("ORD0357", _WARNING, "A condition that is never true")
ALWAYS_TRUE = DiagnosticKind("ORD0358", _WARNING, "A condition that is always true")
NOTHING_NEW = DiagnosticKind("ORD0359", _WARNING, "A rule that grants nothing new")
UNUSED_SET = DiagnosticKind("ORD0360", _WARNING, "A set that nothing uses")
UNUSED_DEFINE = DiagnosticKind("ORD0361", _WARNING, "A define that nothing uses")
UNUSED_ROLE = DiagnosticKind("ORD0362", _WARNING, "A role that no rule grants")
UNUSED_TARGET = DiagnosticKind("ORD0363", _WARNING, "A target in which no rule grants anything")
NO_OWNER = DiagnosticKind("ORD0364", _NOTE, "A rule without an owner")
NO_TEST = DiagnosticKind("ORD0365", _NOTE, "A rule that no test looks at")
NEVER_APART = DiagnosticKind("ORD0366", _NOTE, "A pair that nobody could hold")
NEVER_IN_ONE_RULE = DiagnosticKind("ORD0367", _ERROR, "One rule grants what never goes together")
LIMIT_NEVER_REACHED = DiagnosticKind("ORD0368", _WARNING, "A limit that decides nothing")
VALUE_NOBODY_HAS = DiagnosticKind("ORD0369", _NOTE, "A value that nobody has")
UNKNOWN_DEPARTMENT = DiagnosticKind("ORD0370", _WARNING, "A department that does not exist")
UNKNOWN_PERMISSION = DiagnosticKind("ORD0371", _WARNING, "A permission that the target does not know")
PERSON_BY_NUMBER = DiagnosticKind("ORD0372", _WARNING, "A rule about one person")
EXCEPTION_ENDS_SOON = DiagnosticKind("ORD0373", _WARNING, "An exception ends soon")
EXCEPTION_ENDED = DiagnosticKind("ORD0374", _WARNING, "An exception has ended")
GRANTED_TWICE = DiagnosticKind("ORD0375", _WARNING, "A rule grants the same twice")
NOT_DECIDED = DiagnosticKind("ORD0376", _NOTE, "More to decide than lint looks at")

ALLOWANCE_UNREADABLE = DiagnosticKind("ORD0390", _WARNING, "An allowance that cannot be read")
ALLOWANCE_WITHOUT_REASON = DiagnosticKind("ORD0391", _WARNING, "An allowance without a reason")
ALLOWANCE_WITHOUT_DATE = DiagnosticKind("ORD0392", _WARNING, "An allowance without an end")
ALLOWANCE_OF_UNKNOWN = DiagnosticKind("ORD0393", _WARNING, "An allowance of what cannot be allowed")
ALLOWANCE_ENDED = DiagnosticKind("ORD0394", _WARNING, "An allowance has ended")
ALLOWANCE_OF_NOTHING = DiagnosticKind("ORD0395", _WARNING, "An allowance of nothing")
