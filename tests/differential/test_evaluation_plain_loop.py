"""The evaluator against the plain loop that its benchmark compares it with: both decide the same town the same way."""

from __future__ import annotations

import pytest

from bench.evaluate_reference import AS_OF, compile_rules, decide_plainly, make_town
from engine.evaluate.evaluate import evaluate


@pytest.mark.parametrize("seed", range(4))
def test_decides_as_a_loop_by_hand(seed: int) -> None:
    town = make_town(200, seed)
    decided = decide_plainly(town)

    assert len(decided) > len(town.persons)
    assert set(evaluate(compile_rules(), town, AS_OF).desired) == decided
