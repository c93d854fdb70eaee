"""The lines of a diff as columns: a line is built when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of, places_in_runs
from policy.decisions import Reason
from policy.diff import Ended, Line, Lines, Op, Slot, Status, Why
from policy.entitlements import Entitlement, EntitlementKey

OPS = tuple(Op)
STATUSES = tuple(Status)
_BLOCK = 4096
"""Lines that are built together while the table is walked."""


@dataclass(frozen=True, eq=False)
class LineTable(Lines):
    """Lines of one diff in the order of (person, target, kind, name): line `n` stands in row `n` of every column.

    `person` (int32) are places in `person_ids` (ascending; some may have no line), `entitlement` (int32) places in
    `entitlements` (ascending), `op` and `status` (uint8) places in `OPS` and `STATUSES`. The reasons of line `n` are
    the rows `first_reason[n]` to before `first_reason[n + 1]` (int64, one more than lines) of `reason_rule` (int32,
    places in `rules`: rule id and `path:line`) and `reason_contract` (int32, places in `contract_ids`, -1 for none).
    `why` and `ended` (int32) are places in `whys` and `endings`, whose first is `()`. `special` has, whole and by `n`,
    the lines that also have before, after, anchor or released_by; their rows in the columns say the same of the rest.
    """

    person_ids: pa.StringArray
    entitlements: tuple[Entitlement, ...]
    rules: tuple[tuple[str, str], ...]
    contract_ids: pa.StringArray
    person: NDArray[np.int32]
    entitlement: NDArray[np.int32]
    op: NDArray[np.uint8]
    status: NDArray[np.uint8]
    first_reason: NDArray[np.int64]
    reason_rule: NDArray[np.int32]
    reason_contract: NDArray[np.int32]
    whys: tuple[tuple[Why, ...], ...]
    why: NDArray[np.int32]
    endings: tuple[tuple[Ended, ...], ...]
    ended: NDArray[np.int32]
    special: Mapping[int, Line] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.person)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Line, ...]: ...
    def __getitem__(self, at: int | slice) -> Line | tuple[Line, ...]:
        rows = range(len(self))[at]
        if isinstance(rows, int):
            return self.lines_at(np.array([rows]))[0]
        return tuple(self.lines_at(np.arange(rows.start, rows.stop, rows.step)))

    def __iter__(self) -> Iterator[Line]:
        for low in range(0, len(self), _BLOCK):
            yield from self.lines_at(np.arange(low, min(low + _BLOCK, len(self))))

    def lines_at(self, numbers: NDArray[np.int64]) -> list[Line]:
        """Lines with these numbers, built together."""
        first, reasons = self._reasons(numbers)
        rows = zip(
            numbers.tolist(),
            self.person_ids.take(pa.array(self.person[numbers])).to_pylist(),
            self.entitlement[numbers].tolist(),
            self.op[numbers].tolist(),
            self.status[numbers].tolist(),
            self.why[numbers].tolist(),
            self.ended[numbers].tolist(),
            strict=True,
        )
        return [
            self.special.get(n)
            or Line(
                n=n,
                key=EntitlementKey.of(person, self.entitlements[entitlement]),
                op=OPS[op],
                status=STATUSES[status],
                because=tuple(reasons[first[place] : first[place + 1]]),
                why=self.whys[why],
                ended=self.endings[ended],
            )
            for place, (n, person, entitlement, op, status, why, ended) in enumerate(rows)
        ]

    def totals(self) -> dict[Slot, int]:
        """Count lines per slot, in order."""
        shape = (len(self.entitlements), len(OPS), len(STATUSES))
        if not len(self):
            return {}
        found = np.bincount(np.ravel_multi_index((self.entitlement, self.op, self.status), shape))
        counts: dict[Slot, int] = {}
        for code in np.flatnonzero(found).tolist():
            entitlement, op, status = map(int, np.unravel_index(code, shape))
            one = self.entitlements[entitlement]
            slot = (one.target, one.kind, OPS[op], STATUSES[status])
            counts[slot] = counts.get(slot, 0) + int(found[code])
        return dict(sorted(counts.items()))

    def persons(self) -> dict[Status, int]:
        """Count distinct persons with a line of each status, in order."""
        found = {}
        for place, status in enumerate(STATUSES):
            named = np.zeros(len(self.person_ids), np.bool_)
            named[self.person[self.status == place]] = True
            if count := int(np.count_nonzero(named)):
                found[status] = count
        return {status: found[status] for status in sorted(found)}

    def people(self) -> list[str]:
        """Distinct persons, in order."""
        named = np.zeros(len(self.person_ids), np.bool_)
        named[self.person] = True
        people: list[str] = self.person_ids.filter(pa.array(named)).to_pylist()
        return people

    def in_slots(self, slots: Collection[Slot]) -> Iterator[Line]:
        """Lines of these slots, in order; no other is built."""
        wanted = np.zeros((len(self.entitlements), len(OPS), len(STATUSES)), np.bool_)
        for target, kind, op, status in slots:
            named = [(one.target, one.kind) == (target, kind) for one in self.entitlements]
            wanted[np.array(named, np.bool_), OPS.index(op), STATUSES.index(status)] = True
        numbers = np.flatnonzero(wanted[self.entitlement, self.op, self.status])
        for low in range(0, len(numbers), _BLOCK):
            yield from self.lines_at(numbers[low : low + _BLOCK])

    def _reasons(self, numbers: NDArray[np.int64]) -> tuple[list[int], list[Reason]]:
        """Reasons of these lines one behind the other, and where those of each begin."""
        counts = self.first_reason[numbers + 1] - self.first_reason[numbers]
        rows = places_in_runs(self.first_reason[numbers], counts)
        contracts = self.reason_contract[rows]
        texts = self.contract_ids.take(pa.array(contracts, mask=contracts < 0)).to_pylist()
        named = zip((self.rules[rule] for rule in self.reason_rule[rows].tolist()), texts, strict=True)
        return offsets_of(counts).tolist(), [Reason(rule, at, contract or "") for (rule, at), contract in named]


def line_table(lines: Sequence[Line]) -> LineTable:
    """Table of lines that are built already, in the order they have."""
    persons = sorted({line.key.person for line in lines})
    entitlements = sorted({line.key.entitlement for line in lines})
    reasons = [reason for line in lines for reason in line.because]
    rules = sorted({(one.rule, one.at) for one in reasons})
    contracts = sorted({one.contract for one in reasons} - {""})
    whys = ((), *sorted({line.why for line in lines} - {()}, key=repr))
    endings = ((), *sorted({line.ended for line in lines} - {()}))
    lengths = np.array([0, *(len(line.because) for line in lines)], np.int64)
    return LineTable(
        person_ids=pa.array(persons, pa.string()),
        entitlements=tuple(entitlements),
        rules=tuple(rules),
        contract_ids=pa.array(contracts, pa.string()),
        person=_look_up(persons, (line.key.person for line in lines)),
        entitlement=_look_up(entitlements, (line.key.entitlement for line in lines)),
        op=_look_up(OPS, (line.op for line in lines)).astype(np.uint8),
        status=_look_up(STATUSES, (line.status for line in lines)).astype(np.uint8),
        first_reason=np.cumsum(lengths),
        reason_rule=_look_up(rules, ((one.rule, one.at) for one in reasons)),
        reason_contract=_look_up(("", *contracts), (one.contract for one in reasons)) - np.int32(1),
        whys=whys,
        why=_look_up(whys, (line.why for line in lines)),
        endings=endings,
        ended=_look_up(endings, (line.ended for line in lines)),
        special={n: line for n, line in enumerate(lines) if is_special(line)},
    )


def is_special(line: Line) -> bool:
    """Whether a line has something that no column has."""
    return line.before is not None or line.after is not None or line.anchor is not None or bool(line.released_by)


def _look_up(values: Sequence[Hashable], wanted: Iterable[Hashable]) -> NDArray[np.int32]:
    """Place among `values` of each of those wanted."""
    places = {value: place for place, value in enumerate(values)}
    return np.array([places[one] for one in wanted], np.int32)
