"""The doors: questions about one policy, or two, each answered yes with a witness, no as a proof, or undecided.

Everywhere: only published rules count; exclusions, limits and `never` do not change what the rules entitle to; people
are taken as not frozen (required fields have values, and those of `one of` are listed). With two policies whose `field`
declarations differ, people are those that either of them could leave unfrozen. `tree` holds the departments as they
are; without it any forest of departments is possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.graph.holds import may_grant
from engine.graph.templates import templates_of
from engine.prove.confirm import Confirm, granted_only_by, is_entitled, satisfies
from engine.prove.decide import decide, decide_each
from engine.prove.formula import conj, exists, neg
from engine.prove.names import family_of
from engine.prove.namesakes import namesakes
from engine.prove.problem import Problem, Tree
from engine.prove.speak import Speaker
from policy.entitlements import Entitlement
from policy.expressions import Condition, Not
from policy.proofs import Answer, Budget, Coverage, Difference, Family, Outcome
from policy.rules import CheckedPolicy, Rule, Scope

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

    For a family every name of it is meant; a witness carries the name that was found. The budget is for each of the
    two answers.
    """
    before, after = Speaker(base), Speaker(head)
    if isinstance(entitlement, Family):
        found = namesakes(entitlement, (base, head), tree)
        names = found.names
        open_end = not found.complete and before.granted(found.probe) != after.granted(found.probe)
    else:
        names, open_end = (entitlement,), False
    gains = decide_each(_gains(before, after, names, tree), budget)
    losses = decide_each(_gains(after, before, names, tree), budget)
    return Difference(*(_with_doubt(one, open_end=open_end) for one in (gains, losses)))


def is_covered(policy: CheckedPolicy, rule_id: str, *, budget: Budget = _DEFAULT, tree: Tree = None) -> Coverage:
    """Tell whether a published rule grants anything to anybody that no other published rule grants them already.

    `by` names rules none of which could be left out of the cover. The budget is for the whole question.
    """
    speaker = Speaker(policy)
    rule = policy.rules[rule_id]
    names, open_end = _names_of(rule, policy, tree)
    cover = tuple(one for one in speaker.rules if one.id != rule_id and any(may_grant(one, name) for name in names))
    answer = decide_each(_alone(speaker, rule, cover, names=names, tree=tree), budget)
    cases = answer.cases
    for one in cover if answer.outcome is Outcome.NO else ():
        fewer = tuple(other for other in cover if other.id != one.id)
        left = replace(budget, cases=max(0, budget.cases - cases))
        attempt = decide_each(_alone(speaker, rule, fewer, names=names, tree=tree), left)
        cases += attempt.cases
        if attempt.outcome is Outcome.NO:
            cover = fewer
    by = tuple(one.id for one in cover) if answer.outcome is Outcome.NO else ()
    return Coverage(rule_id, replace(_with_doubt(answer, open_end=open_end), cases=cases), by)


def _gains(
    before: Speaker, after: Speaker, names: Iterable[Entitlement], tree: Tree
) -> Iterator[tuple[Entitlement, Problem]]:
    for name in names:
        old, new = before.granted(name), after.granted(name)
        if old != new:
            had, has = is_entitled(before.policy, name), is_entitled(after.policy, name)
            sentence = conj((new, neg(old)))
            yield name, Problem(sentence, (before.policy, after.policy), _first_alone(has, had), tree)


def _alone(
    speaker: Speaker, rule: Rule, others: tuple[Rule, ...], *, names: Iterable[Entitlement], tree: Tree
) -> Iterator[tuple[Entitlement, Problem]]:
    """Ask, name by name, for somebody to whom the rule grants it and none of the others does."""
    for name in names:
        sentence = conj((speaker.given(rule, name), neg(speaker.granted_by(others, name))))
        counted = frozenset({rule.id, *(one.id for one in others)})
        yield name, Problem(sentence, (speaker.policy,), granted_only_by(speaker.policy, name, rule.id, counted), tree)


def _names_of(rule: Rule, policy: CheckedPolicy, tree: Tree) -> tuple[tuple[Entitlement, ...], bool]:
    """Names that stand for all a rule grants; True: there may be more."""
    names: dict[Entitlement, None] = {}
    open_end = False
    for template in (one for grant in rule.grants for one in templates_of(grant)):
        if template.fixed is not None:
            names[template.fixed] = None
        else:
            found = namesakes(family_of(template), (policy,), tree)
            names |= dict.fromkeys(found.names)
            open_end = open_end or not found.complete
    return tuple(names), open_end


def _first_alone(one: Confirm, other: Confirm) -> Confirm:
    return lambda witness: one(witness) and not other(witness)


def _with_doubt(answer: Answer, *, open_end: bool) -> Answer:
    """Answer about some names of a family; a no is none where there may be others."""
    if answer.outcome is not Outcome.NO or not open_end:
        return answer
    return Answer(
        Outcome.UNDECIDED, why="not every name that rules can fill in could be told apart", cases=answer.cases
    )
