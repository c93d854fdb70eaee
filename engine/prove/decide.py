"""One problem decided: at once where its form tells, else by regions, else by the solver where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.prove.formula import FALSE
from engine.prove.problem import Problem
from engine.prove.regions import Regions
from engine.prove.search import Search
from engine.prove.solver import is_there, solve
from policy.entitlements import Entitlement
from policy.proofs import Answer, Budget, Outcome

NOBODY = Answer(Outcome.NO)


def decide(problem: Problem, budget: Budget) -> Answer:
    """Decide whether some possible person makes the sentence true."""
    if problem.sentence == FALSE:
        return NOBODY
    regions = Regions.of(problem)
    answer = Search(regions, budget.cases).answer()
    if answer.outcome is not Outcome.UNDECIDED or not budget.solver_steps or not is_there():
        return answer
    second = solve(regions, budget.solver_steps)
    return answer if second is None else replace(second, cases=answer.cases)


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
