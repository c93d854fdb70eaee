"""Regions, z3 and brute force on conditions that speak of little, so that what they say meets.

They speak of departments, a few texts, managers, the primary contract, and dates of one contract against each other.
"""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.evaluate.evaluate import evaluate
from engine.prove.confirm import is_entitled
from engine.prove.problem import Problem, Tree
from engine.prove.regions import Regions
from engine.prove.search import Search
from engine.prove.solver import is_there, solve
from engine.prove.speak import Speaker
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    DepartmentsOperand,
    HasContract,
    MomentOperand,
    NoOperand,
    Not,
    PatternOperand,
    StatusIs,
    TextOperand,
)
from policy.moments import Duration, Moment, Unit
from policy.proofs import Outcome
from policy.rules import CheckedPolicy, Grant, ManagerRule, Rule, Scope, Template, Window
from policy.types import Field
from tests.properties.strategies.crowds import crowd, some_days
from tests.properties.strategies.policies import field, policy_of, span
from tests.properties.strategies.towns import DEPARTMENTS

POLICIES = int(os.environ.get("ORDAIN_PROVE_PAIRS", "60")) * 3
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
CROWD, DAYS = crowd(80, seed=11), some_days(2, seed=11)
ASKED = Entitlement("ad", Kind.ACCOUNT)
HERE = span()


def compared(name: Field, operator: str, operand: object) -> st.SearchStrategy[Comparison]:
    return st.builds(Comparison, st.just(name), st.just(operator), st.just(operand), st.booleans(), st.just(HERE))  # type: ignore[arg-type]


UNIT, TITLE, MANAGER = field("contract.department"), field("contract.title.code"), field("person.primary_manager")
START, END = field("contract.start_date"), field("contract.end_date")
MOMENTS = [
    Moment("today", Duration(1, Unit.DAYS), "before"),
    Moment(START, Duration(20, Unit.DAYS)),
    Moment("today", Duration(1, Unit.MONTHS), "after"),
    Moment(DAYS[0]),
]
unit_leaves = [
    compared(UNIT, "is", DepartmentsOperand((one,), below)) for one in ("CARE", "W1", "FIN") for below in (True, False)
]
leaves = st.one_of(
    *unit_leaves,
    compared(UNIT, "known", NoOperand()),
    compared(TITLE, "starts with", TextOperand("A")),
    compared(TITLE, "matches", PatternOperand("A|B.")),
    compared(TITLE, "is", TextOperand("AB")),
    compared(MANAGER, "is", TextOperand("P2")),
    compared(MANAGER, "known", NoOperand()),
    *(compared(END, operator, MomentOperand(one)) for one in MOMENTS for operator in ("before", "on or after")),
    st.builds(StatusIs, st.sampled_from(ContractStatus), st.just(HERE), st.booleans()),
)


def wider(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(AllOf, several, st.just(HERE)),
        st.builds(AllOf, several, st.just(HERE)),
        st.builds(AnyOf, several, st.just(HERE)),
        st.builds(Not, inner, st.just(HERE)),
        st.builds(HasContract, st.sampled_from(("any", "no")), inner, st.just(HERE)),
    )


conditions: st.SearchStrategy[Condition] = st.recursive(leaves, wider, max_leaves=7)
scopes = st.sampled_from((Scope.ANY_CONTRACT, Scope.EVERY_CONTRACT, Scope.PRIMARY_CONTRACT))


@st.composite
def one_rule(draw: st.DrawFn) -> CheckedPolicy:
    grant = Grant(Template("ad", Kind.ACCOUNT, (), HERE), Window(), HERE)
    rule = Rule(
        "r", "r", None, None, None, draw(scopes), draw(conditions), Window(), (grant,), draft=False, span=HERE
    )  # fmt: skip
    return policy_of(rule, manager=draw(st.sampled_from(ManagerRule)))


def test_three_ways_to_the_same_answer() -> None:
    told: Counter[str] = Counter()

    @settings(max_examples=POLICIES, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
    @given(one_rule(), st.sampled_from((None, DEPARTMENTS)))
    def agree(policy: CheckedPolicy, tree: Tree) -> None:
        problem = Problem(Speaker(policy).granted(ASKED), (policy,), is_entitled(policy, ASKED), tree)
        regions = Regions.of(problem)
        answer = Search(regions, 200_000).answer()
        told[answer.outcome] += 1
        if answer.outcome is Outcome.NO:
            found = [
                key
                for day in DAYS
                for key in evaluate(policy, CROWD, day).desired
                if key == EntitlementKey.of(key.person, ASKED)
            ]
            assert found == []
        second = solve(regions, 500_000) if is_there() else None
        if second is not None:
            told["second"] += 1
            assert answer.outcome in {second.outcome, Outcome.UNDECIDED}

    agree()
    assert told[Outcome.NO] * 50 >= POLICIES
    assert told[Outcome.UNDECIDED] * 10 <= POLICIES
    assert not is_there() or told["second"] * 2 >= POLICIES
