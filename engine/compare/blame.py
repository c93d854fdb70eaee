"""Which clause makes the difference: the fewest edits that turn what BASE decides for a person into what HEAD does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from engine.compare.edits import Chosen, Edit
from engine.compare.merging import Merge
from engine.compare.sources import clause_of
from engine.evaluate.context import prepare
from engine.evaluate.persons import decide_person
from engine.graph.holds import can_be_ordered
from policy.comparison import Blame
from policy.entitlements import Entitlement
from policy.people import Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

MOST_TOLD = 4
"""So many clauses are named where each of them makes the difference by itself."""

Differs = Callable[[Chosen], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody, among these departments, on a day; and the entitlement that the versions do not agree about."""

    entitlement: Entitlement
    person: Person
    departments: tuple[Department, ...]
    as_of: date

    @property
    def snapshot(self) -> Snapshot:
        """The person alone."""
        return Snapshot.of([self.person], self.departments)


def find_blame(merge: Merge, case: Case) -> tuple[Edit, ...]:
    """Edits to blame for a person who is entitled in one version alone.

    When single edits each make the difference, those are meant (the first few of them); else the smallest set from
    which none can be left out.
    """
    outcome = _outcomes(merge, case)
    every = frozenset(range(len(merge.edits)))
    before = outcome(frozenset())

    def differs(chosen: Chosen) -> bool:
        return outcome(chosen) is (not before)

    assert differs(every), "the versions differ for a witness"
    alone = [number for number in sorted(every) if differs({number})]
    chosen = alone[:MOST_TOLD] if alone else sorted(_shrunk(every, differs))
    return tuple(merge.edits[number] for number in chosen)


def blame_of(edits: Iterable[Edit], base: CheckedPolicy, head: CheckedPolicy) -> tuple[Blame, ...]:
    """Tell edits as clauses of both sources."""
    return tuple(
        Blame(
            one.rules,
            one.what,
            clause_of(one, base, one.base, stands=one.in_base),
            clause_of(one, head, one.head, stands=one.in_head),
        )
        for one in edits
    )


def _outcomes(merge: Merge, case: Case) -> Callable[[Chosen], bool | None]:
    """Tell for a choice of edits whether the person is entitled; None when its rules would wait for one another."""
    people = case.snapshot

    def outcome(chosen: Chosen) -> bool | None:
        policy = merge.make(chosen)
        if not can_be_ordered({name: rule for name, rule in policy.rules.items() if not rule.draft}):
            return None
        context = prepare(policy, people, case.as_of, include_drafts=False)
        return case.entitlement in decide_person(case.person, context).desired

    return outcome


def _shrunk(every: Chosen, differs: Differs) -> Chosen:
    """Leave out one edit after the other as long as the difference stays."""
    kept = set(every)
    for number in sorted(every):
        if differs(kept - {number}):
            kept.discard(number)
    return kept
