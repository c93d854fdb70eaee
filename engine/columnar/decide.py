"""The door of this room: from policy, columns and day to decisions, the same as those of `engine.evaluate`."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.desired import DesiredColumns
from engine.columnar.exclusions import excluded_people
from engine.columnar.freezing import frozen_people
from engine.columnar.gifts import Unfilled
from engine.columnar.persons import snapshot_of
from engine.columnar.population import Population
from engine.columnar.run import run
from engine.columnar.tables import Tables, tables_of
from engine.evaluate.context import prepare
from engine.evaluate.evaluate import exclusions_of_absent, sorted_by_person, tell_unfilled
from engine.evaluate.exclusions import part_by_day
from engine.evaluate.persons import Gift
from engine.evaluate.rules import Offer
from policy.decisions import Decisions, Reason
from policy.diagnostics import Diagnostic
from policy.rules import CheckedPolicy


@dataclass(frozen=True, slots=True, eq=False)
class PersonIds(AbstractSet[str]):
    """External ids of the persons of columns, as a set."""

    columns: Columns

    def __contains__(self, person: object) -> bool:
        return isinstance(person, str) and self.columns.find(person) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.person_ids.to_pylist())

    def __len__(self) -> int:
        return self.columns.person_count


def compile_tables(policy: CheckedPolicy, columns: Columns, as_of: date, *, include_drafts: bool = False) -> Tables:
    """Compile `policy` for the people of `columns` on the day `as_of`; draft rules take part when asked for."""
    context = prepare(policy, snapshot_of(columns), as_of, include_drafts=include_drafts)
    return tables_of(Population(columns, context))


def decide(
    policy: CheckedPolicy, columns: Columns, as_of: date, *, include_drafts: bool = False, parts: int = 1
) -> Decisions:
    """Who is entitled to what on the day `as_of`, and why: equal to `engine.evaluate.evaluate.evaluate`.

    `parts` parts of whole persons are decided side by side; the result does not depend on how many.
    """
    tables = compile_tables(policy, columns, as_of, include_drafts=include_drafts)
    return decisions_of(tables, run(tables, parts=parts), include_drafts=include_drafts)


def decide_rows(tables: Tables, rows: NDArray[np.int64], *, include_drafts: bool = False) -> Decisions:
    """Decide the persons in these rows of the tables (ascending, each once) alone; nothing is compiled again.

    The cost grows with the persons asked for. Give the `include_drafts` that the tables were compiled with. Persons who
    are not among them are not present here, so exclusions by number speak of them as of somebody who is gone.
    """
    theirs = tables.take(rows)
    return decisions_of(theirs, run(theirs), include_drafts=include_drafts)


def decisions_of(tables: Tables, desired: DesiredColumns, *, include_drafts: bool) -> Decisions:
    """Decisions around what is desired: who is frozen or excluded, and what came to nothing."""
    columns, context = tables.population.columns, tables.population.context
    present = PersonIds(columns)
    excluded, ended = exclusions_of_absent(context.policy, present, context.as_of)
    for person, exclusions in excluded_people(tables.masks).items():
        excluded[person], ended[person] = part_by_day(exclusions, context.as_of)
    frozen, looked_at = frozen_people(columns, context)
    return Decisions(
        as_of=context.as_of,
        desired=replace(desired, work=replace(desired.work, looked_at=looked_at)),
        frozen=frozen,
        excluded=sorted_by_person(excluded),
        ended=sorted_by_person(ended),
        present=present,
        includes_drafts=include_drafts,
        warnings=tuple(sorted(set(_unfilled(tables, desired)), key=lambda one: one.sort_key)),
    )


def _unfilled(tables: Tables, desired: DesiredColumns) -> Iterator[Diagnostic]:
    """Tell of gifts that came to nothing, as a field of their name has no value."""
    gifts, listed = tables.gifts.gifts, tables.gifts
    columns = desired.columns
    for spell, (rule, _) in enumerate(listed.spells):
        named = gifts.named[gifts.first_named[spell] : gifts.first_named[spell + 1]].tolist()
        grants = [grant for grant in named if any(listed.grants[grant].unfilled)]
        if not grants:
            continue
        at = np.flatnonzero(desired.fired == spell)
        rows = np.searchsorted(desired.first_fired, at, side="right") - 1
        for row, through in zip(rows.tolist(), desired.through[at].tolist(), strict=True):
            contract = "" if through < 0 else str(columns.contract_ids.value(through))
            reason = Reason(rule.id, rule.span.at, contract)
            for grant in grants:
                for one in _came_to_nothing(tables, grant, row, through):
                    offer = Offer(one.template, None, one.missing)
                    yield tell_unfilled(columns.person_ids[row].as_py(), Gift(reason, offer))


def _came_to_nothing(tables: Tables, grant: int, row: int, through: int) -> tuple[Unfilled, ...]:
    one, gifts = tables.gifts.grants[grant], tables.gifts.gifts
    code = gifts.person_codes[one.slot, row] if through < 0 else gifts.codes[one.slot, through]
    return one.unfilled[int(code)]
