"""Which fields the rules of a policy look at, so that others of a person need not be read."""

from __future__ import annotations

from collections.abc import Iterator

from engine.graph.templates import templates_of
from policy.expressions import Comparison, MomentOperand, walk
from policy.people import Contract, Person
from policy.rules import CheckedPolicy, Rule, TableGrant, Window
from policy.types import Field, Root

_ALWAYS: dict[Root, frozenset[str]] = {
    "person": frozenset(),
    "contract": frozenset({"start_date", "end_date", "manager", "department.external_id"}),
}
"""What windows and the primary manager rest on, whatever the rules say."""


class FieldsSeen:
    """Fields that rules, windows, names of permissions, and the order of contracts look at."""

    def __init__(self, policy: CheckedPolicy) -> None:
        keys = {
            (one.root, one.key)
            for found in (
                *(_of_rule(rule) for rule in policy.rules.values()),
                (key.field for key in policy.primary_contract_by if key.field is not None),
            )
            for one in found
        }
        self._person = _ALWAYS["person"] | {key for root, key in keys if root == "person"}
        self._contract = _ALWAYS["contract"] | {key for root, key in keys if root == "contract"}

    def narrow(self, person: Person) -> Person:
        """Person with these fields alone: to all rules they are the same."""
        values = {path: value for path, value in person.values.items() if path in self._person}
        contracts = tuple(
            Contract(one.external_id, {path: value for path, value in one.values.items() if path in self._contract})
            for one in person.contracts
        )
        return Person(person.external_id, values, contracts, person.problems)


def _of_rule(rule: Rule) -> Iterator[Field]:
    for condition in walk(rule.condition) if rule.condition is not None else ():
        if isinstance(condition, Comparison):
            yield condition.field
            if isinstance(condition.operand, MomentOperand) and isinstance(condition.operand.moment.base, Field):
                yield condition.operand.moment.base
    yield from _of_window(rule.window)
    for grant in rule.grants:
        yield from _of_window(grant.window)
        if isinstance(grant, TableGrant):
            yield grant.field
        for template in templates_of(grant):
            yield from (part for part in template.parts if isinstance(part, Field))


def _of_window(window: Window) -> Iterator[Field]:
    for bound in (window.starting, window.ending):
        if bound is not None and bound.moment is not None and isinstance(bound.moment.base, Field):
            yield bound.moment.base
