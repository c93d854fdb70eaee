"""Entitlements: accounts, account access and permissions in target systems."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kind of an entitlement."""

    ACCOUNT = "account"
    ACCESS = "access"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True, order=True)
class Entitlement:
    """Something a person can be entitled to in a target system. `name` is empty for account and access."""

    target: str
    kind: Kind
    name: str = ""

    def __post_init__(self) -> None:
        assert (self.kind is Kind.PERMISSION) == bool(self.name), "only a permission has a name, and it always has one"

    def __str__(self) -> str:
        return f'permission "{self.name}" in {self.target}' if self.name else f"{self.kind} in {self.target}"


@dataclass(frozen=True, slots=True, order=True)
class EntitlementKey:
    """Identity of a line and of a ledger entry: person (external id), target, kind and name."""

    person: str
    target: str
    kind: Kind
    name: str = ""

    @property
    def entitlement(self) -> Entitlement:
        """The entitlement, whoever holds it."""
        return Entitlement(self.target, self.kind, self.name)

    @classmethod
    def of(cls, person: str, entitlement: Entitlement) -> EntitlementKey:
        """Key of `entitlement` held by `person`."""
        return cls(person, entitlement.target, entitlement.kind, entitlement.name)

    @property
    def account(self) -> EntitlementKey:
        """Key of the account this hangs on (itself for an account)."""
        return EntitlementKey(self.person, self.target, Kind.ACCOUNT)

    def __str__(self) -> str:
        return f"{self.entitlement} of person {self.person}"
