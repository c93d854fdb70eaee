"""One grant of one rule told for one entitlement: every attempt, and what stands in the way of the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.evaluate.rules import Offer, offers_of
from engine.evaluate.windows import Period
from engine.explain.blame import Blame, blame
from engine.explain.traces import ConditionTrace, GrantTrial, RuleTrace
from engine.explain.wording import condition_text, value_text
from engine.graph.templates import may_give, template_text, templates_of
from policy.entitlements import Entitlement
from policy.explanations import AttemptExplained, ConditionExplained, Failure, GrantExplained, WindowExplained
from policy.expressions import Comparison
from policy.rules import Grant, Rule, Scope, TableGrant, WindowBound
from policy.types import Field


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which entitlement, on which day, by a reader with which rights."""

    entitlement: Entitlement
    as_of: date
    reveal_private: bool = False


def explain_grants(trace: RuleTrace, question: Question, *, attempts: bool = True) -> list[GrantExplained]:
    """Every grant of the rule that could give the entitlement, told for the person of the trace.

    Without `attempts` only what stands in the way of the nearest one is put into words.
    """
    return [
        _explain_grant(trace, grant, question, attempts=attempts)
        for grant in trace.rule.grants
        if any(may_give(one, question.entitlement) for one in templates_of(grant))
    ]


def explain_condition(trace: ConditionTrace, *, reveal_private: bool) -> ConditionExplained:
    """Tell a condition with the value it saw; private values only when asked to."""
    condition = trace.condition
    compares = isinstance(condition, Comparison)
    hidden = isinstance(condition, Comparison) and condition.field.private and not reveal_private
    return ConditionExplained(
        text=condition_text(condition),
        verdict=trace.verdict,
        at=condition.span.at,
        contract=trace.contract,
        compares=compares,
        saw=None if hidden or trace.seen is None else value_text(trace.seen),
        hidden=hidden,
        against=trace.moment.isoformat() if trace.moment and not hidden else None,
        parts=tuple(explain_condition(part, reveal_private=reveal_private) for part in trace.parts),
    )


def _explain_grant(
    trace: RuleTrace, grant: Grant | TableGrant, question: Question, *, attempts: bool
) -> GrantExplained:
    rule = trace.rule
    trials = [one for one in trace.grants if one.grant is grant]
    distance, failures = _nearest(trace, trials, question)
    return GrantExplained(
        rule=rule.id,
        title=rule.title,
        at=rule.span.at,
        grant_at=grant.span.at,
        scope=rule.scope.value,
        draft=rule.draft,
        via=grant.via if isinstance(grant, Grant) else (),
        given=any(_is_given(one, question) for one in trials),
        attempts=tuple(_attempt(one, question) for one in trials) if attempts else (),
        failures=failures,
        distance=distance,
    )


def _is_given(trial: GrantTrial, question: Question) -> bool:
    offer = _offer_for(trial, question) if trial.given else None
    return offer is not None and offer.entitlement == question.entitlement


def _attempt(trial: GrantTrial, question: Question) -> AttemptExplained:
    offer = _offer_for(trial, question)
    condition, period = trial.trial.condition, trial.period
    return AttemptExplained(
        contract=trial.trial.case.contract_id,
        given=_is_given(trial, question),
        satisfied=trial.trial.satisfied,
        window=None if period is None else WindowExplained(period.first, period.last, trial.inside),
        condition=None if condition is None else explain_condition(condition, reveal_private=question.reveal_private),
        would_give=_shown(offer, question),
    )


def _offer_for(trial: GrantTrial, question: Question) -> Offer | None:
    """Find the offer that is `entitlement`, else the first one whose template could be it."""
    offers = offers_of(trial.grant, trial.trial.case)
    exact = (one for one in offers if one.entitlement == question.entitlement)
    could = (one for one in offers if may_give(one.template, question.entitlement))
    return next(exact, None) or next(could, None)


def _nearest(trace: RuleTrace, trials: list[GrantTrial], question: Question) -> tuple[int, tuple[Failure, ...]]:
    """Distance and failures of the attempt that came nearest.

    Of equals a contract in the window tells more than one outside, a later end more than an earlier one; then the first
    contract by external id is taken.
    """
    rule = trace.rule
    said = "The rule is a draft: it grants nothing yet."
    draft = [] if trace.takes_part else [Failure("draft", said, rule.span.at)]
    if not trials:
        missing = "primary contract" if rule.scope is Scope.PRIMARY_CONTRACT else "contract"
        failure = Failure("scope", f"The person has no {missing}, and the rule speaks of one.", rule.span.at)
        return 1 + len(draft), (*draft, failure)
    ways = [_way(rule, trial, trials, question) for trial in trials]
    nearest = min(ways, key=lambda way: (way.distance, not way.trial.inside, -_last_day(way.trial)))
    return nearest.distance + len(draft), (*draft, *_failures(nearest, question))


