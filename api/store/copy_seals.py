"""What the store remembers of the copies of the managed state, and since when it remembers every change."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from api.store.schema import managed_changes, managed_copies

_SEALS_KEPT = 4  # machines that share a database make copies at different times


@dataclass(frozen=True, slots=True)
class CopySeal:
    """What the store remembers of a copy: serial and digest of the state, and the SHA-256 (hex) of the file."""

    serial: int
    digest: str
    content: str


def read_seals(connection: Connection) -> list[CopySeal]:
    """Seals of all copies, newest first."""
    of = managed_copies.c
    rows = connection.execute(select(of.serial, of.digest, of.content).order_by(of.serial.desc(), of.content))
    return [CopySeal(row.serial, row.digest, row.content) for row in rows]


def save_seal(connection: Connection, seal: CopySeal) -> None:
    """Remember a copy, and forget the oldest with all changes that only they need to be brought up to date."""
    known = read_seals(connection)
    if seal not in known:
        row = {"serial": seal.serial, "digest": seal.digest, "content": seal.content}
        connection.execute(insert(managed_copies).values(row))
    serials = sorted({seal.serial, *(one.serial for one in known)})
    oldest = serials[-_SEALS_KEPT:][0]
    connection.execute(delete(managed_copies).where(managed_copies.c.serial < oldest))
    connection.execute(delete(managed_changes).where(managed_changes.c.serial <= oldest))


def has_copies(connection: Connection) -> bool:
    """Tell whether any copy was ever made, so that changes are worth remembering."""
    return connection.execute(select(managed_copies.c.serial).limit(1)).first() is not None
