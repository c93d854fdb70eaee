"""What a database's refusal means: busy for now, a value that is taken, or no for ever."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

from connectors.effects import already_taken, busy, refused
from policy.diagnostics import OrdainError
from policy.enforcement import Action

_UNIQUE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"}
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_INTERRUPT", "SQLITE_PROTOCOL")


def failure(error: sa.exc.SQLAlchemyError, target: str, table: sa.Table, action: Action | None = None) -> OrdainError:
    """Error to raise for what a database said, when nothing was committed.

    `action` is what was tried, None for a reading. What the database says is repeated where it names no values.
    """
    subject = str(action.key) if action else None
    if isinstance(error, sa.exc.IntegrityError) and action is not None and _code(error) in _UNIQUE:
        return already_taken(target, action, _taken_column(error, table))
    if is_passing(error):
        return busy(target, f"the database says “{first_line(error)}”", subject=subject)
    unfit = isinstance(error, sa.exc.DataError) or not isinstance(error, sa.exc.DBAPIError)
    why = "a value does not fit its column" if unfit else f"the database says “{first_line(error)}”"
    hint = f"compare the field mapping with the columns of the table {table.name}"
    return refused(target, why, hint, subject=subject)


def is_passing(error: sa.exc.SQLAlchemyError) -> bool:
    """Tell whether trying again later is sensible."""
    if isinstance(getattr(error, "orig", None), sqlite3.Error):
        return _code(error).startswith(_PASSING)
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError)


def first_line(error: Exception) -> str:
    """First line of what the database itself said."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _code(error: sa.exc.SQLAlchemyError) -> str:
    """SQLSTATE, or the name of SQLite's extended result code; empty when there is neither."""
    origin = getattr(error, "orig", None)
    return str(getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or "")


def _taken_column(error: sa.exc.IntegrityError, table: sa.Table) -> str:
    """Name the column (or the columns) of the constraint that was violated."""
    if isinstance(error.orig, sqlite3.Error):
        return " and ".join(part.strip().rpartition(".")[2] for part in first_line(error).rpartition(":")[2].split(","))
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    for one in (*table.constraints, *table.indexes):
        if isinstance(one, sa.UniqueConstraint | sa.Index | sa.PrimaryKeyConstraint) and one.name == name:
            return " and ".join(column.name for column in one.columns)
    return "value of a unique column"
