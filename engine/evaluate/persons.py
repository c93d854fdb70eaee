"""Everything decided about one person: rules in order, what freezes them, who leaves them alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from engine.evaluate.context import Context
from engine.evaluate.exclusions import exclusions_of, part_by_day
from engine.evaluate.rules import Offer, Subject, givers_of, offers_of
from engine.evaluate.typed_person import type_person
from engine.people.required import freezing_problems
from policy.decisions import ActiveExclusion, Reason
from policy.entitlements import Entitlement
from policy.people import DataProblem, Person

_IN_ORDER = attrgetter("target", "kind", "name")  # the order of entitlements


class Gift(NamedTuple):
    """Something a rule gives, through the contract of the reason: nothing when a field of its name is absent."""

    reason: Reason
    offer: Offer


@dataclass(frozen=True, slots=True)
class PersonDecision:
    """What was decided about one person; `person` carries typed values and the primary manager.

    `unfilled` are gifts that came to nothing, as a field of their name has no value.
    """

    person: Person
    desired: dict[Entitlement, tuple[Reason, ...]]
    unfilled: tuple[Gift, ...]
    frozen: tuple[DataProblem, ...]
    excluded: tuple[ActiveExclusion, ...]
    ended: tuple[ActiveExclusion, ...]


def decide_person(person: Person, context: Context) -> PersonDecision:
    """Evaluate one person of the snapshot.

    A frozen person is evaluated like any other, as far as the data go: the freeze is a fact beside it.
    """
    typed = type_person(person, context)
    desired: dict[Entitlement, set[Reason]] = {}
    subject = Subject.of(typed, context, desired.keys())
    unfilled: list[Gift] = []
    for gift in _gifts(subject, context):
        # INVARIANT: a gift is kept before the next rule is looked at, and every rule that may grant what another one
        # `holds` stands before it (engine.graph.holds).
        if gift.offer.entitlement is None:
            unfilled.append(gift)
        else:
            desired.setdefault(gift.offer.entitlement, set()).add(gift.reason)
    reasons = {one: tuple(sorted(desired[one])) for one in sorted(desired, key=_IN_ORDER)}
    return _decision(person, subject, reasons, tuple(unfilled))


def decide_around(person: Person, context: Context, desired: dict[Entitlement, tuple[Reason, ...]]) -> PersonDecision:
    """Decide what else there is about a person of whom somebody worked out already what is `desired`, and why.

    Gifts that came to nothing are left out.
    """
    subject = Subject.of(type_person(person, context), context, desired.keys())
    return _decision(person, subject, desired, ())


def _decision(
    person: Person, subject: Subject, desired: dict[Entitlement, tuple[Reason, ...]], unfilled: tuple[Gift, ...]
) -> PersonDecision:
    context = subject.alone.context
    holding, over = part_by_day(exclusions_of(subject.alone), context.as_of)
    problems = freezing_problems(person, context.policy.schema, ended_since=context.horizon)
    return PersonDecision(
        person=subject.alone.person,
        desired=desired,
        unfilled=unfilled,
        frozen=tuple(dict.fromkeys(problems)),
        excluded=holding,
        ended=over,
    )


def _gifts(subject: Subject, context: Context) -> Iterator[Gift]:
    for rule in context.rules:
        for spell in context.spells[rule.id]:
            for case in givers_of(rule, spell.window, subject):
                reason = Reason(rule.id, rule.span.at, case.contract_id)
                for grant in spell.grants:
                    yield from (Gift(reason, offer) for offer in offers_of(grant, case))
