"""One problem decided: at once where its form tells, else by regions, else by the solver where there is one."""

from __future__ import annotations

from collections.abc import Iterable

from engine.prove.formula import FALSE
from engine.prove.problem import Problem
from engine.prove.regions import Regions
from engine.prove.search import Search
from policy.proofs import Answer, Budget, Outcome

NOBODY = Answer(Outcome.NO)


def decide(problem: Problem, budget: Budget) -> Answer:
    """Decide whether some possible person makes the sentence true."""
    if problem.sentence == FALSE:
        return NOBODY
    return Search(Regions.of(problem), budget.cases).answer()


def first_of(answers: Iterable[Answer]) -> Answer:
    """Answer to “is one of them so”: the first yes, else the first that is undecided, else no."""
    found = list(answers)
    for wanted in (Outcome.YES, Outcome.UNDECIDED):
        for one in found:
            if one.outcome is wanted:
                return one
    return NOBODY
