"""Database engines: what each database is told so that a commit is durable and writers stand in one line."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.engine import URL

from api.store.failures import failure
from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError, UsageError

_WRITES = "ordain_writes"  # execution option of SQLite connections that may write
_PAUSE_SECONDS = 0.05
_CONNECT_TIMEOUT_SECONDS = 10
_POSTGRESQL = "postgresql+psycopg"
_SPELLINGS = {"postgres": _POSTGRESQL, "postgresql": _POSTGRESQL, "sqlite+pysqlite": "sqlite"}


def read_address(url: str) -> URL:
    """Address of a store: `sqlite:///FILE` or `postgresql+psycopg://…`. Raises UsageError for anything else."""
    try:
        address = make_url(url)
    except (exc.ArgumentError, ValueError):
        raise _no_address("it cannot be read") from None
    address = address.set(drivername=_SPELLINGS.get(address.drivername, address.drivername))
    match address.drivername:
        case "sqlite" if not address.database or address.database == ":memory:":
            raise _no_address("it names no file")
        case "sqlite" | "postgresql+psycopg":
            return address
        case other:
            raise _no_address(f"`{other}` is no database Ordain keeps its state in")


def describe(address: URL) -> str:
    """How messages name a store: the file, or the URL without its password."""
    return str(address.database) if address.drivername == "sqlite" else address.render_as_string(hide_password=True)


def make_engine(address: URL, *, busy_timeout_seconds: float) -> Engine:
    """Engine for the store at `address`. Raises OrdainError when its driver is not installed."""
    if address.drivername == "sqlite":
        return _sqlite_engine(address, busy_timeout_seconds)
    try:
        engine = create_engine(
            address,
            pool_pre_ping=True,  # a database that was restarted is not an error
            hide_parameters=True,  # no value reaches a log
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_SECONDS},
        )
    except ModuleNotFoundError:
        raise OrdainError(
            Diagnostic(
                service.STORE_DRIVER_MISSING,
                f"The driver for {describe(address)} is not installed",
                hint="pip install ordain[postgresql]",
                subject=describe(address),
            )
        ) from None
    milliseconds = int(busy_timeout_seconds * 1000)

    @event.listens_for(engine, "begin")
    def bound_waiting(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")

    return engine


def readers(engine: Engine) -> Engine:
    """Engine whose transactions see one moment and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_WRITES: False})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writers(engine: Engine) -> Engine:
    """Engine whose transactions may write. On PostgreSQL `lock_writers` must be the first statement."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_WRITES: True})
    return engine.execution_options(isolation_level="READ COMMITTED")


def lock_writers(connection: Connection) -> None:
    """Stand in line: one writer at a time in this database schema, until the transaction ends.

    SQLite did so at BEGIN IMMEDIATE already. INVARIANT: what is read after this cannot change before our commit, so
    compare-and-swap, serials and audit indexes are exact.
    """
    if connection.dialect.name == "postgresql":
        # INVARIANT: READ COMMITTED takes its snapshot per statement, so statements after the lock see the last commit.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('ordain ' || current_schema()))"))


def _no_address(why: str) -> UsageError:
    # The address itself is not repeated: it may hold a password.
    return UsageError(
        Diagnostic(
            service.STORE_ADDRESS,
            f"The address of the store is not usable: {why}",
            hint="write `sqlite:///path/to/state.db` or `postgresql+psycopg://person@host/database`",
        )
    )


def _sqlite_engine(address: URL, busy_timeout_seconds: float) -> Engine:
    _make_private_file(Path(str(address.database)))
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": busy_timeout_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own connection
        # The driver never begins or commits by itself: `begin` below does, so DDL is transactional too.
        connection.isolation_level = None
        run: Callable[[str], Any] = connection.execute
        _switch_to_wal(run, busy_timeout_seconds)
        run("PRAGMA synchronous = FULL")  # NORMAL may lose acknowledged commits when the power fails
        run("PRAGMA foreign_keys = ON")
        run("PRAGMA secure_delete = ON")  # an erased person key leaves no bytes behind

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = bool(connection.get_execution_options().get(_WRITES, False))
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        # A deferred transaction that turns into a writer fails at once when another writes; IMMEDIATE waits.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _switch_to_wal(run: Callable[[str], Any], timeout_seconds: float) -> None:
    """Bring the file to WAL once. The change needs the file alone and does not wait by itself: try until it is ours."""
    import sqlite3  # noqa: PLC0415  # only SQLite stores need the driver

    deadline = time.monotonic() + timeout_seconds
    while run("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            run("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _make_private_file(path: Path) -> None:
    """Create the file for its owner alone: it holds personal data and keys."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        raise failure(service.STORE_UNREACHABLE, str(path)) from None
