"""Structure: cycles, missing parts, things said twice (ORD0301 to 0349)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR = Severity.ERROR

NO_POLICY = DiagnosticKind("ORD0301", _ERROR, "No policy is declared")
SEVERAL_POLICIES = DiagnosticKind("ORD0302", _ERROR, "Only one policy may be declared")
TARGET_CYCLE = DiagnosticKind("ORD0303", _ERROR, "Targets depend on one another in a circle")
ROLE_CYCLE = DiagnosticKind("ORD0304", _ERROR, "Roles include one another in a circle")
DEFINE_CYCLE = DiagnosticKind("ORD0305", _ERROR, "Defines use one another in a circle")
HOLDS_CYCLE = DiagnosticKind("ORD0306", _ERROR, "Rules wait for one another in a circle")
DUPLICATE_KEY = DiagnosticKind("ORD0307", _ERROR, "The same line of a table twice")
LIMIT_WITHOUT_SENSE = DiagnosticKind("ORD0308", _ERROR, "A limit without sense")
DUPLICATE_LIMIT = DiagnosticKind("ORD0309", _ERROR, "The same limit twice")
NEVER_ITSELF = DiagnosticKind("ORD0310", _ERROR, "Both sides are the same entitlement")
DEPENDENCY_TWICE = DiagnosticKind("ORD0312", _ERROR, "The same dependency twice")
NO_WINDOW_HERE = DiagnosticKind("ORD0313", _ERROR, "A rule about a person has no window")
