"""`lines.ndjson` of a line table: canonical bytes laid together from columns, equal to `policy.diff.line_bytes`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of
from engine.merge.fragments import Fragments, text_json
from engine.merge.lines import OPS, STATUSES, LineTable
from engine.merge.places import used_places
from engine.merge.row_kernel import lay_lines
from policy.diff import Ended, Why, line_bytes


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """What lines are made of: fragments, those of each line and reason by number, and where each line begins."""

    fragments: Fragments
    pieces: NDArray[np.int32]
    reasons: NDArray[np.int32]
    first: NDArray[np.int64]
    special: dict[int, bytes]


def lines_file(table: LineTable) -> bytes:
    """Make `lines.ndjson`: one canonical JSON object a line, in order."""
    laid = _lay(table)
    out = np.empty(int(laid.first[-1]), np.uint8)
    data, begins = laid.fragments.data, laid.fragments.first
    numbers = np.arange(len(table), dtype=np.int64)
    places = np.column_stack((numbers, laid.first[:-1]))
    places[[*laid.special], 1] = -1
    lay_lines(data, begins, laid.pieces, laid.reasons, table.first_reason, places, out)
    for n, row in laid.special.items():
        out[laid.first[n] : laid.first[n + 1]] = np.frombuffer(row, np.uint8)
    return out.tobytes()


def _lay(table: LineTable) -> _Laid:
    fragments = Fragments()
    pieces, reasons = _line_pieces(table, fragments), _reason_pieces(table, fragments)
    lengths = np.diff(fragments.first)
    of_reasons = offsets_of(lengths[reasons].sum(axis=1))
    counts = np.diff(table.first_reason)
    whole = lengths[pieces].sum(axis=1) + np.diff(of_reasons[table.first_reason])
    whole += np.maximum(counts - 1, 0) + _digits(len(table))
    special = {n: line_bytes(line) + b"\n" for n, line in table.special.items()}
    whole[[*special]] = [len(row) for row in special.values()]
    return _Laid(fragments, pieces, reasons, offsets_of(whole), special)


def _line_pieces(table: LineTable, fragments: Fragments) -> NDArray[np.int32]:
    """Fragments of each line in their order: those of `because` stand behind the first, the number behind the third."""
    entitlements, of_line = used_places(table.entitlement, len(table.entitlements))
    named = [table.entitlements[place] for place in entitlements.tolist()]
    persons, person_of_line = used_places(table.person, len(table.person_ids))
    whys, why_of_line = used_places(table.why, len(table.whys))
    endings, ending_of_line = used_places(table.ended, len(table.endings))
    opening = fragments.add([b'{"because":['])
    columns = [
        np.full(len(table), opening, np.int32),
        ending_of_line + fragments.add(_ending_json(table.endings[place]) for place in endings.tolist()),
        of_line + fragments.add(f',"kind":"{one.kind.value}","n":'.encode() for one in named),
        of_line + fragments.add(f',"name":{text_json(one.name)},"op":"'.encode() for one in named),
        table.op.astype(np.int32) + fragments.add(f'{op.value}","person":"'.encode() for op in OPS),
        person_of_line + fragments.add_texts(table.person_ids.take(pa.array(persons))),
        table.status.astype(np.int32)
        + fragments.add(f'","status":"{one.value}","target":'.encode() for one in STATUSES),
        of_line + fragments.add(text_json(one.target).encode() for one in named),
        why_of_line + fragments.add(_why_json(table.whys[place]) for place in whys.tolist()),
    ]
    return np.column_stack(columns).astype(np.int32, copy=False)


def _reason_pieces(table: LineTable, fragments: Fragments) -> NDArray[np.int32]:
    """Three fragments of each reason: up to its contract, the contract ("" for none), and the rest."""
    contracts, of_reason = used_places(table.reason_contract + 1, len(table.contract_ids) + 1)
    named = table.contract_ids.take(pa.array(contracts - 1, mask=contracts == 0)).fill_null("")
    columns = [
        table.reason_rule + fragments.add(f'{{"at":{text_json(at)},"contract":"'.encode() for _, at in table.rules),
        of_reason + fragments.add_texts(named),
        table.reason_rule + fragments.add(f'","rule":{text_json(rule)}}}'.encode() for rule, _ in table.rules),
    ]
    return np.column_stack(columns).astype(np.int32, copy=False)


def _digits(count: int) -> NDArray[np.int64]:
    """Decimal digits of the numbers from 0 to before `count`."""
    digits = np.ones(count, np.int64)
    for power in range(1, len(str(count))):
        digits[10**power :] += 1
    return digits


def _ending_json(endings: tuple[Ended, ...]) -> bytes:
    if not endings:
        return b"]"
    each = (
        f'{{"at":{text_json(one.at)},"contract":{text_json(one.contract)},"rule":{text_json(one.rule)},'
        f'"text":{text_json(one.text)}}}'
        for one in endings
    )
    return f'],"ended":[{",".join(each)}]'.encode()


def _why_json(whys: tuple[Why, ...]) -> bytes:
    if not whys:
        return b"}\n"
    each = (f'{{"cause":{text_json(one.cause)},"id":{text_json(one.id)},"text":{text_json(one.text)}}}' for one in whys)
    return f',"why":[{",".join(each)}]}}\n'.encode()
