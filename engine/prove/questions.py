"""The doors: questions about one policy, or two, each answered yes with a witness, no as a proof, or undecided.

Everywhere: only published rules count; exclusions, limits and `never` do not change what the rules entitle to; people
are taken as not frozen (required fields have values, and those of `one of` are listed). With two policies whose `field`
declarations differ, people are those that either of them could leave unfrozen. `tree` holds the departments as they
are; without it any forest of departments is possible.
"""

from __future__ import annotations

from engine.graph.templates import templates_of
from engine.prove.confirm import is_entitled, rules_that_grant, satisfies
from engine.prove.decide import decide, first_of
from engine.prove.formula import conj, exists, neg
from engine.prove.problem import Problem, Tree
from engine.prove.speak import Speaker
from policy.entitlements import Entitlement
from policy.expressions import Condition, Not
from policy.proofs import Answer, Budget, Coverage, Difference, Family, Outcome, Witness
from policy.rules import CheckedPolicy, Scope

_DEFAULT = Budget()


def can_hold(
    policy: CheckedPolicy, condition: Condition, scope: Scope, *, budget: Budget = _DEFAULT, tree: Tree = None
) -> Answer:
    """Tell whether the condition is true of some person, or of some contract whatever its dates, on some day."""
    speaker = Speaker(policy)
    said = speaker.said(condition, scope)
    sentence = said if scope is Scope.PERSON else exists(said)
    return decide(Problem(sentence, (policy,), satisfies(policy, condition, scope), tree), budget)


def can_fail(
    policy: CheckedPolicy, condition: Condition, scope: Scope, *, budget: Budget = _DEFAULT, tree: Tree = None
) -> Answer:
    """Tell whether the condition is false of some person or contract on some day; no: it is always true."""
    return can_hold(policy, Not(condition, condition.span), scope, budget=budget, tree=tree)


def can_be_entitled(
    policy: CheckedPolicy, entitlement: Entitlement, *, budget: Budget = _DEFAULT, tree: Tree = None
) -> Answer:
    """Tell whether the rules entitle some person to `entitlement` on some day."""
    sentence = Speaker(policy).granted(entitlement)
    return decide(Problem(sentence, (policy,), is_entitled(policy, entitlement), tree), budget)


def can_be_entitled_to_both(
    policy: CheckedPolicy, first: Entitlement, second: Entitlement, *, budget: Budget = _DEFAULT, tree: Tree = None
) -> Answer:
    """Tell whether the rules entitle some person to both at one moment: whether a `never` could be violated by them.

    Exceptions of a never are people by number; they are not looked at.
    """
    speaker = Speaker(policy)
    sentence = conj((speaker.granted(first), speaker.granted(second)))
    one, other = is_entitled(policy, first), is_entitled(policy, second)
    return decide(Problem(sentence, (policy,), lambda witness: one(witness) and other(witness), tree), budget)


def differs(
    base: CheckedPolicy,
    head: CheckedPolicy,
    entitlement: Entitlement | Family,
    *,
    budget: Budget = _DEFAULT,
    tree: Tree = None,
) -> Difference:
    """Tell whether somebody gains `entitlement` where `head` replaces `base`, and whether somebody loses it.

    For a family every name of it is meant; a witness names the one it found. The budget is for each of the two.
    """
    if isinstance(entitlement, Family):
        unknown = Answer(Outcome.UNDECIDED, why="families of names are not decided yet")
        return Difference(unknown, unknown)
    before, after = Speaker(base).granted(entitlement), Speaker(head).granted(entitlement)
    if before == after:
        return Difference(Answer(Outcome.NO), Answer(Outcome.NO))
    had, has = is_entitled(base, entitlement), is_entitled(head, entitlement)
    both = (base, head)
    gains = Problem(conj((after, neg(before))), both, lambda one: has(one) and not had(one), tree)
    losses = Problem(conj((before, neg(after))), both, lambda one: had(one) and not has(one), tree)
    return Difference(decide(gains, budget), decide(losses, budget))


def is_covered(policy: CheckedPolicy, rule_id: str, *, budget: Budget = _DEFAULT, tree: Tree = None) -> Coverage:
    """Tell whether a published rule grants anything to anybody that no other published rule grants them already."""
    speaker = Speaker(policy)
    rule = policy.rules[rule_id]
    others = tuple(one for one in speaker.rules if one.id != rule_id)
    names = {template.fixed for grant in rule.grants for template in templates_of(grant)}
    alone = []
    for entitlement in sorted((one for one in names if one is not None), key=str):
        given, elsewhere = speaker.given(rule, entitlement), speaker.granted_by(others, entitlement)

        def confirm(witness: Witness, asked: Entitlement = entitlement) -> bool:
            return rules_that_grant(policy, witness, asked) == {rule_id}

        alone.append(decide(Problem(conj((given, neg(elsewhere))), (policy,), confirm, tree), budget))
    if None in names:
        alone.append(Answer(Outcome.UNDECIDED, why="families of names are not decided yet"))
    return Coverage(rule_id, first_of(alone))
