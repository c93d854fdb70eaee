from dataclasses import replace
from datetime import date

import pytest

from engine.people.horizon import contract_horizon
from policy.entitlements import Kind
from policy.expressions import ContractStatus, HasContract, Not, StatusIs
from policy.moments import Duration, Moment, Unit
from policy.rules import (
    CheckedPolicy,
    Define,
    Exclusion,
    Grant,
    ManagerRule,
    Rule,
    Scope,
    Template,
    Window,
    WindowBound,
)
from policy.source import Span
from policy.types import STANDARD_SCHEMA

TODAY = date(2026, 3, 31)
HERE = Span("hr.ordain", 1, 1, 1, 2)
END = STANDARD_SCHEMA.fields["contract.end_date"]
START = STANDARD_SCHEMA.fields["contract.start_date"]
EMPTY = CheckedPolicy("t", 1, "Europe/Amsterdam", (), ManagerRule.CONTRACT)


def ending(moment: Moment | None) -> Window:
    return Window(ending=WindowBound(moment, HERE))


def after_end(count: int, unit: Unit = Unit.DAYS) -> Window:
    return ending(Moment(END, Duration(count, unit)))


def rule(id_: str, window: Window, *grants: Window, scope: Scope = Scope.ANY_CONTRACT) -> Rule:
    template = Template("ad", Kind.ACCOUNT, (), HERE)
    made = tuple(Grant(template, one, HERE) for one in grants or (Window(),))
    return Rule(
        id=id_,
        title="",
        owner=None,
        category=None,
        about=None,
        scope=scope,
        condition=None,
        window=window,
        grants=made,
        draft=False,
        span=HERE,
    )


def horizon(*rules: Rule) -> date:
    return contract_horizon(replace(EMPTY, rules={one.id: one for one in rules}), TODAY)


def test_without_rules_only_what_runs_matters() -> None:
    assert horizon() == TODAY
    assert horizon(rule("a", Window())) == TODAY


def test_the_longest_grace_decides() -> None:
    found = horizon(rule("a", after_end(30)), rule("b", after_end(5), Window(), after_end(60)))
    assert found == date(2026, 1, 30 - 4)


def test_a_grant_that_ends_earlier_keeps_the_rule_of_the_others() -> None:
    assert horizon(rule("a", after_end(30), ending(Moment(END)))) == TODAY.replace(day=27)


def test_clamped_months_are_counted_with_slack() -> None:
    # 28 February plus one month is 28 March, 31 January plus one month is 28 February: both lie within the horizon.
    assert horizon(rule("a", after_end(1, Unit.MONTHS))) <= date(2026, 2, 28)


def test_a_window_that_ends_before_the_contract_looks_back_no_further() -> None:
    assert horizon(rule("a", ending(Moment(END, Duration(5, Unit.DAYS), "before")))) == TODAY


@pytest.mark.parametrize("window", [ending(None), ending(Moment(START)), ending(Moment("today"))])
def test_a_window_that_hangs_on_something_else_looks_back_for_ever(window: Window) -> None:
    assert horizon(rule("a", window)) == date.min


def test_a_rule_about_a_person_has_no_window() -> None:
    assert horizon(rule("a", ending(None), scope=Scope.PERSON)) == TODAY


def test_a_condition_over_any_contract_looks_back_for_ever() -> None:
    over_all = Not(HasContract("any", StatusIs(ContractStatus.ENDED, HERE), HERE), HERE)
    one = replace(rule("a", Window()), condition=over_all)
    assert horizon(one) == date.min
    assert contract_horizon(replace(EMPTY, defines={"d": Define("d", over_all, HERE)}), TODAY) == date.min
    exclusion = Exclusion("e", "", None, over_all, None, "x", None, None, HERE)
    assert contract_horizon(replace(EMPTY, exclusions={"e": exclusion}), TODAY) == date.min
    plain = replace(rule("a", Window()), condition=StatusIs(ContractStatus.ENDED, HERE))
    assert horizon(plain) == TODAY
