"""What the evaluator did, step by step: every verdict is asked of `engine.evaluate`, none is made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.evaluate.conditions import is_true
from engine.evaluate.context import window_of
from engine.evaluate.rules import Subject, givers_of
from engine.evaluate.values import Case, date_of
from engine.evaluate.windows import Period
from policy.canonical import Value
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
    children,
)
from policy.rules import Grant, Rule, TableGrant, Window


@dataclass(frozen=True, slots=True)
class ConditionTrace:
    """A condition and its verdict.

    `seen` is the value of the compared field (None: absent), `moment` the date a moment stood for, `contract` the
    external id of the contract it spoke of ("" for none), `parts` the conditions inside, in reading order (for
    `any|no contract has` once per contract).
    """

    condition: Condition
    verdict: bool
    contract: str = ""
    seen: Value | None = None
    moment: date | None = None
    parts: tuple[ConditionTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A contract, or the person alone, put before a rule's condition (`condition` None: the rule has none)."""

    case: Case
    condition: ConditionTrace | None

    @property
    def satisfied(self) -> bool:
        """Whether the condition holds."""
        return self.condition is None or self.condition.verdict


@dataclass(frozen=True, slots=True)
class GrantTrial:
    """A grant for one trial: its window and the days that means there (None: a rule about the person has none).

    `given` says that it is given: the trial lies in the window, and the rule's scope is satisfied for this grant.
    """

    grant: Grant | TableGrant
    trial: Trial
    window: Window
    period: Period | None
    inside: bool
    given: bool


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule put before a person: every grant for each contract in scope. `takes_part` False: a draft left out."""

    rule: Rule
    grants: tuple[GrantTrial, ...]
    takes_part: bool


def trace_rule(rule: Rule, subject: Subject) -> RuleTrace:
    """Put `rule`, whether it takes part or not, before a person with all that they were granted."""
    context = subject.alone.context
    cases = subject.in_scope(rule.scope)
    trials = [Trial(one, None if rule.condition is None else trace_condition(rule.condition, one)) for one in cases]
    grants = []
    for spell in context.spells[rule.id]:
        givers = givers_of(rule, spell.window, subject)
        inside = subject.in_window(rule.scope, spell.window)
        periods = [subject.period(spell.window, one.case) for one in trials]
        for grant in spell.grants:
            window = window_of(rule, grant)
            grants += [
                GrantTrial(grant, one, window, period, one.case in inside, one.case in givers)
                for one, period in zip(trials, periods, strict=True)
            ]
    return RuleTrace(rule, tuple(grants), not rule.draft or any(one is rule for one in context.rules))


def trace_condition(condition: Condition, case: Case) -> ConditionTrace:
    """Verdict on `condition` and on every part of it, also where one part alone decides."""
    verdict = is_true(condition, case)
    match condition:
        case Comparison():
            seen = case.value_of(condition.field)
            contract = case.contract_id if condition.field.root == "contract" else ""
            return ConditionTrace(condition, verdict, contract, seen, _moment(condition, case))
        case Holds():
            return ConditionTrace(condition, verdict)
        case HasContract():
            cases = [case.through(one) for one in case.person.contracts]
            parts = tuple(trace_condition(condition.condition, one) for one in cases)
            return ConditionTrace(condition, verdict, parts=parts)
        case StatusIs() | Named() | Not() | AllOf() | AnyOf() | NoneOf():
            parts = tuple(trace_condition(one, case) for one in children(condition))
            return ConditionTrace(condition, verdict, case.contract_id, parts=parts)


def _moment(condition: Comparison, case: Case) -> date | None:
    operand, as_of = condition.operand, case.context.as_of
    return date_of(operand.moment, case.person, case.contract, as_of) if isinstance(operand, MomentOperand) else None
