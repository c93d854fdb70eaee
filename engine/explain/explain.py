"""The door of explanation: why a person is entitled to something, or which rule came nearest and what failed."""

from __future__ import annotations

from datetime import date

from engine.evaluate.context import Context, prepare
from engine.evaluate.exclusions import part_by_day
from engine.evaluate.persons import PersonDecision, decide_person
from engine.explain.grants import Question
from engine.explain.witness import Witness
from engine.graph.givers import Givers
from policy.entitlements import Entitlement
from policy.explanations import Answer, Explanation
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
    context = prepare(policy, snapshot, as_of, include_drafts=False)
    return explain_in(context, snapshot, person_id, entitlement=entitlement, reveal_private=reveal_private)


def explain_in(
    context: Context,
    snapshot: Snapshot,
    person_id: str,
    *,
    entitlement: Entitlement | None = None,
    reveal_private: bool = False,
) -> Explanation:
    """Tell what `explain` tells, in a `context` that was prepared over `snapshot` already, drafts included or not."""
    person = snapshot.find_person(person_id)
    if person is None:
        return explain_absent(context.policy, person_id, context.as_of, entitlement)
    return explain_decision(decide_person(person, context), context, entitlement, reveal_private=reveal_private)


def explain_decision(
    decision: PersonDecision,
    context: Context,
    entitlement: Entitlement | None,
    *,
    givers: Givers | None = None,
    reveal_private: bool = False,
) -> Explanation:
    """Tell what `explain` tells of a person who was decided about already; `givers` are those of the policy."""
    as_of, witness = context.as_of, Witness.of(decision, context, givers)
    asked = decision.desired if entitlement is None else (entitlement,)
    return Explanation(
        person=decision.person.external_id,
        as_of=as_of,
        present=True,
        frozen=decision.frozen,
        excluded=decision.excluded,
        ended=decision.ended,
        answers=tuple(_answer(witness, decision, Question(one, as_of, reveal_private)) for one in asked),
    )


def explain_absent(policy: CheckedPolicy, person_id: str, as_of: date, entitlement: Entitlement | None) -> Explanation:
    """Tell what there is to tell of somebody who is not in the snapshot."""
    numbered = [one for _, one in sorted(policy.exclusions.items()) if one.person == person_id]
    excluded, ended = part_by_day(numbered, as_of)
    nothing = () if entitlement is None else (Answer(entitlement, entitled=False, because=(), nearest=()),)
    return Explanation(person_id, as_of, present=False, frozen=(), excluded=excluded, ended=ended, answers=nothing)


def _answer(witness: Witness, decision: PersonDecision, question: Question) -> Answer:
    because, near = witness.tell(question)
    entitled = question.entitlement in decision.desired
    # INVARIANT: E10, what is told is what was decided.
    assert entitled == bool(because), "an entitlement has a reason, and only then"
    return Answer(question.entitlement, entitled, because, () if entitled else near[:_NEAREST])
