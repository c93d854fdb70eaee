"""The door of evaluation: from policy, snapshot and day to decisions. It stays for ever as the reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from engine.evaluate.context import Context, prepare
from engine.evaluate.exclusions import part_by_day
from engine.evaluate.persons import trace_person
from engine.evaluate.traces import GrantTrial, PersonTrace, RuleTrace
from policy.catalogue.evaluation import NAME_NOT_FILLED
from policy.decisions import ActiveExclusion, Decisions
from policy.diagnostics import Diagnostic
from policy.entitlements import EntitlementKey
from policy.people import Person
from policy.rules import CheckedPolicy, Exclusion
from policy.snapshot import Snapshot

_ByPerson = dict[str, tuple[ActiveExclusion, ...]]


def evaluate(policy: CheckedPolicy, snapshot: Snapshot, as_of: date, *, include_drafts: bool = False) -> Decisions:
    """Who is entitled to what on the day `as_of`, and why; who is frozen or excluded.

    Exactly LANGUAGE.md sections 5, 6, 9 and the exclusions of section 7. A pure function: equal inputs give an equal
    result with every mapping in the same order. `include_drafts` lets draft rules take part.
    """
    context = prepare(policy, snapshot, as_of, include_drafts=include_drafts)
    found = [_decide(person, context) for person in snapshot.persons]
    traces = [trace for trace, _ in found]
    present = frozenset(person.external_id for person in snapshot.persons)
    desired = {
        EntitlementKey.of(trace.person.external_id, entitlement): reasons
        for trace in traces
        for entitlement, reasons in trace.desired.items()
    }
    excluded, ended = _exclusions_of_absent(policy, present, as_of)
    excluded |= {trace.person.external_id: trace.excluded for trace in traces}
    ended |= {trace.person.external_id: trace.ended for trace in traces}
    return Decisions(
        as_of=as_of,
        desired={key: desired[key] for key in sorted(desired)},
        frozen={trace.person.external_id: trace.frozen for trace in traces if trace.frozen},
        excluded=_sorted(excluded),
        ended=_sorted(ended),
        present=present,
        includes_drafts=include_drafts,
        warnings=tuple(sorted({one for _, warnings in found for one in warnings}, key=lambda one: one.sort_key)),
    )


def _exclusions_of_absent(policy: CheckedPolicy, present: frozenset[str], as_of: date) -> tuple[_ByPerson, _ByPerson]:
    """Exclusions by number of people who are gone from the sources: those that hold, and those that are over."""
    numbered: dict[str, list[Exclusion]] = {}
    for _, one in sorted(policy.exclusions.items()):
        if one.person is not None and one.person not in present:
            numbered.setdefault(one.person, []).append(one)
    parted = {person: part_by_day(exclusions, as_of) for person, exclusions in numbered.items()}
    return {who: one for who, (one, _) in parted.items()}, {who: one for who, (_, one) in parted.items()}


def _sorted(exclusions: _ByPerson) -> _ByPerson:
    return {person: exclusions[person] for person in sorted(exclusions) if exclusions[person]}


def _decide(person: Person, context: Context) -> tuple[PersonTrace, tuple[Diagnostic, ...]]:
    """Evaluate one person; the traces of rules end here, or a large town would not fit in memory."""
    trace = trace_person(person, context)
    warnings = tuple(
        warning
        for rule in trace.rules
        for grant in rule.grants
        if grant.given
        for warning in _unfilled(person.external_id, rule, grant)
    )
    return replace(trace, rules=()), warnings


def _unfilled(person: str, trace: RuleTrace, grant: GrantTrial) -> Iterable[Diagnostic]:
    for offer in grant.offers:
        if offer.missing is None:
            continue
        through = (
            f"contract {grant.trial.contract_id} of person {person}" if grant.trial.contract else f"person {person}"
        )
        yield Diagnostic(
            NAME_NOT_FILLED,
            f"Rule {trace.rule.id} grants nothing for {through} here: {offer.missing.name} has no value.",
            span=offer.template.span,
            hint=f"Add to the rule: {offer.missing.name} is known. Or fill the field in the source.",
            subject=person,
        )
