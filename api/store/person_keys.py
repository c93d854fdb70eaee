"""Keys of persons: the salts of their diff lines come from them. Erasing one makes their lines unprovable for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from api.store import bulk
from api.store.schema import person_keys

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """Person keys of one transaction."""

    connection: Connection

    def get_or_create(self, persons: Iterable[str], random_bytes: Callable[[int], bytes]) -> Mapping[str, bytes]:
        """Key (32 bytes) of every person, sorted by person; `random_bytes` makes those that are missing."""
        wanted = sorted(set(persons))
        known: dict[str, bytes] = {}
        for part in bulk.in_parts(wanted, bulk.PARAMETERS):
            query = select(person_keys.c.person, person_keys.c.key).where(person_keys.c.person.in_(part))
            for rows in bulk.rows_of(self.connection, query):
                known.update(rows)
        fresh = {person: random_bytes(KEY_BYTES) for person in wanted if person not in known}
        assert all(len(key) == KEY_BYTES for key in fresh.values()), "a person key has 32 bytes"
        bulk.insert_rows(self.connection, person_keys, fresh.items())
        return {person: known.get(person) or fresh[person] for person in wanted}

    def erase(self, person: str) -> bool:
        """Delete a person's key; False when there was none."""
        return self.connection.execute(delete(person_keys).where(person_keys.c.person == person)).rowcount == 1
