"""Forecasts (ORD14xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

ENDS_BEFORE_IT_BEGINS = DiagnosticKind("ORD1401", Severity.ERROR, "A forecast ends before it begins")
TOO_FAR_AHEAD = DiagnosticKind("ORD1402", Severity.ERROR, "A forecast looks too far ahead")
NOTHING_OF_THAT_NAME = DiagnosticKind("ORD1403", Severity.ERROR, "A forecast has nothing of this name to show")
