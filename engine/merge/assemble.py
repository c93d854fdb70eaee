"""Lines that are settled, with their reasons, as the table that a diff has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from engine.columnar.desired import DesiredColumns
from engine.merge.candidates import GIVEN
from engine.merge.drafts import DraftTable
from engine.merge.lines import OPS, STATUSES, LineTable
from engine.merge.numbering import Numbering, Numbers, Places
from engine.merge.settling import Settled
from engine.reconcile.classify import hangs_on_nothing
from engine.reconcile.drafts import Draft
from engine.reconcile.frozen import FrozenScopes
from engine.reconcile.inputs import ReconcileInputs
from policy.diff import Ended, Line, Op, Status
from policy.entitlements import Entitlement, Kind

_TAKES_AWAY = np.array([op in {Op.REVOKE, Op.DELETE} for op in OPS])
_FROZEN = STATUSES.index(Status.FROZEN)


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Of every line whom it speaks of, why it is wanted and why it is not wanted any more: columns of a `LineTable`."""

    person_ids: pa.StringArray
    person: Numbers
    rules: tuple[tuple[str, str], ...]
    first_reason: Places
    reason_rule: Numbers
    contract_ids: pa.StringArray
    reason_contract: Numbers
    endings: tuple[tuple[Ended, ...], ...]
    ended: Numbers


def explain_lines(
    inputs: ReconcileInputs, desired: DesiredColumns, numbering: Numbering, drafts: DraftTable
) -> Explained:
    """Tell what holds of lines whatever their status. Only persons and contracts that they speak of cost anything."""
    person_ids, persons = _named(numbering, drafts.persons)
    first_reason, rule, contract = _reasons(desired, numbering, drafts)
    contract_ids, contract = _contracts(desired, contract)
    endings, ended = _endings(inputs, numbering, drafts)
    return Explained(person_ids, persons, desired.rules, first_reason, rule, contract_ids, contract, endings, ended)


def assemble(
    inputs: ReconcileInputs, numbering: Numbering, *, drafts: DraftTable, explained: Explained, settled: Settled
) -> LineTable:
    """Table of all lines."""
    table = LineTable(
        person_ids=explained.person_ids,
        entitlements=numbering.entitlements,
        rules=explained.rules,
        contract_ids=explained.contract_ids,
        person=explained.person,
        entitlement=drafts.entitlements,
        op=drafts.ops,
        status=settled.statuses,
        first_reason=explained.first_reason,
        reason_rule=explained.reason_rule,
        reason_contract=explained.reason_contract,
        whys=settled.whys,
        why=settled.why,
        endings=explained.endings,
        ended=explained.ended,
    )
    return replace(table, special=_special(table, drafts.special, _released(inputs, numbering, drafts, settled)))


def _named(numbering: Numbering, persons: Numbers) -> tuple[pa.StringArray, Numbers]:
    """Ids of those who have a line, and their places in them."""
    is_first = np.concatenate((np.ones(min(len(persons), 1), np.bool_), persons[1:] != persons[:-1]))
    places = np.cumsum(is_first, dtype=np.int32) - np.int32(1)
    return numbering.person_ids.take(pa.array(persons[is_first])), places


def _reasons(desired: DesiredColumns, numbering: Numbering, drafts: DraftTable) -> tuple[Places, Numbers, Numbers]:
    """Offsets, rules and rows of contracts of the reasons of every line."""
    is_given = (drafts.sides & GIVEN) != 0
    lines = np.flatnonzero(is_given)
    rows = numbering.desired.rows[drafts.persons[lines]]
    found = desired.reasons_of(rows, numbering.desired.own[drafts.entitlements[lines]])
    counts = np.zeros(len(drafts) + 1, np.int64)
    counts[lines + 1] = np.diff(found.first)
    return np.cumsum(counts), found.rule, found.contract


def _contracts(desired: DesiredColumns, rows: Numbers) -> tuple[pa.StringArray, Numbers]:
    """Ids of the contracts in these rows (-1 for none), and their places in them."""
    ids = desired.columns.contract_ids.array
    is_used = np.zeros(len(ids) + 1, np.bool_)
    is_used[rows] = True
    is_used[-1] = False
    places = np.cumsum(is_used, dtype=np.int32) - np.int32(1)
    places[-1] = -1
    used = ids.take(pa.array(np.flatnonzero(is_used)))
    return used.dictionary_decode().cast(pa.string()), places[rows]


def _endings(
    inputs: ReconcileInputs, numbering: Numbering, drafts: DraftTable
) -> tuple[tuple[tuple[Ended, ...], ...], Numbers]:
    """Why what lines take away is not wanted any more: different answers, and the place of that of every line."""
    places: dict[tuple[Ended, ...], int] = {(): 0}
    ended = np.zeros(len(drafts), np.int32)
    takes_away = _TAKES_AWAY[drafts.ops]
    is_given = (drafts.sides & GIVEN) != 0
    lines = np.flatnonzero(takes_away & is_given)
    targets = numbering.target[drafts.entitlements[lines]]
    for target in np.unique(targets).tolist():
        account = Entitlement(numbering.targets[target], Kind.ACCOUNT)
        ended[lines[targets == target]] = places.setdefault((hangs_on_nothing(account),), len(places))
    if inputs.endings:
        lines = np.flatnonzero(takes_away & ~is_given)
        keys = numbering.keys_of(drafts.persons[lines], drafts.entitlements[lines])
        told = (inputs.endings.get(key, ()) for key in keys)
        ended[lines] = np.array([places.setdefault(one, len(places)) for one in told], np.int32)
    return tuple(places), ended


def _released(
    inputs: ReconcileInputs, numbering: Numbering, drafts: DraftTable, settled: Settled
) -> Mapping[int, tuple[str, ...]]:
    """Exclusions that ended and so released a line, by line."""
    if not inputs.decisions.ended:
        return {}
    persons = numbering.find_persons(sorted(inputs.decisions.ended))
    is_theirs = np.zeros(len(numbering.person_ids), np.bool_)
    is_theirs[persons[persons >= 0]] = True
    lines = np.flatnonzero(is_theirs[drafts.persons] & (settled.statuses != _FROZEN))
    scopes = FrozenScopes(inputs)
    keys = numbering.keys_of(drafts.persons[lines], drafts.entitlements[lines])
    by_scope = {scope: scopes.released_by(*scope) for scope in {(key.person, key.target) for key in keys}}
    found = zip(lines.tolist(), (by_scope[key.person, key.target] for key in keys), strict=True)
    return {line: released_by for line, released_by in found if released_by}


def _special(
    table: LineTable, drafts: Mapping[int, Draft], released: Mapping[int, tuple[str, ...]]
) -> Mapping[int, Line]:
    """Whole lines for those that have what no column has."""
    numbers = sorted({*released, *(line for line, draft in drafts.items() if _has_more(draft))})
    special = {}
    for line in table.lines_at(np.array(numbers, np.int64)):
        draft = drafts.get(line.n, Draft(line.key, line.op))
        special[line.n] = replace(
            line,
            before=draft.before,
            after=draft.after,
            anchor=draft.anchor,
            released_by=released.get(line.n, ()),
        )
    return special


def _has_more(draft: Draft) -> bool:
    return draft.before is not None or draft.after is not None or draft.anchor is not None
