"""Which account of a target belongs to whom: by anchor for what we manage, by correlation for what we do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.reconcile.attributes import as_text
from engine.reconcile.inputs import Correlation, ReconcileInputs
from policy.canonical import JsonValue
from policy.diff import Why
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedState
from policy.targets import Observation, ObservedAccount


@dataclass(frozen=True, slots=True)
class Match:
    """What correlation found: no account, exactly one that is free, or a conflict that nobody may guess about."""

    account: ObservedAccount | None = None
    conflict: Why | None = None


@dataclass(frozen=True, slots=True)
class ObservedTarget:
    """One target as it was read, with its accounts by anchor and by the value of the correlation field.

    `owners` are the anchors of accounts that we manage; `claims` counts the persons who would adopt by a value.
    """

    observation: Observation
    correlation: Correlation | None
    owners: frozenset[str]
    by_anchor: Mapping[str, ObservedAccount] = field(default_factory=dict)
    by_value: Mapping[tuple[str, ...], tuple[ObservedAccount, ...]] = field(default_factory=dict)
    claims: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def find_account(self, anchor: str | None) -> ObservedAccount | None:
        """Account with this anchor, if it was seen."""
        return self.by_anchor.get(anchor) if anchor else None

    def match(self, person: str) -> Match:
        """Account that correlates with `person`, who has none that we manage.

        Several accounts, one that another person owns, and one that several persons claim are conflicts. The text
        names nobody else: a line holds one person's data only.
        """
        value = self._value_of(person)
        found = self.by_value.get(value, ()) if value else ()
        if not found or self.correlation is None:
            return Match()
        said = f'{self.correlation.account_field} "{", ".join(value)}"'
        target = self.observation.target
        if len(found) > 1:
            anchors = ", ".join(sorted(account.anchor for account in found))
            return _conflict(target, f"{len(found)} accounts in {target} have {said}: {anchors}.")
        if found[0].anchor in self.owners:
            return _conflict(target, f"Account {found[0].anchor} in {target} with {said} belongs to another person.")
        if self.claims.get(value, 0) > 1:
            return _conflict(target, f"Several persons lay claim to account {found[0].anchor} in {target} by {said}.")
        return Match(found[0])

    def _value_of(self, person: str) -> tuple[str, ...]:
        return as_text(self.correlation.values.get(person)) if self.correlation else ()


def read_targets(inputs: ReconcileInputs) -> dict[str, ObservedTarget]:
    """Every observed target, ready for matching, in order of id."""
    claimants: dict[str, set[str]] = {}
    for key in inputs.decisions.desired:
        if key.kind is Kind.ACCOUNT and key not in inputs.managed.entries:
            claimants.setdefault(key.target, set()).add(key.person)
    return {
        target: read_target(
            inputs.observations[target],
            inputs.correlations.get(target),
            owners=frozenset(owned_anchors(inputs.managed, target)),
            claimants=claimants.get(target, set()),
        )
        for target in sorted(inputs.observations)
    }


def read_target(
    observation: Observation, correlation: Correlation | None, *, owners: frozenset[str], claimants: Iterable[str]
) -> ObservedTarget:
    """One target, ready for matching. `claimants` are persons with an account to be made there, each once."""
    by_value: dict[tuple[str, ...], list[ObservedAccount]] = {}
    claims: dict[tuple[str, ...], int] = {}
    if correlation is not None:
        for account in observation.accounts:
            by_value.setdefault(as_text(account.attributes.get(correlation.account_field)), []).append(account)
        for person in claimants:
            value = as_text(correlation.values.get(person))
            claims[value] = claims.get(value, 0) + 1
    return ObservedTarget(
        observation,
        correlation,
        owners,
        {account.anchor: account for account in observation.accounts},
        {value: tuple(accounts) for value, accounts in by_value.items()},
        claims,
    )


def owned_anchors(managed: ManagedState, target: str) -> dict[str, EntitlementKey]:
    """Accounts of `target` that we manage, disabled ones included, by anchor."""
    return {
        entry.anchor: key
        for key, entry in managed.entries.items()
        if key.target == target and key.kind is Kind.ACCOUNT and entry.anchor
    }


def _conflict(target: str, text: str) -> Match:
    return Match(conflict=Why("conflict", f"{target}/{Kind.ACCOUNT}", text))


def correlation_value(correlation: Correlation, person: str) -> tuple[str, JsonValue] | None:
    """Account field and value by which the account of `person` can be found; None when there is no value."""
    value = correlation.values.get(person)
    return (correlation.account_field, value) if as_text(value) else None
