"""The second opinion: z3, with its own theories of texts, days and departments, says what finite regions say."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.prove.confirm import is_entitled
from engine.prove.formula import FALSE, conj, neg
from engine.prove.names import entitlements_of
from engine.prove.problem import Problem, Tree
from engine.prove.regions import Regions
from engine.prove.search import Search
from engine.prove.solver import is_there, solve
from engine.prove.speak import Speaker
from policy.entitlements import Entitlement
from policy.proofs import Outcome
from policy.rules import CheckedPolicy
from tests.properties.strategies.policies import pairs_of_policies
from tests.properties.strategies.towns import DEPARTMENTS

PAIRS = int(os.environ.get("ORDAIN_PROVE_PAIRS", "60")) // 3
STEPS = 2_000_000
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

Pair = tuple[CheckedPolicy, CheckedPolicy]
pytestmark = pytest.mark.skipif(not is_there(), reason="the extra `prove` is not installed")


def problem_of(pair: Pair, entitlement: Entitlement, tree: Tree) -> Problem:
    """Does somebody get it by the second policy who does not by the first?"""
    before, after = (Speaker(policy).granted(entitlement) for policy in pair)
    had, has = (is_entitled(policy, entitlement) for policy in pair)
    return Problem(conj((after, neg(before))), pair, lambda one: has(one) and not had(one), tree)


def test_z3_says_what_the_regions_say() -> None:
    told: Counter[str] = Counter()

    @settings(max_examples=PAIRS, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
    @given(pairs_of_policies(2), st.sampled_from((None, DEPARTMENTS)))
    def agree(pair: Pair, tree: Tree) -> None:
        for entitlement in entitlements_of(*pair)[:3]:
            if not isinstance(entitlement, Entitlement):
                continue
            problem = problem_of(pair, entitlement, tree)
            if problem.sentence == FALSE:
                continue
            regions = Regions.of(problem)
            ours, theirs = Search(regions, 200_000).answer(), solve(regions, STEPS)
            told["asked"] += 1
            if theirs is not None:
                told["told"] += 1
                assert Outcome.UNDECIDED is ours.outcome or ours.outcome is theirs.outcome

    agree()
    assert told["told"] * 10 >= told["asked"] * 7
