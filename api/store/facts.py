"""Small facts by name, such as the day and the commit that were enforced last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from api.store.schema import facts
from policy.canonical import JsonValue

SECRET_SALT = "secret_salt"  # noqa: S105  # the name of the fact


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one transaction."""

    connection: Connection

    def get(self, name: str) -> JsonValue:
        """Value, or None when nothing is known."""
        value: JsonValue = self.connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()
        return value

    def secret_salt(self) -> bytes:
        """Salt of the digests that stand for secrets: random, one per store, and never in anything that leaves it."""
        value = self.get(SECRET_SALT)
        assert isinstance(value, str), "a store gets its salt when it is opened first"
        return bytes.fromhex(value)

    def put(self, name: str, value: JsonValue) -> None:
        """Set a value."""
        self.connection.execute(delete(facts).where(facts.c.name == name))
        self.connection.execute(insert(facts).values(name=name, value=value))
