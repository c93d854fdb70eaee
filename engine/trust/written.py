"""The lines of a diff as they are signed: the file, what is counted of it, and whose each line is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.trust.lines import FEW_LINES, file_of
from policy.diff import Line, Status, count_persons, count_totals, line_bytes
from policy.statements import Totals

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class WrittenLines:
    """`lines.ndjson` with its counts. `owners` gives each line its person, as a place in `people`."""

    file: bytes
    totals: Totals
    persons: Mapping[Status, int]
    people: Sequence[str]
    owners: Sequence[int] | NDArray[np.int32]


def write_lines(lines: Sequence[Line]) -> WrittenLines:
    """Write the lines of a diff: few one by one, many as columns, to the same bytes."""
    return _write_few(tuple(lines)) if len(lines) <= FEW_LINES else _write_many(lines)


def _write_few(lines: tuple[Line, ...]) -> WrittenLines:
    people = {person: place for place, person in enumerate(dict.fromkeys(line.key.person for line in lines))}
    return WrittenLines(
        file=file_of(line_bytes(line) for line in lines),
        totals=count_totals(lines),
        persons=count_persons(lines),
        people=tuple(people),
        owners=[people[line.key.person] for line in lines],
    )


def _write_many(lines: Sequence[Line]) -> WrittenLines:
    from engine.merge.canonical import lines_file  # noqa: PLC0415  # few lines need no columns
    from engine.merge.lines import LineTable, line_table  # noqa: PLC0415
    from engine.merge.places import used_places  # noqa: PLC0415

    table = lines if isinstance(lines, LineTable) else line_table(lines)
    _, owners = used_places(table.person, len(table.person_ids))
    return WrittenLines(
        file=lines_file(table),
        totals=table.totals(),
        persons=table.persons(),
        people=table.people(),
        owners=owners,
    )
