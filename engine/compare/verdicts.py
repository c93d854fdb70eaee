"""The verdict on one entitlement: decided by proof, told by the evaluator itself, and traced to its clauses."""

from __future__ import annotations

from engine.compare.blame import MOST_TOLD, Case, blame_of, find_blame
from engine.compare.entitlements import Sides, can_give, kind_of
from engine.compare.merging import merge_policies
from engine.compare.plausible import make_plausible
from engine.compare.relevance import Compared
from engine.evaluate.context import prepare
from engine.evaluate.persons import decide_person
from engine.explain.explain import explain
from engine.prove.questions import differs
from policy.comparison import Blame, EntitlementComparison, ReplayedWitness
from policy.entitlements import Entitlement
from policy.explanations import Explanation
from policy.proofs import Answer, Budget, Difference, Family, Outcome, Verdict, Witness
from policy.rules import CheckedPolicy

_SAME = Difference(Answer(Outcome.NO), Answer(Outcome.NO))


def same_by_form(one: Compared) -> EntitlementComparison:
    """Tell that nothing in which a say about `one` lies has changed: what is the same by its form needs no proof."""
    family = isinstance(one, Family)
    return EntitlementComparison(
        one.target, kind_of(one), one.name, Verdict.SAME, in_base=True, in_head=True, family=family
    )


def compare_entitlement(sides: Sides, one: Compared, *, budget: Budget) -> EntitlementComparison:
    """Compare one entitlement or family over every possible person and day.

    Same only when that is proved. Every witness was put before the evaluator in both versions; what it says there is
    kept beside it, with the clauses that make the difference.
    """
    near = sides.limited_to([one])
    # Rules that mean the same, whatever they are called and wherever they stand, decide the same for everybody.
    unedited = not merge_policies(near.base, near.head).edits
    found = _SAME if unedited else differs(sides.base, sides.head, one, budget=budget)
    witnesses = [
        replayed
        for answer, gains in ((found.gains, True), (found.losses, False))
        if answer.witness is not None
        for replayed in [replay(sides, answer.witness, one, gains=gains)]
    ]
    return EntitlementComparison(
        target=one.target,
        kind=kind_of(one),
        name=one.name,
        verdict=found.verdict,
        in_base=can_give(sides.base, one),
        in_head=can_give(sides.head, one),
        family=isinstance(one, Family),
        why=" ".join(dict.fromkeys(answer.why for answer in (found.gains, found.losses) if answer.why))
        if found.verdict is Verdict.UNDECIDED
        else "",
        witnesses=tuple(witnesses),
        suspects=_suspects(sides, one) if found.verdict is Verdict.UNDECIDED and not witnesses else (),
    )


def replay(sides: Sides, witness: Witness, one: Compared, *, gains: bool) -> ReplayedWitness:
    """Put a witness before both versions as they are, and find the clauses that make the difference."""
    named = witness.entitlement or one
    assert isinstance(named, Entitlement), "a witness of a family names the member it is about"

    def confirm(made: Witness, about: Entitlement) -> bool:
        near = sides.limited_to([about])
        had, has = (_is_entitled(policy, made, about) for policy in (near.base, near.head))
        return has is gains and had is not gains

    witness, entitlement = make_plausible(witness, named, confirm)
    # Rules that have no say in it are left out: the evaluator decides the same without them, and sooner.
    near = sides.limited_to([entitlement])
    base, head = (_explain(policy, witness, entitlement) for policy in (near.base, near.head))
    # INVARIANT: a proof is never shown that the evaluator does not agree with.
    assert head.answers[0].entitled is gains, "a witness gains or loses what it is a witness for"
    assert base.answers[0].entitled is not gains, "a witness gains or loses what it is a witness for"
    merge = merge_policies(near.base, near.head)
    edits = find_blame(merge, Case(entitlement, witness.person, witness.departments, witness.as_of))
    return ReplayedWitness(gains, entitlement, witness, base, head, blame_of(edits, sides.base, sides.head))


def _suspects(sides: Sides, one: Compared) -> tuple[Blame, ...]:
    """Name the first few clauses that changed in rules that have a say."""
    near = sides.limited_to([one])
    return blame_of(merge_policies(near.base, near.head).edits[:MOST_TOLD], sides.base, sides.head)


def _is_entitled(policy: CheckedPolicy, witness: Witness, entitlement: Entitlement) -> bool:
    context = prepare(policy, witness.snapshot, witness.as_of, include_drafts=False)
    return entitlement in decide_person(witness.person, context).desired


def _explain(policy: CheckedPolicy, witness: Witness, entitlement: Entitlement) -> Explanation:
    person, as_of = witness.person.external_id, witness.as_of
    # Nobody is hurt by what is told of a person who does not exist.
    return explain(policy, witness.snapshot, person, as_of, entitlement=entitlement, reveal_private=True)
