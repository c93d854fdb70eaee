"""Canonical lines of a snapshot, written from its columns: the text of a value once per distinct value.

INVARIANT: the bytes are those of `policy.snapshot.snapshot_lines`; a property test holds the two together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from json.encoder import encode_basestring

from engine.columnar.columns import Column, Columns, columns_of
from engine.columnar.persons import snapshot_of
from policy.canonical import canonical_json, normal_text
from policy.people import Department, Person, problem_json
from policy.person_text import key_text
from policy.snapshot import Snapshot, in_order, snapshot_lines
from policy.types import Root

_BLOCK = 4096
_FEW = 65_536  # so many distinct values have their texts kept, each once


def seal_columns(persons: Iterable[Person], departments: Iterable[Department]) -> Snapshot:
    """Give `Snapshot.of` these, with the same digest, over columns: the persons themselves are let go."""
    people, units = in_order(persons, departments)
    columns = columns_of(Snapshot(people, units, ""))
    digest = hashlib.sha256()
    for lines in canonical_lines(columns):
        digest.update(lines)
    return snapshot_of(replace(columns, digest=digest.hexdigest()))


def canonical_lines(columns: Columns) -> Iterator[bytes]:
    """Lines of the snapshot these columns were made of, several whole lines in one piece."""
    head, *departments = snapshot_lines([], columns.departments)
    yield head
    texts = _Texts(columns)
    for low in range(0, columns.person_count, _BLOCK):
        yield texts.between(low, min(low + _BLOCK, columns.person_count))
    yield from departments


class _Texts:
    """Writes persons of columns, in blocks."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.members = {
            root: [
                _Members(f"{key_text(path)}[", column)
                for (where, path), column in sorted(columns.fields.items(), key=lambda item: item[0])
                if where == root
            ]
            for root in ("person", "contract")
        }
        self.contract_ids = _Members("", columns.contract_ids)

    def between(self, low: int, high: int) -> bytes:
        """Lines of the persons from row `low` to before `high`."""
        columns = self.columns
        limits = columns.first_contract[low : high + 1].tolist()
        first = limits[0]
        ids = self.contract_ids.plain(first, limits[-1])
        contracts = [
            f'{{"external_id":{external_id},"values":{{{values}}}}}'
            for external_id, values in zip(ids, self._rows("contract", first, limits[-1]), strict=True)
        ]
        lines = []
        people = columns.person_ids.slice(low, high - low).to_pylist()
        for place, (external_id, values) in enumerate(zip(people, self._rows("person", low, high), strict=True)):
            own = ",".join(contracts[limits[place] - first : limits[place + 1] - first])
            found = columns.problems.get(low + place, ())
            problems = ",".join([canonical_json(problem_json(one)).decode() for one in found])
            lines.append(
                f'{{"person":{{"contracts":[{own}],"external_id":{_quoted(external_id)},"problems":[{problems}],'
                f'"values":{{{values}}}}}}}\n'
            )
        return "".join(lines).encode()

    def _rows(self, root: Root, low: int, high: int) -> list[str]:
        members = [one.between(low, high) for one in self.members[root]]
        if not members:
            return [""] * (high - low)
        join, present = ",".join, partial(filter, None)
        return [join(present(row)) for row in zip(*members, strict=True)]


class _Members:
    """Members of a JSON object (`"path":["t","text"]`) for the values of one column; "" where absent."""

    def __init__(self, key: str, column: Column) -> None:
        self.key = key
        self.column = column
        few = len(column.array.dictionary) <= _FEW
        self.kept = self._written(column.array.dictionary.to_pylist()) if few else None

    def between(self, low: int, high: int) -> list[str]:
        """Give those of some rows."""
        if self.kept is not None:
            kept = self.kept
            return [kept[code] for code in self.column.codes[low:high].tolist()]
        part = self.column.array.slice(low, high - low).dictionary_decode().dictionary_encode()
        kept = self._written(part.dictionary.to_pylist())
        return [kept[code] for code in Column(self.column.tag, part).codes.tolist()]

    def plain(self, low: int, high: int) -> list[str]:
        """Give texts alone, of some rows of a column of texts."""
        texts = self.column.array.slice(low, high - low).dictionary_decode().to_pylist()
        return [_quoted(one) for one in texts]

    def _written(self, texts: Sequence[str]) -> list[str]:
        tag = self.column.tag
        if tag:
            return ["", *[f"{self.key}{_tagged(tag, one)}]" for one in texts]]
        return ["", *[f"{self.key}{_tagged(one[0], one[1:])}]" for one in texts]]


def _tagged(tag: str, text: str) -> str:
    return f'"f",{text}' if tag == "f" else f'"{tag}",{_quoted(text)}'


def _quoted(text: str) -> str:
    return encode_basestring(normal_text(text))
