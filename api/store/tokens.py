"""Bearer tokens by their digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from api.store.failures import nothing_stored
from api.store.records import StoredToken, columns_of
from api.store.schema import tokens


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one transaction."""

    connection: Connection

    def add(self, token: StoredToken) -> None:
        """Keep a token."""
        self.connection.execute(insert(tokens).values({**columns_of(token), "rights": list(token.rights)}))

    def find(self, digest: str, *, now: datetime) -> StoredToken | None:
        """Token with this digest that is good at `now`; None when it is unknown, revoked or expired."""
        row = self.connection.execute(select(tokens).where(tokens.c.digest == digest)).one_or_none()
        if row is None or row.revoked_at is not None:
            return None
        return None if row.expires_at is not None and row.expires_at <= now else _token(row)

    def list(self) -> tuple[StoredToken, ...]:
        """Every token, revoked and expired ones too, oldest first."""
        query = select(tokens).order_by(tokens.c.created_at, tokens.c.id)
        return tuple(_token(row) for row in self.connection.execute(query))

    def revoke(self, token_id: str, at: datetime) -> None:
        """End a token; the first time counts. Raises UsageError when there is none."""
        if self.connection.execute(select(tokens.c.id).where(tokens.c.id == token_id)).first() is None:
            raise nothing_stored("token", token_id)
        revoked = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None)).values(revoked_at=at)
        self.connection.execute(revoked)


def _token(row: Row[Any]) -> StoredToken:
    stored = dict(row._mapping)  # noqa: SLF001  # the documented name of a row's mapping
    return StoredToken(**{**stored, "rights": tuple(stored["rights"])})
