"""The door of explanation: why a person is entitled to something, or which rule came nearest and what failed."""

from __future__ import annotations

from datetime import date

from engine.evaluate.context import Context, prepare
from engine.evaluate.exclusions import part_by_day
from engine.evaluate.persons import trace_person
from engine.evaluate.rules import trace_rule
from engine.evaluate.traces import PersonTrace, RuleTrace
from engine.evaluate.values import Case
from engine.explain.grants import Question, explain_grants
from policy.entitlements import Entitlement
from policy.explanations import Answer, Explanation, GrantExplained
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

_NEAREST = 3


def explain(
    policy: CheckedPolicy,
    snapshot: Snapshot,
    person_id: str,
    as_of: date,
    *,
    entitlement: Entitlement | None = None,
    reveal_private: bool = False,
) -> Explanation:
    """Tell why the person has `entitlement`, or why not; with None, why everything they are entitled to.

    The same evaluation as `engine.evaluate.evaluate.evaluate`: the reasons are those of its decisions. Draft rules are
    told among the nearest, as drafts. A person who is not in the snapshot is entitled to nothing. Values of private
    fields are hidden unless `reveal_private`.
    """
    person = snapshot.find_person(person_id)
    if person is None:
        return _explain_absent(policy, person_id, as_of, entitlement)
    context = prepare(policy, snapshot, as_of, include_drafts=False)
    trace = trace_person(person, context)
    rules = (*trace.rules, *_drafts(trace, context))
    asked = trace.desired if entitlement is None else (entitlement,)
    return Explanation(
        person=person_id,
        as_of=as_of,
        present=True,
        frozen=trace.frozen,
        excluded=trace.excluded,
        ended=trace.ended,
        answers=tuple(_answer(trace, rules, Question(trace.person, one, as_of, reveal_private)) for one in asked),
    )


def _explain_absent(policy: CheckedPolicy, person_id: str, as_of: date, entitlement: Entitlement | None) -> Explanation:
    numbered = [one for _, one in sorted(policy.exclusions.items()) if one.person == person_id]
    excluded, ended = part_by_day(numbered, as_of)
    nothing = () if entitlement is None else (Answer(entitlement, entitled=False, because=(), nearest=()),)
    return Explanation(person_id, as_of, present=False, frozen=(), excluded=excluded, ended=ended, answers=nothing)


def _drafts(trace: PersonTrace, context: Context) -> tuple[RuleTrace, ...]:
    """Draft rules that do not take part, put before the person with what the others granted."""
    taking_part = {rule.id for rule in context.rules}
    case = Case(context, trace.person, None, trace.desired.keys())
    return tuple(
        trace_rule(rule, case) for _, rule in sorted(context.policy.rules.items()) if rule.id not in taking_part
    )


def _answer(trace: PersonTrace, rules: tuple[RuleTrace, ...], question: Question) -> Answer:
    told = [grant for rule in rules for grant in explain_grants(rule, question)]
    entitled = question.entitlement in trace.desired
    because = tuple(sorted((one for one in told if one.given and not one.draft), key=_place))
    near = sorted((one for one in told if not one.given or one.draft), key=lambda one: (one.distance, *_place(one)))
    # INVARIANT: E10, what is told is what was decided.
    assert entitled == bool(because), "an entitlement has a reason, and only then"
    return Answer(question.entitlement, entitled, because, () if entitled else tuple(near[:_NEAREST]))


def _place(grant: GrantExplained) -> tuple[str, str]:
    return grant.rule, grant.grant_at
