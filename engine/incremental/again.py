"""The door of this room: evaluate again after a change, and decide only about whom it touches."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.decide import Facts, facts_of, tell, unfilled_gifts
from engine.columnar.desired import DesiredColumns
from engine.columnar.exclusions import excluded_people
from engine.columnar.known import tables_over
from engine.columnar.masks import Masks
from engine.columnar.persons import snapshot_of
from engine.columnar.population import Population
from engine.columnar.run import run
from engine.evaluate.context import Context, prepare
from engine.incremental.days import turned_persons
from engine.incremental.evaluation import Evaluation, evaluate_whole
from engine.incremental.index import ValueIndex
from engine.incremental.layers import lay_over
from engine.incremental.persons import PersonChanges, compare_persons
from engine.incremental.places import place_desired, place_exclusions, place_facts
from engine.incremental.policies import PolicyChanges, compare_policies
from engine.incremental.rules import RuleFirings, new_firings, old_firings, splice
from engine.incremental.touched import Cause, Touched
from engine.incremental.units import moved_persons
from engine.people.horizon import contract_horizon
from policy.decisions import Decisions
from policy.rules import CheckedPolicy

_MOST = 0.5
"""When more of all persons are touched, everybody is decided about."""
_MANY = 10_000
"""More persons than this are worth several threads."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """Decisions after a change, and what it touched. `whole` is there when everybody was decided about after all."""

    decisions: Decisions
    touched: Touched
    whole: Evaluation | None = None


@dataclass(frozen=True, eq=False)
class _Part:
    """What was decided anew about the persons in some rows of the new columns."""

    rows: Rows
    desired: DesiredColumns
    facts: Facts


def evaluate_again(
    before: Evaluation,
    policy: CheckedPolicy,
    columns: Columns,
    as_of: date,
    *,
    changed: Collection[str] | None = None,
    most: float = _MOST,
) -> Again:
    """Decide about `columns` by `policy` on the day `as_of`, where `before` says what was decided earlier.

    Equal to evaluating everybody (invariant E9), reasons and warnings too. `changed` are the external ids of all
    persons whose data may differ, added ones too, for a caller who knows them; otherwise all columns are compared. What
    is decided takes `before` along, which stays as it was: changes are always counted from there, so more and more
    persons are touched until more than the share `most` of them are and one whole evaluation starts anew
    (`Again.whole`).
    """
    change = _Change(before, policy, columns, as_of, changed)
    touched = change.touched
    if not touched.everybody and touched.count > most * columns.person_count:
        touched = replace(touched, everybody="most persons are touched")
    if touched.everybody:
        found = evaluate_whole(policy, columns, as_of, include_drafts=before.include_drafts, parts=before.parts)
        return Again(found.decisions, touched, found)
    parts = change.decide()
    base, layers = before.desired, [(one.rows, one.desired) for one in parts]
    if policy is not before.policy:
        base, layers = place_desired(base, policy), [(rows, place_desired(one, policy)) for rows, one in layers]
    desired = lay_over(columns, base, change.persons.row_before, layers)
    facts = change.facts(parts)
    told = tell(policy, as_of, desired, columns=columns, facts=facts, include_drafts=before.include_drafts)
    return Again(told, touched)


@dataclass(frozen=True, eq=False)
class _Change:
    """From an evaluation to new inputs: what differs, and what follows from it."""

    before: Evaluation
    policy: CheckedPolicy
    columns: Columns
    as_of: date
    named: Collection[str] | None

    @cached_property
    def policies(self) -> PolicyChanges:
        """What differs between the policies."""
        drafts = self.before.include_drafts
        return compare_policies(self.before.policy, self.policy, self.before.holders, include_drafts=drafts)

    @cached_property
    def persons(self) -> PersonChanges:
        """Who differs between the snapshots."""
        return compare_persons(self.before.columns, self.columns, self.named)

    @cached_property
    def is_of_rules_alone(self) -> bool:
        """Whether people, departments and day are the same."""
        same_people = not self.persons.gone and not self.persons.changed.any()
        return same_people and self.context is self.before.context

    @cached_property
    def context(self) -> Context:
        """Day and departments of now, before the rules of then."""
        then = self.before.context
        if self.as_of == then.as_of and self.columns.departments == self.before.columns.departments:
            return then
        snapshot = snapshot_of(self.columns)
        return prepare(then.policy, snapshot, self.as_of, include_drafts=self.before.include_drafts)

    @cached_property
    def index(self) -> ValueIndex:
        """People of now by their values."""
        if self.is_of_rules_alone:
            return self.before.index
        return ValueIndex(Population(self.columns, self.context))

    @cached_property
    def firings(self) -> RuleFirings:
        """Where the rules that changed fire now."""
        return new_firings(self.policy, self.policies, self.index, include_drafts=self.before.include_drafts)

    @cached_property
    def touched(self) -> Touched:
        """Who has to be decided about again, and why."""
        found = Touched(
            np.zeros(self.columns.person_count, np.bool_),
            everybody=self.policies.everybody,
            rules=self.policies.rules,
            gone=self.persons.gone,
            exclusions=self.policies.exclusions,
        )
        if found.everybody:
            return found
        found.add(Cause.DATA, self.persons.changed)
        if self.context.departments is not self.before.context.departments:
            found.add(Cause.DEPARTMENTS, moved_persons(self.before.context.departments, self.index.population))
        turned = self._turned()
        if turned is None:
            return replace(found, everybody="a window begins or ends on a date that lies between the two days")
        found.add(Cause.DAY, turned)
        if found.rules:
            found.add(Cause.RULES, self._fired())
        return found

    def decide(self) -> list[_Part]:
        """Decide about whoever is touched, in the cheapest way that is right."""
        rows = np.flatnonzero(self.touched.persons)
        if not len(rows):
            return []
        causes = self.touched.causes.keys()
        if causes == {Cause.DATA} and not self.policies.rules and self.context is self.before.context:
            return self._look_up(rows)
        if causes == {Cause.RULES} and self.is_of_rules_alone:
            return self._splice_all(rows)
        return [self._anew(rows)]

    def facts(self, parts: list[_Part]) -> Facts:
        """Put facts about those who are untouched and those who were decided about anew together."""
        kept = self._facts_of(touched=False)
        spoken_of, frozen, unfilled = {**kept.spoken_of}, {**kept.frozen}, [*kept.unfilled]
        for one in parts:
            spoken_of |= one.facts.spoken_of
            frozen |= one.facts.frozen
            unfilled += one.facts.unfilled
        looked_at = sum(one.facts.looked_at for one in parts)
        facts = Facts(spoken_of, dict(sorted(frozen.items())), tuple(unfilled), looked_at)
        if self.policy is self.before.policy:
            return facts
        facts = place_facts(facts, self.before.policy, self.policy, self.policies.rules)
        if not self.policies.exclusions:
            return replace(facts, spoken_of=place_exclusions(facts.spoken_of, self.policy))
        snapshot = snapshot_of(self.columns)
        context = prepare(self.policy, snapshot, self.as_of, include_drafts=self.before.include_drafts)
        return replace(facts, spoken_of=excluded_people(Masks(Population(self.columns, context))))

    def _turned(self) -> NDArray[np.bool_] | None:
        """Whom the other day touches, and who is frozen by what ended as long ago as the rules look back."""
        then, horizon = self.before.context, self.horizon
        if (self.as_of, horizon) == (then.as_of, then.horizon):
            return np.zeros(self.columns.person_count, np.bool_)
        return turned_persons(then, replace(self.context, horizon=horizon), self.index.population)

    @cached_property
    def horizon(self) -> date:
        """How far back the policy of now looks; rules that are the same look back as far as they did."""
        policies = (self.before.policy, self.policy)
        if policies[0] is policies[1]:
            return self.context.horizon
        unlike = [{id_: one.rules[id_] for id_ in sorted(self.policies.unlike) if id_ in one.rules} for one in policies]
        then, now = (
            contract_horizon(replace(one, rules=rules), self.as_of) for one, rules in zip(policies, unlike, strict=True)
        )
        return self.context.horizon if then == now else contract_horizon(self.policy, self.as_of)

    def _fired(self) -> NDArray[np.bool_]:
        """For whom the rules that changed fired, or fire now."""
        found = np.zeros(self.columns.person_count, np.bool_)
        found[self.firings.persons] = True
        was = np.zeros(self.before.columns.person_count, np.bool_)
        was[old_firings(self.before, self.policies.rules)] = True
        stayed = self.persons.row_before >= 0
        found[stayed] |= was[self.persons.row_before[stayed]]
        return found

    def _look_up(self, rows: Rows) -> list[_Part]:
        """Decide about people whose data changed by the tables that are there already."""
        tables, strangers = tables_over(self.before.tables, self.columns.take(rows))
        parts = []
        if not strangers.all():
            if strangers.any():
                tables = tables.take(np.flatnonzero(~strangers))
            desired = run(tables)
            parts.append(_Part(rows[~strangers], desired, facts_of(tables, desired)))
        if strangers.any():
            parts.append(self._anew(rows[strangers]))
        return parts

    def _splice_all(self, rows: Rows) -> list[_Part]:
        """Decide about many people in as many parts at a time as before."""
        count = self.before.parts if len(rows) > _MANY else 1
        with ThreadPoolExecutor(count) as pool:
            return [*pool.map(self._splice, np.array_split(rows, count))]

    def _splice(self, rows: Rows) -> _Part:
        """Decide about people of whom only the rules that changed say something else."""
        desired, listed = splice(self.before, self.policies.rules, self.firings, rows)
        facts = replace(self._facts_of(touched=True), unfilled=tuple(unfilled_gifts(listed, desired)))
        return _Part(rows, desired, facts)

    def _anew(self, rows: Rows) -> _Part:
        """Decide about some people from the beginning."""
        means_the_same = not self.policies.rules and not self.policies.exclusions
        policy = self.before.policy if means_the_same and self.horizon == self.context.horizon else self.policy
        few = self.columns.take(rows).narrowed()
        found = evaluate_whole(policy, few, self.as_of, include_drafts=self.before.include_drafts)
        return _Part(rows, found.desired, found.facts)

    def _facts_of(self, *, touched: bool) -> Facts:
        """Facts of before about persons who are touched, or are not."""
        facts = self.before.facts
        known: dict[str, bool] = {}

        def is_meant(person: str) -> bool:
            if person not in known:
                row = self.columns.find(person)
                known[person] = row is not None and bool(self.touched.persons[row]) is touched
            return known[person]

        return Facts(
            {person: found for person, found in facts.spoken_of.items() if is_meant(person)},
            {person: found for person, found in facts.frozen.items() if is_meant(person)},
            tuple(one for one in facts.unfilled if is_meant(one[0])),
            0,
        )
