"""The entitlement diff: its lines, totals and limits (DIFFS.md sections 2 and 3)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policy.canonical import JsonValue, canonical_json
from policy.decisions import Reason
from policy.diagnostics import Diagnostic
from policy.entitlements import EntitlementKey, Kind


class Op(StrEnum):
    """What a line does. `delete` is the staged deletion of an account that was revoked (disabled) earlier."""

    GRANT = "grant"
    ADOPT = "adopt"
    UPDATE = "update"
    REVOKE = "revoke"
    DELETE = "delete"
    UNMANAGE = "unmanage"


class Status(StrEnum):
    """Whether a line can be executed; when several apply: frozen, conflict, denied, waiting, blocked, in this order."""

    PLANNED = "planned"
    FROZEN = "frozen"
    CONFLICT = "conflict"
    DENIED = "denied"
    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a line is not planned.

    `cause` is one of `exclusion`, `data`, `conflict`, `never`, `revoke_first`, `prerequisite`, `dependency`, `limit`;
    `id` names the exclusion, field, never, entitlement or bucket; `text` is a sentence for people.
    """

    cause: str
    id: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Ended:
    """Why nobody is entitled any more to what a line takes away.

    `text` is a clause for people: the first thing that fails in the nearest rule (its id, its place `path:line`) for
    the contract ("" for none). Without a rule the clause stands alone: the person is gone, or no rule grants it.
    """

    text: str
    rule: str = ""
    at: str = ""
    contract: str = ""

    @property
    def source(self) -> str:
        """Rule and contract that `text` is about: `care (hr.ordain:35), contract C1`; "" when it stands alone."""
        through = f", contract {self.contract}" if self.contract else ""
        return f"{self.rule} ({self.at}){through}" if self.rule else ""

    def __str__(self) -> str:
        return f"{self.source}: {self.text}" if self.source else self.text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff. `n` is its place in the order of (person, target, kind, name, op).

    `because` are the rules that ask for it, `ended` says of a revoke or delete why none does any more. `before`/`after`
    hold the mapped attributes that an update changes (secrets only as salted digests); `anchor` is the object that an
    adoption takes over.
    """

    n: int
    key: EntitlementKey
    op: Op
    status: Status
    because: tuple[Reason, ...] = ()
    why: tuple[Why, ...] = ()
    before: Mapping[str, JsonValue] | None = None
    after: Mapping[str, JsonValue] | None = None
    anchor: str | None = None
    released_by: tuple[str, ...] = ()
    """Exclusions that ended and so released this line."""
    ended: tuple[Ended, ...] = ()


def line_json(line: Line) -> dict[str, JsonValue]:
    """JSON object of a line as `lines.ndjson` has it."""
    record: dict[str, JsonValue] = {
        "because": [{"at": one.at, "contract": one.contract, "rule": one.rule} for one in line.because],
        "kind": line.key.kind.value,
        "n": line.n,
        "name": line.key.name,
        "op": line.op.value,
        "person": line.key.person,
        "status": line.status.value,
        "target": line.key.target,
    }
    if line.why:
        record["why"] = [{"cause": one.cause, "id": one.id, "text": one.text} for one in line.why]
    if line.before is not None:
        record["before"] = line.before
    if line.after is not None:
        record["after"] = line.after
    if line.anchor is not None:
        record["anchor"] = line.anchor
    if line.released_by:
        record["released_by"] = list(line.released_by)
    if line.ended:
        record["ended"] = [
            {"at": one.at, "contract": one.contract, "rule": one.rule, "text": one.text} for one in line.ended
        ]
    return record


def line_bytes(line: Line) -> bytes:
    """Canonical bytes of a line, without its line end."""
    return canonical_json(line_json(line))


def read_line(record: Mapping[str, JsonValue]) -> Line:
    """Line from its JSON object. Raises KeyError, TypeError or ValueError when it is none."""
    stored: Mapping[str, object] = record
    return _read_line(stored)


def _read_line(stored: Mapping[str, object]) -> Line:
    def rows(name: str) -> list[Mapping[str, str]]:
        return stored.get(name, [])  # type: ignore[return-value]  # JSON

    return Line(
        n=stored["n"],  # type: ignore[arg-type]  # JSON
        key=EntitlementKey(
            str(stored["person"]), str(stored["target"]), Kind(str(stored["kind"])), str(stored["name"])
        ),
        op=Op(str(stored["op"])),
        status=Status(str(stored["status"])),
        because=tuple(Reason(one["rule"], one["at"], one["contract"]) for one in rows("because")),
        why=tuple(Why(one["cause"], one["id"], one["text"]) for one in rows("why")),
        before=stored.get("before"),  # type: ignore[arg-type]  # JSON
        after=stored.get("after"),  # type: ignore[arg-type]  # JSON
        anchor=stored.get("anchor"),  # type: ignore[arg-type]  # JSON
        released_by=tuple(stored.get("released_by", ())),  # type: ignore[arg-type]  # JSON
        ended=tuple(Ended(one["text"], one["rule"], one["at"], one["contract"]) for one in rows("ended")),
    )


@dataclass(frozen=True, slots=True)
class LimitVerdict:
    """What a limit said of its bucket.

    `count` lines would be planned (`executed` more in the last `days`), `limit` as the author wrote it, `base`
    entitlements of that kind are managed there now.
    """

    target: str
    op: Op
    kind: Kind
    count: int
    executed: int
    limit: str
    base: int
    days: int | None
    tripped: bool
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Violation:
    """Both sides of a `never` are held already: reported, nothing is revoked by it."""

    person: str
    never: str
    severity: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """An object the target holds and we do not manage: reported, never touched."""

    target: str
    kind: Kind
    name: str
    anchor: str


Slot = tuple[str, Kind, Op, Status]
"""What lines are counted and looked for by: target, kind, op and status."""


class Lines(Sequence[Line]):
    """Lines of a diff that are no objects yet: each is built when it is asked for, and counting builds none."""

    __slots__ = ()

    @abstractmethod
    def totals(self) -> dict[Slot, int]:
        """Count lines per slot, in order."""

    @abstractmethod
    def persons(self) -> dict[Status, int]:
        """Count distinct persons with a line of each status, in order."""

    @abstractmethod
    def people(self) -> Sequence[str]:
        """Distinct persons, in order."""

    @abstractmethod
    def in_slots(self, slots: Collection[Slot]) -> Iterator[Line]:
        """Lines of these slots, in order; no other is built."""


def count_totals(lines: Sequence[Line]) -> dict[Slot, int]:
    """Count lines per target, kind, op and status, in that order."""
    if isinstance(lines, Lines):
        return lines.totals()
    counts: dict[Slot, int] = {}
    for line in lines:
        counts[_slot(line)] = counts.get(_slot(line), 0) + 1
    return dict(sorted(counts.items()))


def count_persons(lines: Sequence[Line]) -> dict[Status, int]:
    """Count distinct persons with a line of each status."""
    if isinstance(lines, Lines):
        return lines.persons()
    people: dict[Status, set[str]] = {}
    for line in lines:
        people.setdefault(line.status, set()).add(line.key.person)
    return {status: len(people[status]) for status in sorted(people)}


def people_of(lines: Sequence[Line]) -> Sequence[str]:
    """Distinct persons of lines, in order."""
    return lines.people() if isinstance(lines, Lines) else tuple(dict.fromkeys(line.key.person for line in lines))


def lines_in_slots(lines: Sequence[Line], slots: Collection[Slot]) -> Iterator[Line]:
    """Lines of these slots, in order."""
    if isinstance(lines, Lines):
        return lines.in_slots(slots)
    return (line for line in lines if _slot(line) in slots)


def _slot(line: Line) -> Slot:
    return line.key.target, line.key.kind, line.op, line.status


@dataclass(frozen=True, slots=True)
class EntitlementDiff:
    """What would change: the lines in order, and what was looked at without a line.

    `unchanged` are keys desired and managed with nothing to do, and disabled accounts whose deletion is not due yet.
    Every key of D, M and O is in exactly one of lines, unchanged, unmanaged (an unmanaged account stands for all that
    hangs on it). An adoption with differing attributes is one line `adopt` whose before/after say what is
    changed along the way.
    """

    as_of: date
    lines: Sequence[Line]
    unchanged: Sequence[EntitlementKey] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    limits: tuple[LimitVerdict, ...] = ()
    violations: tuple[Violation, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    enforceable: bool = True

    def totals(self) -> dict[Slot, int]:
        """Count lines per target, kind, op and status, in that order."""
        return count_totals(self.lines)


@dataclass(frozen=True, slots=True)
class InputDigests:
    """Digests (SHA-256, hex) of what was evaluated.

    S snapshot, P policy, C configuration, M managed state, O observation.
    """

    snapshot: str
    policy: str
    configuration: str
    managed: str
    lineage: str
    serial: int
    observed: str
    commit: str | None = None
    tree: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
