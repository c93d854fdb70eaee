"""Values of a case: fields, and the calendar dates that moments stand for."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from engine.evaluate.context import Context
from policy.canonical import Value
from policy.entitlements import Entitlement
from policy.moments import Moment, move
from policy.people import Contract, Person
from policy.types import Field


@dataclass(frozen=True, slots=True)
class AccountValue:
    """One value of an account, before and after; None: absent."""

    before: str | None
    after: str | None


_ABSENT = AccountValue(None, None)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What a condition is asked about: a person, one of their contracts (or none), and what they were granted so far.

    `person` carries typed values and the primary manager (`engine.evaluate.typed_person`). `granted` is a live view:
    it grows while the rules are evaluated. `account` are account data before and after, for events alone. A case is
    equal to itself alone.
    """

    context: Context
    person: Person
    contract: Contract | None
    granted: AbstractSet[Entitlement]
    account: Mapping[str, AccountValue] = field(default_factory=dict)

    @property
    def contract_id(self) -> str:
        """External id of the contract, "" for the person alone."""
        return self.contract.external_id if self.contract is not None else ""

    def through(self, contract: Contract) -> Case:
        """Give the case of the same person with another contract."""
        return Case(self.context, self.person, contract, self.granted, self.account)

    def value_of(self, asked: Field) -> Value | None:
        """Value of a field, None when it is absent; account data as they are afterwards."""
        if asked.root == "account":
            return self.account.get(asked.path, _ABSENT).after
        return value_of(asked, self.person, self.contract)

    def change_of(self, asked: Field) -> tuple[str | None, str | None]:
        """Account data before and after."""
        value = self.account.get(asked.path, _ABSENT)
        return value.before, value.after


def value_of(field: Field, person: Person, contract: Contract | None) -> Value | None:
    """Value of `field`, None when it is absent or no contract is meant.

    A department stands for its external id.
    """
    assert field.root != "account", "account data are no data of a person"
    owner = person if field.root == "person" else contract
    if owner is None:
        return None
    return owner.external_id if field.path == "external_id" else owner.values.get(field.key)


def date_of(moment: Moment, person: Person, contract: Contract | None, as_of: date) -> date | None:
    """Calendar date that `moment` stands for, None when the date field it rests on is absent."""
    base = _base_of(moment, person, contract, as_of)
    return None if base is None else move(base, moment.offset, moment.direction)


def _base_of(moment: Moment, person: Person, contract: Contract | None, as_of: date) -> date | None:
    match moment.base:
        case Field():
            value = value_of(moment.base, person, contract)
            assert value is None or isinstance(value, date), "the checker lets a moment rest on date fields alone"
            return value
        case date():
            return moment.base
        case "today":
            return as_of
