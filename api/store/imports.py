"""Imports: what each brought, which were blocked, who released one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from api.store.failures import nothing_stored
from api.store.records import ImportRecord, ImportState, columns_of
from api.store.schema import imports
from api.store.snapshots import Snapshots
from policy.catalogue import service
from policy.diagnostics import Diagnostic, DiagnosticKind, RefusedError


@dataclass(frozen=True, slots=True)
class Imports:
    """Imports of one transaction."""

    connection: Connection

    def save(self, record: ImportRecord) -> None:
        """Keep an import, whose snapshot is saved already. Unless blocked, its snapshot is in force from now on."""
        self.connection.execute(insert(imports).values(columns_of(record)))
        if record.state is not ImportState.BLOCKED:
            Snapshots(self.connection).make_current(record.snapshot_digest)

    def get(self, import_id: str) -> ImportRecord:
        """Import by its id. Raises UsageError when there is none."""
        row = self.connection.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
        if row is None:
            raise nothing_stored("import", import_id)
        return _record(row)

    def list(self) -> tuple[ImportRecord, ...]:
        """Every import, oldest first."""
        return tuple(_record(row) for row in self.connection.execute(select(imports).order_by(imports.c.number)))

    def release(self, import_id: str, by: str, *, at: datetime, because: str) -> ImportRecord:
        """Let a blocked import through and put its snapshot in force.

        Raises UsageError when there is no such import, RefusedError when it is not blocked, or when a newer import is
        in force already: releasing an old one would take everybody back in time.
        """
        record = self.get(import_id)
        if record.state is not ImportState.BLOCKED:
            raise _refusal(
                service.WRONG_STATE,
                f"Import `{import_id}` is {record.state}, not blocked",
                "there is nothing to release",
            )
        newer = self._in_force_after(import_id)
        if newer is not None:
            raise _refusal(
                service.IMPORT_OVERTAKEN,
                f"Import `{newer}` is newer than `{import_id}` and in force",
                "import again instead of releasing an old import",
            )
        self.connection.execute(
            update(imports)
            .where(imports.c.id == import_id)
            .values(state=ImportState.RELEASED, released_by=by, released_at=at, because=because)
        )
        Snapshots(self.connection).make_current(record.snapshot_digest)
        return self.get(import_id)

    def _in_force_after(self, import_id: str) -> str | None:
        """Id of an import that came after this one and is, or was, in force."""
        number = select(imports.c.number).where(imports.c.id == import_id).scalar_subquery()
        query = select(imports.c.id).where(imports.c.number > number, imports.c.state != ImportState.BLOCKED)
        return self.connection.execute(query.order_by(imports.c.number.desc())).scalars().first()


def _record(row: Row[Any]) -> ImportRecord:
    stored = dict(row._mapping)  # noqa: SLF001  # the documented name of a row's mapping
    del stored["number"]
    return ImportRecord(**{**stored, "state": ImportState(stored["state"])})


def _refusal(kind: DiagnosticKind, detail: str, hint: str) -> RefusedError:
    return RefusedError(Diagnostic(kind, detail, hint=hint))
