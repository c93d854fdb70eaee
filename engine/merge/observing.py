"""What targets hold, beside persons and entitlements by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.merge.candidates import GIVEN, Candidates
from engine.merge.managed import ManagedColumns
from engine.merge.numbering import Numbering, Numbers
from engine.reconcile.attributes import as_text
from engine.reconcile.classify import held_by
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.matching import ObservedTarget, read_target
from policy.diff import Unmanaged
from policy.entitlements import Kind


@dataclass(frozen=True, eq=False)
class Observed:
    """Observed targets in order of id.

    `owners` gives the person (number) of every account that we manage by target and anchor; `adoptable` are persons
    and accounts (numbers) to be made for whom there is an account in the target already.
    """

    targets: Mapping[str, ObservedTarget]
    owners: Mapping[str, Mapping[str, int]]
    adoptable: tuple[Numbers, Numbers]


def observe(inputs: ReconcileInputs, numbering: Numbering, candidates: Candidates, managed: ManagedColumns) -> Observed:
    """Make observations ready for matching; looks at nobody but those who have or would get an account there."""
    owners = _find_owners(inputs, numbering, managed)
    targets: dict[str, ObservedTarget] = {}
    persons, accounts = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    for target in sorted(inputs.observations):
        correlation = inputs.correlations.get(target)
        account = numbering.numbers.get((target, Kind.ACCOUNT, ""), -1)
        is_new = (candidates.entitlements == account) & (candidates.sides == GIVEN)
        claimants = candidates.persons[is_new] if correlation else np.zeros(0, np.int32)
        names = numbering.name_persons(claimants)
        targets[target] = read_target(
            inputs.observations[target], correlation, owners=frozenset(owners[target]), claimants=names
        )
        if correlation is None:
            continue
        wanted = {value for value in targets[target].by_value if value}
        hits = [at for at, person in enumerate(names) if as_text(correlation.values.get(person)) in wanted]
        persons.append(claimants[hits])
        accounts.append(np.full(len(hits), account, np.int32))
    return Observed(targets, owners, (np.concatenate(persons), np.concatenate(accounts)))


def find_unmanaged(
    observed: Observed, numbering: Numbering, adopted: Mapping[str, Mapping[str, int]]
) -> Iterator[Unmanaged]:
    """Objects of targets that are neither managed nor adopted; an account stands for all that hangs on it.

    `adopted` gives the person (number) of every account to be adopted by target and anchor.
    """
    for id_, target in observed.targets.items():
        owners = {**observed.owners[id_], **adopted.get(id_, {})}
        found: list[tuple[Kind, str, str]] = []
        persons, entitlements = [], []
        for account in sorted(target.observation.accounts, key=lambda one: one.anchor):
            owner = owners.get(account.anchor)
            held = [(Kind.ACCOUNT, "")] if owner is None else held_by(account)
            found += [(kind, name, account.anchor) for kind, name in held]
            persons += [-1 if owner is None else owner] * len(held)
            entitlements += [numbering.numbers.get((id_, kind, name), -1) for kind, name in held]
        pairs = np.array(persons, np.int32), np.array(entitlements, np.int32)
        is_ours = (numbering.desired.find(*pairs) >= 0) | (numbering.managed.find(*pairs) >= 0)
        for at in np.flatnonzero(~is_ours).tolist():
            yield Unmanaged(id_, *found[at])


def _find_owners(inputs: ReconcileInputs, numbering: Numbering, managed: ManagedColumns) -> dict[str, dict[str, int]]:
    """Persons (numbers) of accounts that we manage in observed targets, by target and anchor."""
    owners: dict[str, dict[str, int]] = {target: {} for target in inputs.observations}
    if not owners:
        return owners
    persons, entitlements = numbering.managed.pairs_at(managed.detailed)
    for target, found in owners.items():
        account = numbering.numbers.get((target, Kind.ACCOUNT, ""), -1)
        theirs = np.flatnonzero(entitlements == account)
        anchors = managed.details.column("anchor").take(pa.array(theirs)).to_pylist()
        found.update(
            (anchor, person) for anchor, person in zip(anchors, persons[theirs].tolist(), strict=True) if anchor
        )
    return owners
