"""Import: read every source, map, build the snapshot, judge it, and keep it with what changed for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal

from api.settings.schema import FILE_NAME, CountOrPercent, ImportLimits
from api.store.packing import pack_lines
from api.store.records import ImportRecord, ImportState
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.checked_policy import checked_policy
from api.usecases.snapshot_columns import find_columns, keep_columns
from connectors.helloid.source_mapping import load_source_mapping
from connectors.registry import SOURCES
from engine.columnar.canonical import canonical_lines, seal_columns
from engine.columnar.changed import column_differences
from engine.columnar.columns import Columns, columns_of
from engine.columnar.freezing import frozen_people
from engine.columnar.persons import ColumnPersons, snapshot_of
from engine.evaluate.context import prepare
from engine.mapping.source import map_people
from engine.people.build import build_people
from engine.people.changes import differences
from engine.people.thresholds import is_blocked, judge_import
from policy.audit import AuditEvent
from policy.canonical import JsonValue
from policy.catalogue.workspace import NO_SOURCES
from policy.diagnostics import DataError, Diagnostic, UsageError
from policy.imports import (
    ImportCounts,
    ImportMeasure,
    ImportResult,
    ImportThreshold,
    ImportThresholds,
    ThresholdVerdict,
)
from policy.people import DataProblem, Department
from policy.records import MappedPerson
from policy.snapshot import Snapshot

_SEED = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """An import as it ended. `frozen` are the persons that data problems freeze, `changed` counts changed fields."""

    record: ImportRecord
    snapshot: Snapshot
    counts: ImportCounts
    frozen: Mapping[str, tuple[DataProblem, ...]]
    verdicts: tuple[ThresholdVerdict, ...]
    diagnostics: tuple[Diagnostic, ...]
    changed: int

    @property
    def blocked(self) -> bool:
        """Whether a limit blocked it: nothing of it is in force."""
        return self.record.state is ImportState.BLOCKED


def import_people(tools: Tools) -> Imported:
    """Read and keep everybody.

    Raises DataError when a source or mapping makes no sense, or holds nobody at all; OrdainError when one cannot be
    read. Then the snapshot in force stays as it is.
    """
    policy = checked_policy(tools.workspace)
    today = tools.today(policy.timezone)
    result, found = _read_sources(tools, policy.timezone, datetime.combine(today, time(), UTC))
    persons = result.snapshot.persons
    assert isinstance(persons, ColumnPersons), "they were sealed as columns"
    columns = persons.columns
    frozen, _ = frozen_people(columns, prepare(policy, result.snapshot, today, include_drafts=False))
    diagnostics = (*found, *result.diagnostics)
    known = find_columns(tools)
    tools.progress("keeping the snapshot", 0, result.counts.persons)
    is_new = known is None or known.digest != columns.digest
    content = pack_lines(canonical_lines(columns)) if is_new else None  # before others have to wait for us
    with tools.store.write() as tx:
        now = tools.now()
        before = _before(tx, known)
        verdicts = judge_import(
            snapshot_of(before) if before is not None else None,
            result.snapshot,
            frozen=len(frozen),
            unaddressable=result.counts.unaddressable,
            thresholds=_thresholds(tools),
        )
        empty = [one.problem for one in verdicts if one.measure is ImportMeasure.EMPTY and one.problem]
        if empty:
            raise DataError(empty[0], *diagnostics)
        state = ImportState.BLOCKED if is_blocked(verdicts) else ImportState.IMPORTED
        record = ImportRecord(
            id=tools.new_id("import"),
            at=now,
            by=tools.actor,
            snapshot_digest=result.snapshot.digest,
            state=state,
            report=_report(result.counts, frozen, verdicts, diagnostics),
        )
        tx.snapshots.save(
            result.snapshot,
            now,
            by=tools.actor,
            counts=_counts(result.counts),
            content=content,
        )
        tx.imports.save(record)
        changed = 0
        if state is ImportState.IMPORTED:
            differing = column_differences(before, columns) if before else differences(None, result.snapshot)
            changed = tx.history.append(now, record.id, differing)
        details: dict[str, JsonValue] = {"persons": result.counts.persons, "snapshot": result.snapshot.digest}
        tx.audit.append(AuditEvent(now, f"import.{state.value}", tools.actor, record.id, details))
    if state is ImportState.IMPORTED:
        keep_columns(tools, columns)
    return Imported(record, result.snapshot, result.counts, frozen, verdicts, diagnostics, changed)


def release_import(tools: Tools, import_id: str, because: str) -> ImportRecord:
    """Let a blocked import through, by name and with a reason, and put its snapshot in force."""
    with tools.store.write() as tx:
        now = tools.now()
        current = tx.snapshots.latest()
        before = tx.snapshots.load(current.digest) if current else None
        record = tx.imports.release(import_id, tools.actor, at=now, because=because)
        tx.history.append(now, record.id, differences(before, tx.snapshots.load(record.snapshot_digest)))
        tx.audit.append(AuditEvent(now, "import.released", tools.actor, record.id, {"because": because}))
    return record


def _before(tx: Transaction, known: Columns | None) -> Columns | None:
    """Columns of the snapshot in force; `known` when nobody imported since those were read."""
    current = tx.snapshots.latest()
    if current is None or (known is not None and known.digest == current.digest):
        return known if current is not None else None
    return columns_of(tx.snapshots.load(current.digest))


def _read_sources(tools: Tools, timezone: str, now: datetime) -> tuple[ImportResult, list[Diagnostic]]:
    workspace = tools.workspace
    if not workspace.source_configs:
        detail = f"{FILE_NAME} names no source of persons."
        raise UsageError(Diagnostic(NO_SOURCES, detail, hint="add [sources.hr] with a connector", subject=FILE_NAME))
    mapped: list[MappedPerson] = []
    departments: list[Department] = []
    found: list[Diagnostic] = []
    for name in sorted(workspace.source_configs):
        read = _read_source(tools, name, timezone, now)
        mapped += read[0]
        departments += read[1]
        found += read[2]
    tools.progress("building the snapshot", 0, len(mapped))
    return build_people(mapped, departments, seal_columns), found


def _read_source(
    tools: Tools, name: str, timezone: str, now: datetime
) -> tuple[tuple[MappedPerson, ...], tuple[Department, ...], list[Diagnostic]]:
    """Persons and departments of one source, and what is to say about it. Its raw records are let go here."""
    workspace = tools.workspace
    config = workspace.source_configs[name]
    tools.progress(f"reading source {name}", 0, 0)
    records = SOURCES[workspace.settings.sources[name].connector].open(name, config, workspace.root).read()
    path = getattr(config, "mapping", None)
    mapping, problems = load_source_mapping(workspace.root, path) if path else (None, ())
    tools.progress(f"mapping persons of {name}", 0, len(records.persons))
    mapped = map_people(records, mapping, tools.scripts, now=now, seed=_SEED, timezone=timezone)
    return mapped, records.departments, [*records.problems, *problems]


def _thresholds(tools: Tools) -> ImportThresholds:
    """Limits of all sources: the strictest of each measure."""
    limits = [section.limits for section in tools.workspace.settings.sources.values()]
    return ImportThresholds(_strictest(limits, "added"), _strictest(limits, "removed"), _strictest(limits, "frozen"))


def _strictest(limits: list[ImportLimits], measure: str) -> ImportThreshold | None:
    said: list[CountOrPercent] = [one for limit in limits if (one := getattr(limit, measure)) is not None]
    counts = [one.count for one in said if one.count is not None]
    percents = [int(Decimal(str(one.percent)) * 100) for one in said if one.percent is not None]
    if not counts and not percents:
        return None
    return ImportThreshold(min(counts, default=None), min(percents, default=None))


def _counts(counts: ImportCounts) -> dict[str, int]:
    return {"contracts": counts.contracts, "departments": counts.departments, "persons": counts.persons}


def _report(
    counts: ImportCounts,
    frozen: Mapping[str, tuple[DataProblem, ...]],
    verdicts: tuple[ThresholdVerdict, ...],
    diagnostics: tuple[Diagnostic, ...],
) -> JsonValue:
    return {
        "counts": {**_counts(counts), "frozen": len(frozen), "unaddressable": counts.unaddressable},
        "limits": [one.problem.detail for one in verdicts if one.problem],
        "problems": [{"code": one.code, "detail": one.detail, "subject": one.subject} for one in diagnostics],
    }
