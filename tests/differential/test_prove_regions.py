"""Proofs over finite regions against brute force: a crowd of small persons, each put before the evaluator.

What is proved impossible happens to nobody of the crowd; what is possible comes with a person to whom it happens; and
nearly everything is decided. `ORDAIN_PROVE_PAIRS` sets how many pairs of policies are tried (CI: 60).
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.evaluate.evaluate import evaluate
from engine.graph.templates import may_give
from engine.prove.names import entitlements_of, family_of, published_templates
from engine.prove.problem import Tree
from engine.prove.questions import differs
from policy.entitlements import Entitlement, EntitlementKey
from policy.proofs import Answer, Family, Outcome
from policy.rules import CheckedPolicy
from tests.properties.strategies.crowds import crowd, some_days
from tests.properties.strategies.policies import pairs_of_policies
from tests.properties.strategies.towns import DEPARTMENTS

PAIRS = int(os.environ.get("ORDAIN_PROVE_PAIRS", "60"))
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing pair is shown as it was found: making it smaller takes longer than reading it."""
CROWD = crowd(60)
DAYS = some_days(3)

Pair = tuple[CheckedPolicy, CheckedPolicy]
Gifts = set[tuple[date, EntitlementKey]]


def gifts(policy: CheckedPolicy) -> Gifts:
    return {(day, key) for day in DAYS for key in evaluate(policy, CROWD, day).desired}


def is_one_of(asked: Entitlement | Family, change: Pair, found: Entitlement) -> bool:
    """Tell whether what somebody got is what was asked about, or a name of the family."""
    if isinstance(asked, Entitlement):
        return found == asked
    templates = [one for policy in change for one in published_templates(policy) if one.fixed is None]
    return any(family_of(one) == asked and may_give(one, found) for one in templates)


def check(answer: Answer, asked: Entitlement | Family, change: Pair, found: Gifts) -> None:
    """Hold an answer to “does somebody get it by `new` who does not by `old`” against those of the crowd who do."""
    old, new = change
    if answer.witness is not None:
        witness = answer.witness
        assert witness.entitlement is not None
        assert is_one_of(asked, change, witness.entitlement)
        key = EntitlementKey.of(witness.person.external_id, witness.entitlement)
        assert key in evaluate(new, witness.snapshot, witness.as_of).desired
        assert key not in evaluate(old, witness.snapshot, witness.as_of).desired
    if answer.outcome is Outcome.NO:
        assert [key for _, key in found if is_one_of(asked, change, key.entitlement)] == []


def test_brute_force_finds_nobody_where_a_proof_says_nobody() -> None:
    outcomes: Counter[Outcome] = Counter()

    @settings(max_examples=PAIRS, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
    @given(pairs_of_policies(), st.sampled_from((None, DEPARTMENTS)))
    def agree(pair: Pair, tree: Tree) -> None:
        base, head = pair
        before, after = gifts(base), gifts(head)
        for entitlement in entitlements_of(base, head):
            answer = differs(base, head, entitlement, tree=tree)
            check(answer.gains, entitlement, (base, head), after - before)
            check(answer.losses, entitlement, (head, base), before - after)
            outcomes.update((answer.gains.outcome, answer.losses.outcome))

    agree()
    assert outcomes[Outcome.YES] > 0
    assert outcomes[Outcome.NO] > 0
    assert outcomes[Outcome.UNDECIDED] * 20 <= outcomes.total()
