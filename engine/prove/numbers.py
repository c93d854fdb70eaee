"""Numbers that matter: every bound itself, and two numbers of each gap between bounds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext
from itertools import pairwise

Span = tuple[Decimal, Decimal]
"""Two numbers of one cell, the lower first; equal where the cell has a single number."""


def cells_of_numbers(bounds: Iterable[Decimal]) -> tuple[Span, ...]:
    """Cells in ascending order such that numbers of one cell compare the same way with every bound."""
    found = sorted(set(bounds))
    if not found:
        return ((Decimal(1), Decimal(2)),)
    first, last = found[0], found[-1]
    cells: list[Span] = [(Decimal(0), first / 2) if first > 0 else (first - 2, first - 1)]
    with localcontext() as context:
        context.prec = 80
        for low, high in pairwise(found):
            middle = (low + high) / 2
            cells += [(low, low), ((low + middle) / 2, middle)]
    return (*cells, (last, last), (last + 1, last + 2))
