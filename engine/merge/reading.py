"""`lines.ndjson` read into a line table, many lines at a time; None for whatever is not exactly as we write it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of
from engine.merge.canonical import lines_file
from engine.merge.lines import OPS, STATUSES, LineTable
from policy.diagnostics import OrdainError
from policy.diff import Ended, Line, Why
from policy.entitlements import Entitlement, Kind

_AT_ONCE = 4096
_ALSO = frozenset({"before", "after", "anchor", "released_by"})
"""What only whole lines have."""
_OP = {op.value: place for place, op in enumerate(OPS)}
_STATUS = {status.value: place for place, status in enumerate(STATUSES)}
_NOT_OURS = (ValueError, KeyError, TypeError, RecursionError, OrdainError)

Record = dict[str, Any]


def read_table(data: bytes, read_whole: Callable[[bytes], Line]) -> LineTable | None:
    """Table of the lines in `data`, when every byte of it is what this version writes for them, numbered and in order.

    `read_whole` reads the few lines that columns do not hold; a line that it refuses makes the table None.
    """
    gathered = _Gathered()
    ends: NDArray[np.int64] = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    begin = 0
    try:
        for low in range(0, len(ends), _AT_ONCE):
            end = int(ends[min(low + _AT_ONCE, len(ends)) - 1])
            rows = data[begin:end]
            gathered.add_all(json.loads(b"[" + rows.replace(b"\n", b",") + b"]"), rows, read_whole)
            begin = end + 1
        table = gathered.table()
        # INVARIANT: nothing stands in the file that we did not read, and nothing in another form: written again, it is
        # the same, byte for byte.
        same = lines_file(table) == data
    except _NOT_OURS:
        return None
    return table if same and _is_in_order(table) else None


class _Gathered:
    """Columns as they grow. A value gets a number when it is first seen; `table` puts those in order that must be."""

    def __init__(self) -> None:
        self.people: dict[str, int] = {}
        self.entitlements: dict[tuple[str, str, str], int] = {}
        self.rules: dict[tuple[str, str], int] = {}
        self.contracts: dict[str, int] = {"": -1}
        self.whys: dict[tuple[Why, ...], int] = {(): 0}
        self.endings: dict[tuple[Ended, ...], int] = {(): 0}
        self.lines: list[NDArray[np.int32]] = []
        self.reasons: list[NDArray[np.int32]] = []
        self.special: dict[int, Line] = {}
        self.count = 0

    def add_all(self, records: list[Record], rows: bytes, read_whole: Callable[[bytes], Line]) -> None:
        """Add the lines of one part of the file; `rows` are its bytes."""
        texts: list[bytes] = []
        reasons: list[tuple[int, int]] = []
        for place, record in enumerate(records):
            if not _ALSO.isdisjoint(record):
                texts = texts or rows.split(b"\n")
                line = read_whole(texts[place])
                if line.n != self.count + place:
                    raise ValueError("a line has another number")
                self.special[line.n] = line
        lines = [self._add(record, reasons) for record in records]
        self.lines.append(np.array(lines, np.int32).reshape(-1, 7))
        self.reasons.append(np.array(reasons, np.int32).reshape(-1, 2))
        self.count += len(records)

    def _add(self, record: Record, reasons: list[tuple[int, int]]) -> tuple[int, int, int, int, int, int, int]:
        """Add the reasons of a line; gives its places in the dictionaries and how many reasons it has."""
        because: list[Record] = record["because"]
        for one in because:
            rule, contract = (one["rule"], one["at"]), one["contract"]
            rule_place = self.rules.setdefault(rule, len(self.rules))
            reasons.append((rule_place, self.contracts.setdefault(contract, len(self.contracts) - 1)))
        person, entitlement = record["person"], (record["target"], record["kind"], record["name"])
        why = tuple(Why(one["cause"], one["id"], one["text"]) for one in record["why"]) if "why" in record else ()
        ended = _endings(record["ended"]) if "ended" in record else ()
        return (
            self.people.setdefault(person, len(self.people)),
            self.entitlements.setdefault(entitlement, len(self.entitlements)),
            _OP[record["op"]],
            _STATUS[record["status"]],
            self.whys.setdefault(why, len(self.whys)),
            self.endings.setdefault(ended, len(self.endings)),
            len(because),
        )

    def table(self) -> LineTable:
        """Give the table of what was added. Raises ValueError when something of it is no line's."""
        _require_texts(self.people, self.contracts, *self.entitlements, *self.rules)
        _require_texts(*((one.cause, one.id, one.text) for whys in self.whys for one in whys))
        _require_texts(*((one.text, one.rule, one.at, one.contract) for each in self.endings for one in each))
        found = [_entitlement(*one) for one in self.entitlements]
        order = sorted(range(len(found)), key=found.__getitem__)
        places = np.empty(len(found), np.int32)
        places[order] = np.arange(len(found), dtype=np.int32)
        columns = np.concatenate((np.zeros((0, 7), np.int32), *self.lines))
        reasons = np.concatenate((np.zeros((0, 2), np.int32), *self.reasons))
        return LineTable(
            person_ids=pa.array(self.people, pa.string()),
            entitlements=tuple(found[place] for place in order),
            rules=tuple(self.rules),
            contract_ids=pa.array([one for one in self.contracts if one], pa.string()),
            person=columns[:, 0].copy(),
            entitlement=places[columns[:, 1]],
            op=columns[:, 2].astype(np.uint8),
            status=columns[:, 3].astype(np.uint8),
            first_reason=offsets_of(columns[:, 6]),
            reason_rule=np.ascontiguousarray(reasons[:, 0]),
            reason_contract=np.ascontiguousarray(reasons[:, 1]),
            whys=tuple(self.whys),
            why=columns[:, 4].copy(),
            endings=tuple(self.endings),
            ended=columns[:, 5].copy(),
            special=self.special,
        )


def _endings(records: list[Record]) -> tuple[Ended, ...]:
    return tuple(Ended(one["text"], one["rule"], one["at"], one["contract"]) for one in records)


def _entitlement(target: str, kind: str, name: str) -> Entitlement:
    if (kind == Kind.PERMISSION.value) != bool(name):
        raise ValueError("only a permission has a name, and it always has one")
    return Entitlement(target, Kind(kind), name)


def _require_texts(*values: Iterable[object]) -> None:
    """Require that all are texts. Raises TypeError."""
    if not all(type(one) is str for each in values for one in each):
        raise TypeError("a text is missing")


def _is_in_order(table: LineTable) -> bool:
    """Whether lines ascend by (person, target, kind, name, op), no two alike."""
    people = table.person_ids.to_pylist()
    if any(before >= after for before, after in itertools.pairwise(people)):
        return False
    ranks = np.empty(len(OPS), np.int64)
    ranks[sorted(range(len(OPS)), key=OPS.__getitem__)] = np.arange(len(OPS))
    place = table.person.astype(np.int64) * max(len(table.entitlements), 1) + table.entitlement
    return bool((np.diff(place * len(OPS) + ranks[table.op]) > 0).all())
