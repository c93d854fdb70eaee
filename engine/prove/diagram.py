"""Decision diagrams over variables with finitely many values: ordered, reduced, every function once.

What is true of independent fields stays independent here, so a proof costs what is said of them, not the product of
all their values. Steps are counted against the budget, so that the end of it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

NO = 0
YES = 1
"""The two ends of a diagram; other functions are greater numbers."""


class BudgetSpent(Exception):  # noqa: N818  # no failure: the end of what may be looked at, caught where it is answered
    """The budget of steps is used up."""


class Diagrams:
    """Functions from values of the variables to true or false, as numbers; variable n has `sizes[n]` values.

    Equal functions have equal numbers. Variables that do not matter do not occur on a path.
    """

    def __init__(self, sizes: Sequence[int], steps: int) -> None:
        self._sizes = tuple(sizes)
        self._nodes: list[tuple[int, tuple[int, ...]]] = [(len(sizes), ()), (len(sizes), ())]
        self._known: dict[tuple[int, tuple[int, ...]], int] = {}
        self._joined: dict[tuple[int, int, int], int] = {}
        self._negated: dict[int, int] = {NO: YES, YES: NO}
        self.steps_left = steps

    def among(self, variable: int, values: Iterable[int]) -> int:
        """Give the function that is true when `variable` has one of these values (by number)."""
        chosen = set(values)
        return self._node(variable, tuple(YES if one in chosen else NO for one in range(self._sizes[variable])))

    def negate(self, function: int) -> int:
        """Give what is true where `function` is false."""
        known = self._negated.get(function)
        if known is None:
            variable, below = self._nodes[function]
            self._spend(len(below))
            known = self._node(variable, tuple(self.negate(one) for one in below))
            self._negated[function] = known
            self._negated[known] = function
        return known

    def both(self, one: int, other: int) -> int:
        """Give what is true where both are."""
        return self._join(one, other, NO)

    def either(self, one: int, other: int) -> int:
        """Give what is true where one of them is."""
        return self._join(one, other, YES)

    def all_of(self, functions: Iterable[int]) -> int:
        """Give what is true where all are."""
        return self._join_all(functions, NO)

    def any_of(self, functions: Iterable[int]) -> int:
        """Give what is true where one is."""
        return self._join_all(functions, YES)

    def cheapest(self, function: int, costs: Sequence[Sequence[int]]) -> Mapping[int, int] | None:
        """Find the values of a true case that cost least together; None when there is none.

        A variable that is not in the answer does not matter. `costs` are by variable and value; of equals the first
        value is taken.
        """
        best: dict[int, tuple[int, int] | None] = {NO: None, YES: (0, -1)}
        self._price(function, costs, best)
        if best[function] is None:
            return None
        found: dict[int, int] = {}
        at = function
        while at != YES:
            variable, below = self._nodes[at]
            choice = best[at]
            assert choice is not None, "a way that was priced leads to the end"
            found[variable] = choice[1]
            at = below[choice[1]]
        return found

    def _price(
        self, function: int, costs: Sequence[Sequence[int]], best: dict[int, tuple[int, int] | None]
    ) -> tuple[int, int] | None:
        if function not in best:
            variable, below = self._nodes[function]
            found: tuple[int, int] | None = None
            for value, lower in enumerate(below):
                rest = self._price(lower, costs, best)
                if rest is not None:
                    price = rest[0] + costs[variable][value]
                    if found is None or price < found[0]:
                        found = (price, value)
            best[function] = found
        return best[function]

    def _join_all(self, functions: Iterable[int], absorbing: int) -> int:
        """Join in pairs, as in a tournament, so that what is small stays small for long."""
        found = sorted(set(functions))
        if absorbing in found:
            return absorbing
        while len(found) > 1:
            pairs = [self._join(found[at], found[at + 1], absorbing) for at in range(0, len(found) - 1, 2)]
            found = pairs + found[len(pairs) * 2 :]
        return found[0] if found else 1 - absorbing

    def _join(self, one: int, other: int, absorbing: int) -> int:
        if absorbing in (one, other):
            return absorbing
        if one == other or other == 1 - absorbing:
            return one
        if one == 1 - absorbing:
            return other
        key = (min(one, other), max(one, other), absorbing)
        known = self._joined.get(key)
        if known is None:
            known = self._joined[key] = self._join_below(one, other, absorbing)
        return known

    def _join_below(self, one: int, other: int, absorbing: int) -> int:
        (first, below), (second, beside) = self._nodes[one], self._nodes[other]
        variable = min(first, second)
        size = self._sizes[variable]
        self._spend(size)
        lefts = below if first == variable else (one,) * size
        rights = beside if second == variable else (other,) * size
        pairs = zip(lefts, rights, strict=True)
        return self._node(variable, tuple(self._join(left, right, absorbing) for left, right in pairs))

    def _node(self, variable: int, below: tuple[int, ...]) -> int:
        if all(one == below[0] for one in below):
            return below[0]
        key = (variable, below)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(self._nodes)
            self._nodes.append(key)
        return known

    def _spend(self, steps: int) -> None:
        self.steps_left -= steps
        if self.steps_left < 0:
            raise BudgetSpent