@dataclass(frozen=True, slots=True)
class _Way:
    """What stands in the way of one attempt, not in words yet: conditions by whose they are, the window, the name."""

    trial: GrantTrial
    blamed: tuple[tuple[GrantTrial, Blame], ...]
    outside: Period | None
    offer: Offer | None
    misses: bool

    @property
    def distance(self) -> int:
        """How much would have to be different."""
        return sum(one.distance for _, one in self.blamed) + (self.outside is not None) + self.misses


def _way(rule: Rule, trial: GrantTrial, fellows: list[GrantTrial], question: Question) -> _Way:
    """List what stands in the way of one attempt; `for every contract` also asks the others in the window."""
    every = rule.scope is Scope.EVERY_CONTRACT
    voters = (one for one in fellows if one is trial or (every and one.inside))
    offer = _offer_for(trial, question)
    return _Way(
        trial=trial,
        blamed=tuple((one, blame(one.trial.condition)) for one in voters if one.trial.condition is not None),
        outside=None if trial.inside else trial.period,
        offer=offer,
        misses=offer is None or offer.entitlement != question.entitlement,
    )


def _failures(way: _Way, question: Question) -> tuple[Failure, ...]:
    trial = way.trial
    failures = [
        _condition_failure(*leaf, voter.trial.case.contract_id, question)
        for voter, found in way.blamed
        for leaf in found.leaves
    ]
    if way.outside is not None:
        failures.append(_window_failure(trial, way.outside, question.as_of))
    if way.misses:
        failures.append(_name_failure(trial, way.offer, question))
    return tuple(failures)


def _last_day(trial: GrantTrial) -> int:
    """Last day of the trial's window as a number, 0 for a window without an end."""
    return trial.period.last.toordinal() if trial.period and trial.period.last else 0


def _condition_failure(
    leaf: ConditionTrace,
    wanted: bool,  # noqa: FBT001  # a verdict
    contract: str,
    question: Question,
) -> Failure:
    told = explain_condition(leaf, reveal_private=question.reveal_private)
    says = "is false" if wanted else "is true, and should not be"
    if not told.compares:
        return Failure("condition", f"{told.text} {says}.", told.at, contract)
    value = "a hidden value" if told.hidden else told.saw or "no value"
    against = f", against {told.against}" if told.against else ""
    lasting = f"{told.text} {says} (saw {value})."
    return Failure("condition", f"{told.text} {says} (saw {value}{against}).", told.at, contract, lasting)


def _window_failure(trial: GrantTrial, period: Period, as_of: date) -> Failure:
    at, contract = trial.grant.span.at, trial.trial.case.contract_id
    if period.first is None:
        return Failure("window", "The window never begins: its first day is not known.", at, contract)
    last = f"to {period.last}" if period.last else "without an end"
    text = f"{as_of} lies outside the window, {period.first} {last}."
    first = _bound_text(trial.window.starting, period.first)
    last = f"to {_bound_text(trial.window.ending, period.last)}" if period.last else "without an end"
    state = "has not begun" if as_of < period.first else "is over"
    return Failure("window", text, at, contract, f"The window, {first} {last}, {state}.")


def _bound_text(bound: WindowBound | None, day: date) -> str:
    """Day of a bound; the author's words for one that moves along with today."""
    moves = bound is not None and bound.moment is not None and bound.moment.base == "today"
    return str(bound.moment) if bound is not None and moves else day.isoformat()


def _name_failure(trial: GrantTrial, offer: Offer | None, question: Question) -> Failure:
    entitlement = question.entitlement
    if offer is None:
        assert isinstance(trial.grant, TableGrant), "a plain grant has a template that could be the entitlement"
        text = f"The table by {trial.grant.field.name} does not give {entitlement} for this value."
    elif offer.missing is not None:
        text = f"{offer.missing.name} has no value to fill in {template_text(offer.template)}."
    else:
        given = _shown(offer, question) or f"{template_text(offer.template)} with a hidden value"
        text = f"It gives {given}, not {entitlement}."
    return Failure("name", text, trial.grant.span.at, trial.trial.case.contract_id)


def _shown(offer: Offer | None, question: Question) -> str:
    """Entitlement of the offer; "" when there is none, or its name holds a private value that may not be shown."""
    if offer is None or offer.entitlement is None:
        return ""
    private = any(isinstance(part, Field) and part.private for part in offer.template.parts)
    hidden = private and not question.reveal_private and offer.entitlement != question.entitlement
    return "" if hidden else str(offer.entitlement)
