"""What people are called, for readers: looked up when somebody is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.columnar.columns import Columns


@dataclass(frozen=True, slots=True)
class DisplayNames(Mapping[str, str]):
    """Display names by external id, of everybody in a snapshot; "" where somebody has none."""

    columns: Columns
    _found: dict[str, str | None] = field(default_factory=dict)

    def __getitem__(self, person: str) -> str:
        if person not in self._found:
            self._found[person] = self._find(person)
        name = self._found[person]
        if name is None:
            raise KeyError(person)
        return name

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.person_ids.to_pylist())

    def __len__(self) -> int:
        return self.columns.person_count

    def _find(self, person: str) -> str | None:
        row = self.columns.find(person)
        if row is None:
            return None
        column = self.columns.fields.get(("person", "display_name"))
        value = column.value(row) if column is not None else None
        return "" if value is None else str(value)
