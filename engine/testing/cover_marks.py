"""What a played day saw of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.evaluate.conditions import status_of
from engine.evaluate.context import Context, prepare
from engine.evaluate.persons import decide_person
from engine.evaluate.rules import Subject, offers_of
from engine.evaluate.values import Case
from engine.events.fire import occasions_of
from engine.explain.traces import ConditionTrace, GrantTrial, RuleTrace, trace_condition, trace_rule
from engine.testing.cover_items import is_atom, row_place
from engine.testing.timeline import PlayedDay
from policy.canonical import plain
from policy.coverage import Mark, Seen
from policy.expressions import Condition, ContractStatus
from policy.rules import CheckedPolicy, TableGrant


def marks_of(policy: CheckedPolicy, days: Iterable[PlayedDay]) -> frozenset[Mark]:
    """Give the marks that the days of a test left, of everybody who took part.

    A condition counts where the evaluator puts it before somebody: in a rule before contracts that lie in the window
    of one of its grants. Every part of it counts then, also one that another part made superfluous.
    """
    return frozenset(mark for day in days for mark in _of_day(policy, day))


def _of_day(policy: CheckedPolicy, played: PlayedDay) -> Iterator[Mark]:
    context = prepare(policy, played.snapshot, played.as_of, include_drafts=True)
    for person in played.snapshot.persons:
        decision = decide_person(person, context)
        subject = Subject.of(decision.person, context, decision.desired.keys())
        for rule in policy.rules.values():
            yield from _of_rule(trace_rule(rule, subject))
        yield from _of_exclusions(subject.alone, subject.cases, context)
    for person in played.snapshot.persons:
        for one in played.decisions.excluded.get(person.external_id, ()):
            yield Mark(policy.exclusions[one.exclusion].span, Seen.APPLIED)
    denied = {why.id for line in played.diff.lines for why in line.why if why.cause == "never"}
    for never in denied | {one.never for one in played.diff.violations}:
        yield Mark(policy.nevers[never].span, Seen.DENIED)
    yield from _of_events(policy, played)


def _of_rule(trace: RuleTrace) -> Iterator[Mark]:
    for trial in trace.grants:
        if not trial.inside:
            continue
        if trial.trial.condition is not None:
            yield from _of_condition(trial.trial.condition)
            if not trial.trial.satisfied:
                yield Mark(trace.rule.span, Seen.REFUSED)
        if trial.given:
            yield from _of_grant(trace, trial)


def _of_grant(trace: RuleTrace, trial: GrantTrial) -> Iterator[Mark]:
    grant, case = trial.grant, trial.trial.case
    if not any(one.entitlement is not None for one in offers_of(grant, case)):
        return
    yield Mark(trace.rule.span, Seen.GRANTED)
    if not isinstance(grant, TableGrant):
        yield Mark(grant.span, Seen.GIVEN)
        return
    key = case.value_of(grant.field)
    row = grant.otherwise if key is None else grant.rows.get(str(plain(key)), grant.otherwise)
    yield Mark(row_place(row), Seen.USED)


def _of_condition(trace: ConditionTrace) -> Iterator[Mark]:
    if is_atom(trace.condition):
        yield Mark(trace.condition.span, Seen.TRUE if trace.verdict else Seen.FALSE)
    for part in trace.parts:
        yield from _of_condition(part)


def _of_exclusions(alone: Case, cases: tuple[Case, ...], context: Context) -> Iterator[Mark]:
    running = [one for one in cases if status_of(one.contract, context.as_of) is ContractStatus.ACTIVE]
    for exclusion in context.policy.exclusions.values():
        yield from _put_before(exclusion.condition, running or [alone])


def _of_events(policy: CheckedPolicy, played: PlayedDay) -> Iterator[Mark]:
    for _, event in played.events:
        yield Mark(policy.events[event].span, Seen.FIRED)
    for occasion in occasions_of(played.occasion):
        yield from _put_before(occasion.event.condition, occasion.cases)


def _put_before(condition: Condition | None, cases: Iterable[Case]) -> Iterator[Mark]:
    for case in cases if condition is not None else ():
        assert condition is not None
        yield from _of_condition(trace_condition(condition, case))
