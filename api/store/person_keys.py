"""Keys of persons: the salts of their diff lines come from them. Erasing one makes their lines unprovable for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from api.store.schema import person_keys

KEY_BYTES = 32
_CHUNK = 1000  # names in one query: databases bound the number of parameters


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """Person keys of one transaction."""

    connection: Connection

    def get_or_create(self, persons: Iterable[str], random_bytes: Callable[[int], bytes]) -> Mapping[str, bytes]:
        """Key (32 bytes) of every person, sorted by person; `random_bytes` makes those that are missing."""
        wanted = sorted(set(persons))
        known: dict[str, bytes] = {}
        for start in range(0, len(wanted), _CHUNK):
            query = select(person_keys).where(person_keys.c.person.in_(wanted[start : start + _CHUNK]))
            known |= {row.person: row.key for row in self.connection.execute(query)}
        fresh = {person: random_bytes(KEY_BYTES) for person in wanted if person not in known}
        assert all(len(key) == KEY_BYTES for key in fresh.values()), "a person key has 32 bytes"
        if fresh:
            rows = [{"person": person, "key": key} for person, key in fresh.items()]
            self.connection.execute(insert(person_keys), rows)
        return {person: known.get(person) or fresh[person] for person in wanted}

    def erase(self, person: str) -> bool:
        """Delete a person's key; False when there was none."""
        return self.connection.execute(delete(person_keys).where(person_keys.c.person == person)).rowcount == 1
