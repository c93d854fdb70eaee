"""Rules changed in small ways, one change at a time: a test has to notice each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from engine.graph.templates import template_text
from engine.testing.mutate_conditions import condition_mutants
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    HasContract,
    Holds,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.moments import Duration, Moment, Unit
from policy.rules import CheckedPolicy, Grant, Rule, Scope, TableGrant, Window, WindowBound
from policy.source import Span
from policy.types import STANDARD_SCHEMA

_OTHER_SCOPES = {
    Scope.ANY_CONTRACT: Scope.EVERY_CONTRACT,
    Scope.EVERY_CONTRACT: Scope.ANY_CONTRACT,
    Scope.PRIMARY_CONTRACT: Scope.ANY_CONTRACT,
}
_Bound = Literal["starting", "ending"]
_EDGES: dict[_Bound, str] = {"starting": "contract.start_date", "ending": "contract.end_date"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy with one small change: `text` says which, at `place`.

    It is in the rule or define `owner`, which stands at `within`.
    """

    owner: str
    within: Span
    text: str
    place: Span
    policy: CheckedPolicy


def mutants_of(policy: CheckedPolicy) -> Iterator[Mutant]:
    """Every mutant, by id of the rule or define it changes, in reading order of the changes.

    Conditions of a define are changed there, for all that use it; in a rule its name counts as one condition. Each
    changes what the rules mean, though not always what can come of it: a mutant that no person could tell apart
    survives every test.
    """
    for rule in policy.rules.values():
        for text, place, changed in _rule_mutants(rule):
            yield Mutant(rule.id, rule.span, text, place, replace(policy, rules={**policy.rules, rule.id: changed}))
    for define in policy.defines.values():
        for text, place, condition in condition_mutants(define.condition):
            if condition is not None:
                yield Mutant(define.id, define.span, text, place, _with_define(policy, define.id, condition))


_Mutation = tuple[str, Span, Rule]


def _rule_mutants(rule: Rule) -> Iterator[_Mutation]:
    other = _OTHER_SCOPES.get(rule.scope)
    if other is not None:
        yield f"`for {other}` in place of `for {rule.scope}`", rule.span, replace(rule, scope=other)
    if rule.condition is not None:
        for text, place, condition in condition_mutants(rule.condition):
            yield text, place, replace(rule, condition=condition)
    if rule.scope is not Scope.PERSON:
        for text, place, window in _window_mutants(rule.window, rule.span, _bounds_of_rule(rule)):
            yield text, place, replace(rule, window=window)
    for number, grant in enumerate(rule.grants):
        yield from _grant_mutants(rule, number, grant)


def _bounds_of_rule(rule: Rule) -> tuple[_Bound, ...]:
    """Bounds of the rule, said or not, that some grant goes by."""
    return tuple(bound for bound in _EDGES if any(getattr(grant.window, bound) is None for grant in rule.grants))


def _grant_mutants(rule: Rule, number: int, grant: Grant | TableGrant) -> Iterator[_Mutation]:
    def with_grant(changed: Grant | TableGrant | None) -> Rule:
        kept = () if changed is None else (changed,)
        return replace(rule, grants=(*rule.grants[:number], *kept, *rule.grants[number + 1 :]))

    what = _grant_words(grant)
    yield f"without `grant {what}`", grant.span, with_grant(None)
    own = tuple(bound for bound in _EDGES if getattr(grant.window, bound) is not None)
    for text, place, window in _window_mutants(grant.window, grant.span, own):
        yield f"`grant {what}`: {text}", place, with_grant(replace(grant, window=window))
    if isinstance(grant, TableGrant):
        for key, row in grant.rows.items():
            rows = {one: templates for one, templates in grant.rows.items() if one != key}
            yield f'without the row "{key}"', row[0].span, with_grant(replace(grant, rows=rows))
        if grant.otherwise:
            yield "without the row `otherwise`", grant.otherwise[0].span, with_grant(replace(grant, otherwise=()))


def _grant_words(grant: Grant | TableGrant) -> str:
    if isinstance(grant, TableGrant):
        return f"by {grant.field.name}"
    through = f" of role {grant.via[0]}" if grant.via else ""
    return f"{template_text(grant.template)}{through}"


def _window_mutants(window: Window, place: Span, bounds: Iterable[_Bound]) -> Iterator[tuple[str, Span, Window]]:
    """Bounds moved to and fro; one that is not said stands at the contract's own date."""
    for bound in bounds:
        said: WindowBound | None = getattr(window, bound)
        at = said.span if said is not None else place
        for moment in _moved(said, _EDGES[bound]):
            yield f"`{bound} {moment}`", at, _with_bound(window, bound, WindowBound(moment, at))


def _with_bound(window: Window, bound: _Bound, changed: WindowBound) -> Window:
    return replace(window, starting=changed) if bound == "starting" else replace(window, ending=changed)


def _moved(said: WindowBound | None, field: str) -> tuple[Moment, ...]:
    """Moments one day (of months and years: one of these) before and after a bound."""
    edge = Moment(STANDARD_SCHEMA.fields[field])
    if said is None:
        return _around(edge)
    if said.moment is None:
        return (edge,)  # `ending never`
    return _around(said.moment)


def _around(moment: Moment) -> tuple[Moment, ...]:
    unit = Unit.DAYS
    count = 0
    if moment.offset is not None:
        weeks = moment.offset.unit is Unit.WEEKS
        unit = Unit.DAYS if weeks else moment.offset.unit
        count = moment.offset.count * (7 if weeks else 1)
    signed = count if moment.direction == "after" else -count
    return tuple(_shifted(moment, other, unit) for other in (signed - 1, signed + 1))


def _shifted(moment: Moment, signed: int, unit: Unit) -> Moment:
    if signed == 0:
        return Moment(moment.base)
    return Moment(moment.base, Duration(abs(signed), unit), "after" if signed > 0 else "before")


# --- defines ---------------------------------------------------------------------------------------------------------


def _with_define(policy: CheckedPolicy, name: str, condition: Condition) -> CheckedPolicy:
    """Give the policy with another meaning of a define, wherever it is used."""

    def changed(one: Condition | None) -> Condition | None:
        return None if one is None else _rename(one, name, condition)

    return replace(
        policy,
        rules={key: replace(one, condition=changed(one.condition)) for key, one in policy.rules.items()},
        exclusions={key: replace(one, condition=changed(one.condition)) for key, one in policy.exclusions.items()},
        events={key: replace(one, condition=changed(one.condition)) for key, one in policy.events.items()},
    )


def _rename(one: Condition, name: str, condition: Condition) -> Condition:
    match one:
        case Named():
            return replace(one, condition=condition if one.name == name else _rename(one.condition, name, condition))
        case Not() | HasContract():
            return replace(one, condition=_rename(one.condition, name, condition))
        case AllOf() | AnyOf() | NoneOf():
            return replace(one, conditions=tuple(_rename(part, name, condition) for part in one.conditions))
        case Comparison() | StatusIs() | Holds():
            return one
