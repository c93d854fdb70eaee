"""What the store keeps, as plain frozen values. Times are aware and come back in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

from policy.audit import AuditEvent
from policy.canonical import JsonValue
from policy.diagnostics import Diagnostic
from policy.diff import Op
from policy.enforcement import ActionState, EnforceMode
from policy.entitlements import EntitlementKey
from policy.imports import PersonChange


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """Heading of a snapshot: its digest (SHA-256, hex), when and by whom it was first saved, and counts of parts."""

    digest: str
    at: datetime
    by: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ColumnSeal:
    """SHA-256 (hex) of the two column files that were made of a snapshot, see `api.store.column_files`."""

    persons: str
    contracts: str


class ImportState(StrEnum):
    """A blocked import keeps its snapshot, but nobody evaluates it until a person releases it."""

    IMPORTED = "imported"
    BLOCKED = "blocked"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import. `report` is what it found; the last three say who let a blocked one through, when and why."""

    id: str
    at: datetime
    by: str
    snapshot_digest: str
    state: ImportState
    report: JsonValue = None
    released_by: str | None = None
    released_at: datetime | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A change of a person, with the import that brought it."""

    at: datetime
    import_id: str
    change: PersonChange


class DiffState(StrEnum):
    """Whether a diff was enforced already. It is consumed once, for ever."""

    OPEN = "open"
    CONSUMED = "consumed"


@dataclass(frozen=True, slots=True)
class DiffHeading:
    """A diff without its long parts. `inputs` are the digests it was evaluated from."""

    id: str
    created_at: datetime
    as_of: date
    purpose: str
    state: DiffState
    requested_by: str
    inputs: JsonValue = None
    consumed_by: str | None = None
    consumed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredDiff:
    """A signed diff: the envelope, `lines.ndjson` and the salts of its lines, byte for byte as they were signed.

    `events` is the unsigned `events.ndjson` beside it.
    """

    id: str
    created_at: datetime
    as_of: date
    purpose: str
    state: DiffState
    envelope: bytes
    lines: bytes
    salts: bytes
    inputs: JsonValue
    requested_by: str
    consumed_by: str | None = None
    consumed_at: datetime | None = None
    events: bytes = b""


class RunState(StrEnum):
    """Life of a run. A run that is still `running` while nobody holds its lease was interrupted."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One enforcement of one diff.

    `lease` names the lease that its writers hold, `epoch` is that lease's epoch when the run began. `inputs` are the
    day and the digests it began with.
    """

    id: str
    diff_id: str
    mode: EnforceMode
    state: RunState
    started_at: datetime
    requested_by: str
    epoch: int
    lease: str
    ended_at: datetime | None = None
    inputs: JsonValue = None


@dataclass(frozen=True, slots=True)
class StoredAction:
    """Ledger row of an action: `line` is the line in the diff and, with the run, its key; `after` lines come first.

    `action_id` is None until the payload is mapped. `payload` is what is sent, `result` what the target said.
    """

    run_id: str
    line: int
    key: EntitlementKey
    op: Op
    state: ActionState
    updated_at: datetime
    after: tuple[int, ...] = ()
    action_id: str | None = None
    generation: int = 0
    payload: JsonValue = None
    anchor: str = ""
    attempts: int = 0
    result: JsonValue = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class StoredLease:
    """Who may write, until when. `holder` is None when nobody does; `epoch` grows with every taking."""

    name: str
    holder: str | None
    epoch: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Entry number `index` (from 0) of the audit log."""

    index: int
    event: AuditEvent
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What recomputing the whole log found. `root` is that of the entries as they stand now."""

    size: int
    root: bytes
    checkpoints: int
    problems: tuple[Diagnostic, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A bearer token: never the token itself, only its digest (hex)."""

    id: str
    name: str
    person: str
    rights: tuple[str, ...]
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def columns_of(record: DataclassInstance) -> dict[str, Any]:
    """Fields of a record by name, not copied: the row that keeps it."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
