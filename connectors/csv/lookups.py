"""Lookup files: a value of a record replaced by knowledge from another file, as an object beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.csv.configuration import Lookup
from connectors.csv.table import Table
from policy.catalogue.sources import LOOKUP_KEY_MISSING, LOOKUP_KEY_TWICE
from policy.diagnostics import Diagnostic


@dataclass(slots=True)
class LookupTable:
    """Rows of a lookup file by key, and which values were looked for in vain."""

    lookup: Lookup
    rows: Mapping[str, dict[str, str]]
    ambiguous: Mapping[str, list[int]]
    missing: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, lookup: Lookup, table: Table) -> LookupTable:
        """Index a file. Rows with one key are fine as long as they say the same. Raises DataError without the key."""
        table.require([lookup.key])
        rows: dict[str, dict[str, str]] = {}
        lines: dict[str, list[int]] = {}
        different: set[str] = set()
        for row in table.rows:
            key = row.cells.get(lookup.key, "")
            lines.setdefault(key, []).append(row.line)
            if row.problem is not None or rows.setdefault(key, row.cells) != row.cells:
                different.add(key)
        ambiguous = {key: lines[key] for key in sorted(different)}
        return cls(lookup, {key: cells for key, cells in rows.items() if key not in different}, ambiguous)

    def find(self, value: str, place: str) -> dict[str, str] | None:
        """Row for `value`, or None; `place` (file and line) remembers where a missing value stood."""
        found = self.rows.get(value)
        if found is None and value.strip():
            self.missing.setdefault(value, []).append(place)
        return found

    def is_undecidable(self, value: str) -> bool:
        """Tell whether several rows claim to be the one for `value`."""
        return value in self.ambiguous

    def problems(self) -> list[Diagnostic]:
        """Tell what was looked for in vain, one diagnostic per value."""
        return [self._say(value, places) for value, places in sorted(self.missing.items())]

    def _say(self, value: str, places: list[str]) -> Diagnostic:
        lookup = self.lookup
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        where = f"{lookup.column} “{value}” ({places[0]}{more})"
        if value in self.ambiguous:
            lines = ", ".join(str(line) for line in self.ambiguous[value])
            return Diagnostic(
                LOOKUP_KEY_TWICE,
                f"Nobody can tell what {where} means: lines {lines} of {lookup.file} differ or are broken.",
                hint="Leave one of the rows in the lookup file.",
                subject=f"{lookup.file}: {value}",
            )
        return Diagnostic(
            LOOKUP_KEY_MISSING,
            f"{where} is not among the values of {lookup.key} in {lookup.file}; {lookup.name} is absent there.",
            hint="Add the value to the lookup file, or correct it in the source.",
            subject=f"{lookup.file}: {value}",
        )
