"""The door of this room: from policy, columns and day to decisions, the same as those of `engine.evaluate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from engine.columnar.columns import Columns
from engine.columnar.desired import DesiredColumns
from engine.columnar.exclusions import excluded_people
from engine.columnar.gifts import GiftList, Unfilled
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
from policy.entitlements import EntitlementKey
from policy.people import DataProblem
from policy.rules import CheckedPolicy, Exclusion

Desired = Mapping[EntitlementKey, tuple[Reason, ...]]


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


def decisions_of(tables: Tables, desired: DesiredColumns, *, include_drafts: bool) -> Decisions:
    """Decisions around what is desired: who is frozen or excluded, and what came to nothing."""
    columns, context = tables.population.columns, tables.population.context
    facts = facts_of(tables, desired)
    desired = replace(desired, work=replace(desired.work, looked_at=facts.looked_at))
    return tell(context.policy, context.as_of, desired, columns=columns, facts=facts, include_drafts=include_drafts)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of people beside what is desired.

    `spoken_of` are the exclusions that speak of each, whether ended or not, `frozen` the problems that freeze them;
    `unfilled` are gifts that came to nothing, as a field of their name has no value, with the person each was for.
    `looked_at` counts the people whose data were looked at one by one.
    """

    spoken_of: Mapping[str, tuple[Exclusion, ...]]
    frozen: Mapping[str, tuple[DataProblem, ...]]
    unfilled: tuple[tuple[str, Gift], ...]
    looked_at: int


def facts_of(tables: Tables, desired: DesiredColumns) -> Facts:
    """Facts about the people of the tables, of whom the kernel found what is desired."""
    population = tables.population
    frozen, looked_at = population.frozen
    return Facts(excluded_people(tables.masks), frozen, (*unfilled_gifts(tables.gifts, desired),), looked_at)


def tell(
    policy: CheckedPolicy, as_of: date, desired: Desired, *, columns: Columns, facts: Facts, include_drafts: bool
) -> Decisions:
    """Put decisions together: what is desired of the persons of `columns`, and the facts about them."""
    present = PersonIds(columns)
    excluded, ended = exclusions_of_absent(policy, present, as_of)
    for person, exclusions in facts.spoken_of.items():
        excluded[person], ended[person] = part_by_day(exclusions, as_of)
    warnings = {tell_unfilled(person, gift) for person, gift in facts.unfilled}
    return Decisions(
        as_of=as_of,
        desired=desired,
        frozen=facts.frozen,
        excluded=sorted_by_person(excluded),
        ended=sorted_by_person(ended),
        present=present,
        includes_drafts=include_drafts,
        warnings=tuple(sorted(warnings, key=lambda one: one.sort_key)),
    )


def unfilled_gifts(listed: GiftList, desired: DesiredColumns) -> Iterator[tuple[str, Gift]]:
    """Tell of gifts that came to nothing, as a field of their name has no value, and the person each was for."""
    gifts, columns = listed.gifts, desired.columns
    for spell in np.flatnonzero(np.diff(gifts.first_named)).tolist():
        rule = listed.spells[spell][0]
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
                for one in _came_to_nothing(listed, grant, row, through):
                    offer = Offer(one.template, None, one.missing)
                    yield columns.person_ids[row].as_py(), Gift(reason, offer)


def _came_to_nothing(listed: GiftList, grant: int, row: int, through: int) -> tuple[Unfilled, ...]:
    one, gifts = listed.grants[grant], listed.gifts
    code = gifts.person_codes[one.slot, row] if through < 0 else gifts.codes[one.slot, through]
    return one.unfilled[int(code)]
