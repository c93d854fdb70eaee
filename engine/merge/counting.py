"""Counts of a line table: equal to those over its lines one by one."""

from __future__ import annotations

import numpy as np

from engine.merge.lines import OPS, STATUSES, LineTable
from policy.diff import Op, Status
from policy.entitlements import Kind
from policy.statements import Totals


def count_table(table: LineTable) -> Totals:
    """Count lines per target, kind, op and status, in that order."""
    slots = sorted({(one.target, one.kind) for one in table.entitlements})
    places = {slot: place for place, slot in enumerate(slots)}
    slot_of = np.array([places[one.target, one.kind] for one in table.entitlements], np.int64)
    shape = (len(slots), len(OPS), len(STATUSES))
    if not len(table):
        return {}
    codes = np.ravel_multi_index((slot_of[table.entitlement], table.op, table.status), shape)
    counts: dict[tuple[str, Kind, Op, Status], int] = {}
    for code, count in enumerate(np.bincount(codes).tolist()):
        if count:
            slot, op, status = np.unravel_index(code, shape)
            counts[*slots[slot], OPS[op], STATUSES[status]] = count
    return dict(sorted(counts.items()))


def count_table_persons(table: LineTable) -> dict[Status, int]:
    """Count distinct persons with a line of each status."""
    found = {}
    for place, status in enumerate(STATUSES):
        named = np.zeros(len(table.person_ids), np.bool_)
        named[table.person[table.status == place]] = True
        if count := int(np.count_nonzero(named)):
            found[status] = count
    return {status: found[status] for status in sorted(found)}
