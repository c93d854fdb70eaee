"""A look at a store that changes nothing: no schema is made, no file is created, no lock is held."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from api.store.connect import describe, make_engine, read_address, readers
from api.store.failures import in_our_words
from api.store.schema import managed, store_state
from api.store.snapshots import Snapshots
from policy.entitlements import Kind
from policy.snapshot import Snapshot

_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a store holds: the snapshot in force, and names of permissions managed in each target."""

    snapshot: Snapshot | None
    permissions: Mapping[str, frozenset[str]]


def stamp_of(url: str) -> tuple[object, ...] | None:
    """Tell what changes when the store does; None when there is no store yet. Raises UsageError for a wrong address.

    Of a database that is no file only its address is known.
    """
    address = read_address(url)
    if address.drivername != "sqlite":
        return (describe(address),)
    path = Path(str(address.database))
    facts = [(one.stat().st_mtime_ns, one.stat().st_size) for one in (path, _log_of(path)) if one.is_file()]
    return tuple(facts) if path.is_file() else None


def peek(url: str, *, tenant: str) -> Glimpse | None:
    """Look into the store of `tenant`; None when it is not there, or somebody else's. Raises OrdainError.

    A store of an older or newer version is looked at as far as it has what is asked for.
    """
    address = read_address(url)
    if address.drivername == "sqlite" and not Path(str(address.database)).is_file():
        return None
    engine = _engine(address)
    try:
        with in_our_words(describe(address)), engine.begin() as connection:
            if connection.execute(select(store_state.c.tenant)).scalar_one_or_none() != tenant:
                return None
            snapshots = Snapshots(connection)
            latest = snapshots.latest()
            snapshot = snapshots.load(latest.digest) if latest is not None else None
            query = select(managed.c.target, managed.c.name).where(managed.c.kind == Kind.PERMISSION.value).distinct()
            permissions: dict[str, set[str]] = {}
            for target, name in connection.execute(query):
                permissions.setdefault(target, set()).add(name)
            return Glimpse(snapshot, {target: frozenset(names) for target, names in permissions.items()})
    finally:
        engine.dispose()


def _engine(address: URL) -> Engine:
    if address.drivername != "sqlite":
        return readers(make_engine(address, busy_timeout_seconds=_TIMEOUT_SECONDS))
    path = Path(str(address.database)).resolve()
    # Without a write-ahead log nobody writes just now, and the file is read as it is: a reader of a database in WAL
    # mode would otherwise make a log of its own. Should a writer come along, the digest of what was read tells.
    mode = "mode=ro" if _log_of(path).is_file() else "mode=ro&immutable=1"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, timeout=_TIMEOUT_SECONDS)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
