"""How many people a rule or a condition is about on a day: counted person by person, so that whoever asks can stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from engine.evaluate.conditions import is_true, status_of
from engine.evaluate.context import Context, prepare, prepare_operands
from engine.evaluate.persons import decide_person
from engine.evaluate.rules import Subject
from engine.evaluate.typed_person import type_person
from engine.evaluate.values import Case
from policy.entitlements import Entitlement
from policy.expressions import Condition, ContractStatus, Holds, Named, StatusIs, children, walk
from policy.rules import CheckedPolicy, Rule
from policy.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition, and the rule in whose scope and windows it is meant; without one it is asked of active contracts."""

    condition: Condition
    rule: Rule | None = None


def rules_that_give(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> Iterator[frozenset[str]]:
    """Give for each person of `snapshot`, in order, the rules that give something on the day; drafts take part."""
    context = prepare(policy, snapshot, as_of, include_drafts=True)
    for person in snapshot.persons:
        decision = decide_person(person, context)
        yield frozenset(reason.rule for reasons in decision.desired.values() for reason in reasons)


def matches(policy: CheckedPolicy, snapshot: Snapshot, as_of: date, asked: Asked) -> Iterator[bool]:
    """Tell of each person of `snapshot`, in order, whether the condition holds for them on the day.

    In a rule: through a contract that lies in one of its windows today (`for person`: of the person). Elsewhere:
    through a contract that is active today or, where the condition names a contract's status, any; or of the person.
    """
    context = prepare(policy, snapshot, as_of, include_drafts=True)
    own = prepare_operands([asked.condition], context.departments)  # a define that no rule uses is in no context
    context = replace(context, operands={**context.operands, **own})
    holds = any(isinstance(one, Holds) for one in walk(asked.condition))
    any_contract = any(isinstance(one, StatusIs) for one in walk(asked.condition))
    for person in snapshot.persons:
        granted = frozenset(decide_person(person, context).desired) if holds else frozenset[Entitlement]()
        subject = Subject.of(type_person(person, context), context, granted)
        yield any(is_true(asked.condition, case) for case in _cases(asked.rule, subject, context, every=any_contract))


def condition_at(policy: CheckedPolicy, path: str, line: int, column: int) -> Asked | None:
    """Find the smallest condition of rules, defines and exclusions that holds a 1-based place of a file."""
    places: list[tuple[Condition, Rule | None]] = [
        (rule.condition, rule) for rule in policy.rules.values() if rule.condition is not None
    ]
    places += [(one.condition, None) for one in policy.defines.values()]
    places += [(one.condition, None) for one in policy.exclusions.values() if one.condition is not None]
    for condition, rule in places:
        span = condition.span
        if span.path != path or not (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column):
            continue
        return Asked(_smallest(condition, line, column), rule)
    return None


def _smallest(condition: Condition, line: int, column: int) -> Condition:
    """Go down to the smallest part that holds a place; a define that is named stands for itself."""
    if isinstance(condition, Named):
        return condition
    for child in children(condition):
        span = child.span
        if (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column):
            return _smallest(child, line, column)
    return condition


def _cases(rule: Rule | None, subject: Subject, context: Context, *, every: bool) -> Iterator[Case]:
    if rule is not None:
        for spell in context.spells[rule.id]:
            yield from subject.in_window(rule.scope, spell.window)
        return
    yield subject.alone
    for case in subject.cases:
        if every or status_of(case.contract, context.as_of) is ContractStatus.ACTIVE:
            yield case
