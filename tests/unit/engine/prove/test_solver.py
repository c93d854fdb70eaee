"""What the finite regions leave undecided and z3 decides."""

import pytest

from engine.evaluate.evaluate import evaluate
from engine.prove.questions import can_be_entitled
from engine.prove.solver import is_there
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.proofs import Answer, Budget, Outcome
from policy.rules import CheckedPolicy
from tests.unit.dsl.compiling import compile_fine, rule_when

pytestmark = pytest.mark.skipif(not is_there(), reason="the extra `prove` is not installed")
ACCOUNT = Entitlement("ad", Kind.ACCOUNT)
ALONE = Budget(solver_steps=0)


def spell(least: int) -> CheckedPolicy:
    """A contract of a month at most, and so many days at least: a month between two dates of one contract."""
    return compile_fine(
        rule_when(
            "contract.end_date is on or before 1 month after contract.start_date"
            f" and contract.end_date is on or after {least} days after contract.start_date"
        )
    )


def ask(policy: CheckedPolicy, budget: Budget) -> Answer:
    return can_be_entitled(policy, ACCOUNT, budget=budget)


def test_no_month_has_more_than_31_days() -> None:
    assert ask(spell(32), ALONE).outcome is Outcome.UNDECIDED
    assert "over months or years" in ask(spell(32), ALONE).why
    assert ask(spell(32), Budget()).outcome is Outcome.NO


def test_a_person_of_the_solver_is_one_of_the_evaluator() -> None:
    policy = spell(31)
    answer = ask(policy, Budget(1))
    assert answer.witness is not None
    key = EntitlementKey.of(answer.witness.person.external_id, ACCOUNT)
    assert key in evaluate(policy, answer.witness.snapshot, answer.witness.as_of).desired


def test_a_solver_that_may_take_no_step_tells_nothing() -> None:
    assert ask(spell(32), Budget(solver_steps=1)).outcome is Outcome.UNDECIDED


def test_a_pattern_nobody_reads_is_not_given_to_the_solver() -> None:
    field = "field person.custom.mark is text\n"
    rule = rule_when('person.custom.mark matches "(?i)yes" and person.custom.mark starts with "no"')
    assert ask(compile_fine(field + rule), Budget()).outcome is Outcome.UNDECIDED
