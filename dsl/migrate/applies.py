"""Whom a rule applies to: HelloID's conditions over all contracts of a person, said in our scopes.

HelloID looks at every contract that lies in the time frame. `one of`, `contains` and the like ask for one contract that
has all of it. `not` leaves out whoever has one of the values on any such contract; `not only` leaves out whoever has
nothing else on all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.migrate.conditions import Clause, write_clause
from dsl.migrate.fields import Fields, LostError
from policy.business_rules import (
    BusinessRule,
    ConditionOperator,
    FieldCondition,
    PersonStatus,
    TimeFrame,
    Unread,
)


@dataclass(frozen=True, slots=True)
class Lost:
    """Something of a rule that is not carried over, as exported, and why (a clause without a full stop)."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Applies:
    """Scope, conditions that must all hold, and window of a rule, as clauses of ours; `window` may be empty.

    `apart` are the conditions as they would be if each were asked of all contracts by itself; empty when that is no
    other question.
    """

    scope: str
    conditions: tuple[str, ...]
    window: tuple[str, ...]
    lost: tuple[Lost, ...]
    unseen: tuple[str, ...]
    notes: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


def write_applies(rule: BusinessRule, fields: Fields) -> Applies:
    """Write the conditions of a rule. What cannot be carried over is in `lost`; all else is there."""
    clauses: list[Clause] = []
    lost: list[Lost] = []
    for one in rule.conditions:
        if isinstance(one, Unread):
            lost.append(Lost(one.text, one.reason))
        elif isinstance(one, FieldCondition):
            try:
                clauses.append(write_clause(one, fields))
            except LostError as error:
                lost.append(Lost(one.text, error.reason))
    statuses = [one for one in rule.conditions if isinstance(one, PersonStatus)]
    frames = [one for one in rule.conditions if isinstance(one, TimeFrame)]
    more: list[PersonStatus | TimeFrame] = [*statuses[1:], *frames[1:]]
    lost += [Lost(one.text, "a rule has one of it, and the first one stands") for one in more]
    unseen = tuple(value for clause in clauses for value in clause.unseen)
    if statuses and not statuses[0].active:
        lost += [Lost(one.text, "somebody inactive has no contract in a time frame") for one in frames[:1]]
        return Applies("for person", _of_inactive(clauses), (), tuple(lost), unseen)
    frame = frames[0] if frames else TimeFrame("", 0, 0)
    scope, conditions = _of_active(clauses, frame)
    apart = _asked_apart(clauses, frame) if len(_parted(clauses)[0]) > 1 else ()
    notes = () if statuses else ("it does not say whether persons are active; it is read as `Person: active`",)
    return Applies(scope, conditions, _window(frame), tuple(lost), unseen, notes=notes, apart=apart)


def _of_active(clauses: Sequence[Clause], frame: TimeFrame) -> tuple[str, tuple[str, ...]]:
    person = [_of_person(one) for one in clauses if not one.of_contract]
    wanted, nots, not_onlys = _parted(clauses)
    if nots and not wanted and not not_onlys:
        # Every contract in the window lacks the values, and there is one: what `not` means.
        return "for every contract", (*person, *(one.lacks for one in nots))
    if len(not_onlys) == 1 and not wanted:
        wanted, not_onlys = [not_onlys[0].lacks], []
    inside = _in_frame(frame)
    return "for any contract", (
        *person,
        *wanted,
        *(f"no contract has ({inside} and {one.has})" for one in nots),
        *(f"any contract has ({inside} and {one.lacks})" for one in not_onlys),
    )


def _asked_apart(clauses: Sequence[Clause], frame: TimeFrame) -> tuple[str, ...]:
    """Conditions for somebody who has what is wanted on several contracts: each on some contract in the time frame."""
    wanted = set(_parted(clauses)[0])
    inside = _in_frame(frame)
    _, conditions = _of_active(clauses, frame)
    return tuple(f"any contract has ({inside} and {one})" if one in wanted else one for one in conditions)


def _of_inactive(clauses: Sequence[Clause]) -> tuple[str, ...]:
    wanted, nots, not_onlys = _parted(clauses)
    return (
        *(_of_person(one) for one in clauses if not one.of_contract),
        "no contract has (contract is active)",
        *([f"any contract has ({' and '.join(wanted)})"] if wanted else []),
        *(f"no contract has ({one.has})" for one in nots),
        *(f"any contract has ({one.lacks})" for one in not_onlys),
    )


def _of_person(clause: Clause) -> str:
    """Clause about the person, who has one value at most: `not` and `not only` are the same here."""
    negated = clause.operator in {ConditionOperator.NOT, ConditionOperator.NOT_ONLY}
    return clause.lacks if negated else clause.has


def _parted(clauses: Sequence[Clause]) -> tuple[list[str], list[Clause], list[Clause]]:
    """Clauses about contracts: what one contract must have, then those of `not`, then those of `not only`."""
    of_contract = [one for one in clauses if one.of_contract]
    nots = [one for one in of_contract if one.operator is ConditionOperator.NOT]
    not_onlys = [one for one in of_contract if one.operator is ConditionOperator.NOT_ONLY]
    return [one.has for one in of_contract if one not in nots and one not in not_onlys], nots, not_onlys


def _window(frame: TimeFrame) -> tuple[str, ...]:
    bounds = []
    if frame.days_before:
        bounds.append(f"starting {_moved(-frame.days_before)} contract.start_date")
    if frame.days_after:
        bounds.append(f"ending {_moved(frame.days_after)} contract.end_date")
    return tuple(bounds)


def _in_frame(frame: TimeFrame) -> str:
    """Condition for a contract that lies in the time frame today: its window, seen from today."""
    if not frame.days_before and not frame.days_after:
        return "contract is active"
    first = f"{_moved(frame.days_before)} today" if frame.days_before else "today"
    last = f"{_moved(-frame.days_after)} today" if frame.days_after else "today"
    ends = f"any of (contract.end_date is unknown, contract.end_date is on or after {last})"
    return f"contract.start_date is on or before {first} and {ends}"


def _moved(days: int) -> str:
    """`14 days before`, `1 day after`; below zero is before."""
    count = abs(days)
    return f"{count} {'day' if count == 1 else 'days'} {'before' if days < 0 else 'after'}"
