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
