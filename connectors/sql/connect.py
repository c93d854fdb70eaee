"""The connection to a target's database: what each kind of database is told, and that it is closed at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connectors.effects import unreadable
from connectors.sql.configuration import SqlTargetConfig
from policy.catalogue.enforcement import TARGET_REFUSES
from policy.diagnostics import Diagnostic, OrdainError

_TIMEOUT = "ordain_timeout_seconds"  # execution option of connections that may write
_SPELLINGS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_CONNECT_TIMEOUT_SECONDS = 10


def connect(name: str, config: SqlTargetConfig, root: Path) -> sa.Engine:
    """Engine for the database of the target `name`; relative SQLite paths start at the workspace `root`.

    Raises OrdainError when there is no such file, or no driver for it.
    """
    text = config.url if isinstance(config.url, str) else config.url.resolve(root)
    try:
        address = sa.make_url(text)
        address = address.set(drivername=_SPELLINGS.get(address.drivername, address.drivername))
        engine = _sqlite(name, address, root) if address.get_backend_name() == "sqlite" else _server(address)
    except (sa.exc.ArgumentError, ValueError):
        # A kind of database nobody knows, or no address at all. It is not repeated: it may hold a password.
        raise unreadable(name, "url", "it is no address of a kind of database that is known here") from None
    except ModuleNotFoundError as error:
        raise _no_driver(name, str(error.name)) from None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        _begin(connection, connection.get_execution_options().get(_TIMEOUT))

    return engine


def reader(engine: sa.Engine) -> sa.Engine:
    """Engine whose transactions see one moment."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


def writer(engine: sa.Engine, timeout_seconds: float) -> sa.Engine:
    """Engine whose transactions may write, and neither wait nor run longer than `timeout_seconds`."""
    return engine.execution_options(**{_TIMEOUT: timeout_seconds})


def place(engine: sa.Engine) -> str:
    """How messages name the database, without anything secret."""
    address = engine.url
    if engine.dialect.name == "sqlite":
        return Path(str(address.database)).name
    return f"{address.get_backend_name()} database {address.database} on {address.host or 'this machine'}"


def _sqlite(name: str, address: sa.URL, root: Path) -> sa.Engine:
    path = root / (address.database or "")
    if not path.is_file():
        raise unreadable(name, str(address.database), "there is no such file")
    # No pool: opening a file costs nothing, and an open one would keep others from moving it.
    engine = sa.create_engine(address.set(database=str(path)), poolclass=sa.pool.NullPool, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own connection
        connection.isolation_level = None  # the driver never begins by itself: `_begin` does
        connection.execute("PRAGMA foreign_keys = ON")

    return engine


def _server(address: sa.URL) -> sa.Engine:
    waits = {"connect_timeout": _CONNECT_TIMEOUT_SECONDS} if address.get_backend_name() == "postgresql" else {}
    # A database that was restarted is not an error, and no value reaches a log.
    return sa.create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=waits)


def _begin(connection: sa.Connection, timeout_seconds: float | None) -> None:
    """Begin a transaction that writes when it has a time-out, else one that reads."""
    milliseconds = max(1, int((timeout_seconds or 0) * 1000))
    match connection.dialect.name:
        case "sqlite":
            if timeout_seconds is not None:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
            # A deferred transaction that turns into a writer fails at once when another writes; IMMEDIATE waits.
            connection.exec_driver_sql("BEGIN" if timeout_seconds is None else "BEGIN IMMEDIATE")
        case "postgresql" if timeout_seconds is not None:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
        case _:
            pass


def _no_driver(name: str, module: str) -> OrdainError:
    extra = "pip install 'ordain[postgresql]'"
    hint = extra if module == "psycopg" else f"install the package that brings the module {module}"
    text = f"{name}: the database driver {module} is not installed."
    return OrdainError(Diagnostic(TARGET_REFUSES, text, hint=hint, subject=name))
