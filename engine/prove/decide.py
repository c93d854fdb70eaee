"""One problem decided: at once where its form tells, else by regions, else by the solver where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.prove.formula import FALSE
from engine.prove.problem import Problem
from engine.prove.regions import Regions
from engine.prove.search import Search
from policy.entitlements import Entitlement
from policy.proofs import Answer, Budget, Outcome

NOBODY = Answer(Outcome.NO)


def decide(problem: Problem, budget: Budget) -> Answer:
    """Decide whether some possible person makes the sentence true."""
    if problem.sentence == FALSE:
        return NOBODY
    return Search(Regions.of(problem), budget.cases).answer()


def decide_each(problems: Iterable[tuple[Entitlement, Problem]], budget: Budget) -> Answer:
    """Decide whether one of them is so; they share the budget, and the first yes ends it.

    A witness carries the entitlement that its problem came with.
    """
    cases, doubtful = 0, NOBODY
    for entitlement, problem in problems:
        answer = decide(problem, replace(budget, cases=budget.cases - cases))
        cases += answer.cases
        if answer.witness is not None:
            return replace(answer, witness=replace(answer.witness, entitlement=entitlement), cases=cases)
        if answer.outcome is Outcome.UNDECIDED and not doubtful.why:
            doubtful = replace(answer, why=f"{entitlement}: {answer.why}")
    return replace(doubtful, cases=cases)
