"""The door of evaluation: from policy, snapshot and day to decisions. It stays for ever as the reference."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date

from engine.evaluate.context import prepare
from engine.evaluate.exclusions import part_by_day
from engine.evaluate.persons import Gift, decide_person
from policy.catalogue.evaluation import NAME_NOT_FILLED
from policy.decisions import ActiveExclusion, Decisions
from policy.diagnostics import Diagnostic
from policy.entitlements import EntitlementKey
from policy.rules import CheckedPolicy, Exclusion
from policy.snapshot import Snapshot

_ByPerson = dict[str, tuple[ActiveExclusion, ...]]


def evaluate(policy: CheckedPolicy, snapshot: Snapshot, as_of: date, *, include_drafts: bool = False) -> Decisions:
    """Who is entitled to what on the day `as_of`, and why; who is frozen or excluded.

    Exactly LANGUAGE.md sections 5, 6, 9 and the exclusions of section 7. A pure function: equal inputs give an equal
    result with every mapping in the same order. `include_drafts` lets draft rules take part.
    """
    context = prepare(policy, snapshot, as_of, include_drafts=include_drafts)
    found = {person.external_id: decide_person(person, context) for person in snapshot.persons}
    present = frozenset(found)
    # INVARIANT: a snapshot holds persons in order, a decision entitlements: so keys come in theirs.
    desired = {
        EntitlementKey.of(person, entitlement): reasons
        for person, one in found.items()
        for entitlement, reasons in one.desired.items()
    }
    warnings = {tell_unfilled(person, gift) for person, one in found.items() for gift in one.unfilled}
    excluded, ended = exclusions_of_absent(policy, present, as_of)
    excluded |= {person: one.excluded for person, one in found.items()}
    ended |= {person: one.ended for person, one in found.items()}
    return Decisions(
        as_of=as_of,
        desired=desired,
        frozen={person: one.frozen for person, one in found.items() if one.frozen},
        excluded=sorted_by_person(excluded),
        ended=sorted_by_person(ended),
        present=present,
        includes_drafts=include_drafts,
        warnings=tuple(sorted(warnings, key=lambda one: one.sort_key)),
    )


def exclusions_of_absent(policy: CheckedPolicy, present: AbstractSet[str], as_of: date) -> tuple[_ByPerson, _ByPerson]:
    """Exclusions by number of people who are gone from the sources: those that hold, and those that are over."""
    numbered: dict[str, list[Exclusion]] = {}
    for _, one in sorted(policy.exclusions.items()):
        if one.person is not None and one.person not in present:
            numbered.setdefault(one.person, []).append(one)
    parted = {person: part_by_day(exclusions, as_of) for person, exclusions in numbered.items()}
    return {who: one for who, (one, _) in parted.items()}, {who: one for who, (_, one) in parted.items()}


def sorted_by_person(exclusions: _ByPerson) -> _ByPerson:
    """Give exclusions in order of persons, without those who have none."""
    return {person: exclusions[person] for person in sorted(exclusions) if exclusions[person]}


def tell_unfilled(person: str, gift: Gift) -> Diagnostic:
    """Warn that a gift came to nothing."""
    missing, contract = gift.offer.missing, gift.reason.contract
    assert missing is not None, "only a field without a value leaves a name unfilled"
    through = f"contract {contract} of person {person}" if contract else f"person {person}"
    return Diagnostic(
        NAME_NOT_FILLED,
        f"Rule {gift.reason.rule} grants nothing for {through} here: {missing.name} has no value.",
        span=gift.offer.template.span,
        hint=f"Add to the rule: {missing.name} is known. Or fill the field in the source.",
        subject=person,
    )
