"""Columns as two Arrow IPC files, persons and contracts, that any reader of Arrow understands.

The persons file has the text column `external_id`, the contracts file `person` (int32, row of the owner in the persons
file) and `external_id`; both then have one dictionary-encoded text column per field, named by its full path such as
`contract.title.code`, null where absent. The metadata of a column hold its tag under `ordain.tag` (see
`engine.columnar.columns.Column`), those of the schema, under `ordain`, a JSON object: `version`, `digest` of the
snapshot, and in the persons file `departments` and `problems`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from engine.columnar.columns import Column, Columns
from engine.columnar.runs import offsets_of
from policy.canonical import JsonValue
from policy.people import DataProblem, department_json, problem_json
from policy.snapshot import read_department, read_problem
from policy.types import Root

VERSION = 1
"""Version of this form. Files of another version are not read."""

_HEAD = b"ordain"
_TAG = b"ordain.tag"
_ID = "external_id"
_OWNER = "person"


class Sink(Protocol):
    """Where bytes go: an open binary file, or what behaves like one."""

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        ...

    def write(self, content: bytes, /) -> int:
        """Take in bytes."""
        ...

    def flush(self) -> None:
        """Let go of what was taken in."""
        ...


def batches_of(columns: Columns) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Give persons and contracts as Arrow tables of one batch each; nothing is copied."""
    head: dict[str, JsonValue] = {"version": VERSION, "digest": columns.digest}
    about: dict[str, JsonValue] = {
        "departments": [department_json(one) for one in columns.departments],
        "problems": {str(row): [problem_json(one) for one in found] for row, found in sorted(columns.problems.items())},
    }
    persons = [(pa.field(_ID, pa.string()), columns.person_ids), *_fields(columns, "person")]
    contracts = [
        (pa.field(_OWNER, pa.int32()), pa.array(columns.owners)),
        _field(_ID, columns.contract_ids),
        *_fields(columns, "contract"),
    ]
    return _batch(persons, {**head, **about}), _batch(contracts, head)


def write_batch(batch: pa.RecordBatch, sink: Sink) -> None:
    """Write one of the two files, piece by piece."""
    with pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


def read_columns(persons: pa.Buffer, contracts: pa.Buffer) -> Columns:
    """Columns over the bytes of both files; what they hold is used where it lies, nothing is copied.

    The caller vouches for the bytes: that they are whole is looked at, that they tell the truth is not. Raises
    ValueError for bytes that are no such files, or are of another version.
    """
    people, head = _read(persons)
    work, other = _read(contracts)
    if head["digest"] != other["digest"]:
        raise ValueError("the files are of two snapshots")
    try:
        counts = np.bincount(work.column(_OWNER).to_numpy(), minlength=people.num_rows)
        return Columns(
            digest=head["digest"],
            person_ids=people.column(_ID),
            first_contract=offsets_of(counts),
            contract_ids=_column(work, work.schema.get_field_index(_ID)),
            fields={**_read_fields(people, "person"), **_read_fields(work, "contract")},
            departments=tuple(read_department(one) for one in head["departments"]),
            problems={int(row): _read_problems(found) for row, found in head["problems"].items()},
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a part is missing: {error}") from None


def _fields(columns: Columns, root: Root) -> Iterator[tuple[pa.Field, pa.Array]]:
    for (where, path), column in sorted(columns.fields.items(), key=lambda item: item[0]):
        if where == root:
            yield _field(f"{root}.{path}", column)


def _field(name: str, column: Column) -> tuple[pa.Field, pa.Array]:
    return pa.field(name, column.array.type, metadata={_TAG: column.tag.encode()}), column.array


def _batch(parts: list[tuple[pa.Field, pa.Array]], head: Mapping[str, JsonValue]) -> pa.RecordBatch:
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    schema = pa.schema([one for one, _ in parts], metadata={_HEAD: text})
    return pa.RecordBatch.from_arrays([one for _, one in parts], schema=schema)


def _read(content: pa.Buffer) -> tuple[pa.RecordBatch, dict[str, Any]]:
    try:
        reader = pa.ipc.open_file(content)
        head = json.loads((reader.schema.metadata or {}).get(_HEAD, b"null"))
        if not isinstance(head, dict) or head.get("version") != VERSION:
            raise ValueError("it is of another version")
        if reader.num_record_batches != 1:
            raise ValueError("it is not one batch")
        return reader.get_batch(0), head
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"it is no Arrow file: {error}") from None


def _read_fields(batch: pa.RecordBatch, root: Root) -> dict[tuple[Root, str], Column]:
    found: dict[tuple[Root, str], Column] = {}
    for place, name in enumerate(batch.schema.names):
        if name.startswith(f"{root}."):
            found[root, name.removeprefix(f"{root}.")] = _column(batch, place)
    return found


def _column(batch: pa.RecordBatch, place: int) -> Column:
    return Column(batch.schema.field(place).metadata[_TAG].decode(), batch.column(place))


def _read_problems(found: list[Mapping[str, Any]]) -> tuple[DataProblem, ...]:
    return tuple(read_problem(one) for one in found)
