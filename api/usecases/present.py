"""What is true now, without looking into any target: rules, people, and the digests a diff is held against."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.store.store import Transaction
from api.tools import Tools
from api.usecases.checked_policy import checked_policy
from api.usecases.snapshot_columns import columns_in_force
from engine.columnar.persons import snapshot_of
from policy.canonical import JsonValue
from policy.diff import InputDigests
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Present:
    """Rules and people as they stand, with digests of S, P, C and M; what targets hold is not looked at."""

    policy: CheckedPolicy
    snapshot: Snapshot
    inputs: InputDigests


def read_present(tools: Tools) -> Present:
    """Read what is true now. Raises DataError when the rules have errors or nobody was imported yet."""
    policy = checked_policy(tools.workspace)
    with tools.store.read() as tx:
        columns = columns_in_force(tools, tx)
        lineage, serial, managed = tx.ledger.heading()
        inputs = InputDigests(
            snapshot=columns.digest,
            policy=policy.digest,
            configuration=tools.workspace.configuration_digest(),
            managed=managed,
            lineage=lineage,
            serial=serial,
            observed="",
        )
        return Present(policy, snapshot_of(columns), inputs)


def inputs_in(tx: Transaction, inputs: InputDigests) -> InputDigests:
    """Digests with those of the store as they are in this very transaction."""
    (lineage, serial, managed), current = tx.ledger.heading(), tx.snapshots.latest()
    return replace(
        inputs,
        snapshot=current.digest if current else "",
        managed=managed,
        lineage=lineage,
        serial=serial,
    )


def run_inputs(as_of: str, inputs: InputDigests) -> dict[str, JsonValue]:
    """Tell what a run remembers of the day and the inputs it began with: those that it does not change itself."""
    return {
        "as_of": as_of,
        "configuration": inputs.configuration,
        "policy": inputs.policy,
        "snapshot": inputs.snapshot,
    }
