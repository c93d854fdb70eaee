"""One problem decided over its regions: with more and more contracts, on every day that matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from engine.prove.diagram import NO, BudgetSpent
from engine.prove.fields import DEPARTMENT
from engine.prove.forests import forest_laws
from engine.prove.formula import FALSE, Formula, Known, Order, Var, conj, disj, neg
from engine.prove.ground import Ground
from engine.prove.primaries import stands_first
from engine.prove.regions import Regions
from engine.prove.smallest import smallest
from engine.prove.space import Space
from engine.prove.speak import MANAGER
from engine.prove.worlds import World
from policy.proofs import Answer, Outcome, Witness
from policy.rules import ManagerRule


def primaries(orders: tuple[Order, ...], contracts: int) -> Iterator[dict[Order, int]]:
    """Every way in which the first contracts stand first by these orders, up to their names."""
    if len(orders) <= 1 or contracts <= 1:
        yield dict.fromkeys(orders, 1)
        return
    first, *others = orders
    assert len(others) == 1, "a problem speaks of two policies at most"
    for one, other in ((1, 1), (1, 2), (2, 1)):
        yield {first: one, others[0]: other}


@dataclass(slots=True)
class Search:
    """The search through the regions of a problem; `steps_left` are those of the budget."""

    regions: Regions
    steps_left: int
    _doubts: dict[str, None] = field(default_factory=dict)

    def answer(self) -> Answer:
        """Yes with a witness, no when every region was looked at, else undecided."""
        budget = self.steps_left
        self._doubts |= dict.fromkeys(self.regions.loose)
        try:
            witness = next(self._witnesses(), None)
        except BudgetSpent:
            why = f"the budget of {budget:,} cases is used up"
            return Answer(Outcome.UNDECIDED, why=why, cases=budget)
        cases = budget - self.steps_left
        if witness is not None:
            return Answer(Outcome.YES, smallest(self.regions.problem, witness), cases=cases)
        if self._doubts:
            return Answer(Outcome.UNDECIDED, why="; ".join(self._doubts), cases=cases)
        return Answer(Outcome.NO, cases=cases)

    def _witnesses(self) -> Iterator[Witness]:
        """Persons who make the sentence true, those with fewest contracts first."""
        for contracts in range(self.regions.contracts + 1):
            for primary in primaries(self.regions.orders, contracts):
                sentence = Ground(contracts, primary).write(self.regions.problem.sentence)
                for today in self.regions.days.days if sentence != FALSE else ():
                    witness = self._on(today, contracts, primary, sentence)
                    if witness is not None:
                        yield witness

    def _on(self, today: date, contracts: int, primary: dict[Order, int], sentence: Formula) -> Witness | None:
        space, doubts = self.regions.space(contracts, today, self.steps_left)
        self._doubts |= dict.fromkeys(doubts)
        diagrams = space.diagrams
        try:
            found = diagrams.both(space.write(sentence), self._laws(space, contracts, primary))
            if found != NO and contracts > 1 and self.regions.above and self.regions.subtrees is None:
                found = diagrams.both(found, forest_laws(space, contracts, self.regions.above))
        finally:
            self.steps_left = diagrams.steps_left
        chosen = diagrams.cheapest(found, space.costs)
        if chosen is None:
            return None
        witness = World(self.regions, space, chosen, contracts, primary).witness()
        if witness is not None and self.regions.problem.confirm(witness):
            return witness
        rough = bool(self._doubts) or self.regions.rough(contracts)
        assert rough, f"the evaluator does not confirm a person who was found: {witness}"
        self._doubts["a person who seemed possible could not be made up"] = None
        return None

    def _laws(self, space: Space, contracts: int, primary: dict[Order, int]) -> int:
        """Diagram: the contracts that should stand first do, and a manager from a department needs one."""
        found = [
            stands_first(space, order, first, other)
            for order, first in (primary.items() if contracts > 1 else ())
            for other in range(1, contracts + 1)
            if other != first
        ]
        policies = self.regions.problem.policies
        if MANAGER in space.domains:
            places = [
                Known(Var(primary[one.primary_contract_by], DEPARTMENT))
                for one in policies
                if one.primary_manager is not ManagerRule.CONTRACT and contracts
            ]
            found.append(space.write(disj((neg(Known(MANAGER)), conj(places) if contracts else FALSE))))
        return space.diagrams.all_of(found)
