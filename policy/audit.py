"""Audit events: what was done, by whom, to what. They are the leaves of the audit log (DIFFS.md section 4, step 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from policy.canonical import JsonValue, canonical_json


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that happened.

    `at` is an aware time. `kind` is a dotted word (`diff.approved`), `actor` the person, service or command that acted,
    `subject` what it was done to (a diff, run, import or entitlement). `details` hold no secret.
    """

    at: datetime
    kind: str
    actor: str
    subject: str
    details: Mapping[str, JsonValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.at.tzinfo is not None, "an audit event happens at an aware time"


def audit_json(event: AuditEvent) -> dict[str, JsonValue]:
    """JSON object of an event; its time in UTC with microseconds."""
    return {
        "actor": event.actor,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "details": event.details,
        "kind": event.kind,
        "subject": event.subject,
    }


def audit_bytes(event: AuditEvent) -> bytes:
    """Canonical bytes of an event: the leaf data of the log's Merkle tree."""
    return canonical_json(audit_json(event))


def read_audit_event(stored: Mapping[str, object]) -> AuditEvent:
    """Event from the JSON object that `audit_json` wrote. Raises KeyError, TypeError or ValueError when it is none."""
    details = stored["details"]
    if not isinstance(details, dict):
        raise TypeError("the details of an audit event are an object")
    return AuditEvent(
        datetime.fromisoformat(str(stored["at"])),
        str(stored["kind"]),
        str(stored["actor"]),
        str(stored["subject"]),
        details,
    )
