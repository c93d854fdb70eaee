"""Ordain itself as an engine of the benchmark: what a stored workload becomes, and the calls that are timed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from api.kernels import use_kernels
from bench.peers.answer import Diff, DiffRun, Firings
from bench.workload.domains import AS_OF
from bench.workload.managed import LINEAGE, ManagedPairs
from bench.workload.plain_rules import PlainRules
from engine.columnar.columns import Columns
from engine.columnar.decide import compile_tables, decisions_of
from engine.columnar.desired import DesiredColumns
from engine.columnar.run import run as run_tables
from engine.columnar.tables import Tables
from engine.merge.entry_columns import DETAILS
from engine.merge.lines import OPS, LineTable
from engine.merge.managed import ManagedColumns
from engine.merge.reconcile import reconcile_columns
from engine.reconcile.inputs import ReconcileInputs
from policy.diff import EntitlementDiff, Op
from policy.entitlements import Entitlement, Kind
from policy.ledger import ManagedState
from policy.rules import CheckedPolicy


@dataclass(frozen=True, eq=False)
class OrdainEngine:
    """Policy and population, compiled into tables: what an evaluation has at hand once it has begun."""

    policy: CheckedPolicy
    tables: Tables
    threads: int

    @classmethod
    def of(cls, policy: CheckedPolicy, columns: Columns, threads: int) -> OrdainEngine:
        """Compile the policy for these people."""
        use_kernels()
        return cls(policy, compile_tables(policy, columns, AS_OF), threads)

    def decide(self) -> DesiredColumns:
        """Decide once: entitlements of everybody, and which rules fired for which contract."""
        return run_tables(self.tables, parts=self.threads)

    def firings(self, desired: DesiredColumns, rules: PlainRules) -> Firings:
        """Say which rules fired for which contract."""
        numbers = {rule.id: rule.number for rule in rules.rules}
        names = np.array([numbers[rule] for rule, _ in desired.rules], np.int64)
        return desired.through, names[desired.gifts.rule[desired.fired]]

    def ready_diff(self, managed: ManagedPairs, rules: PlainRules) -> DiffRun:
        """Make the state before ready: deciding and comparing is what `run` does."""
        columns = self.tables.population.columns
        state = ManagedState(LINEAGE, 1, managed_columns(managed, columns))

        def run() -> tuple[DesiredColumns, EntitlementDiff]:
            desired = self.decide()
            decisions = decisions_of(self.tables, desired, include_drafts=False)
            return desired, reconcile_columns(ReconcileInputs(decisions, self.policy, state), parts=self.threads)

        return DiffRun(run, lambda found: answer(*found, rules))


def answer(desired: DesiredColumns, diff: EntitlementDiff, rules: PlainRules) -> Diff:
    """Say a diff in pairs."""
    lines, size = diff.lines, len(rules.entitlements)
    assert isinstance(lines, LineTable), "the columnar way gives lines as columns"
    owners = np.repeat(np.arange(desired.columns.person_count, dtype=np.int64), np.diff(desired.first))
    places = {one: place for place, one in enumerate(rules.entitlements)}
    rows = _rows_of(lines.person_ids, desired.columns)
    pairs = rows[lines.person] * size + _moved(lines.entitlements, places)[lines.entitlement]
    grants = lines.op == OPS.index(Op.GRANT)
    counts = np.diff(lines.first_reason)
    numbers = {rule.id: rule.number for rule in rules.rules}
    rule = np.array([numbers[one] for one, _ in lines.rules], np.int64)[lines.reason_rule]
    contracts = _rows_of(lines.contract_ids, desired.columns, contracts=True)[lines.reason_contract]
    return Diff(
        desired=owners * size + _moved(desired.entitlements, places)[desired.given],
        grants=pairs[grants],
        revokes=pairs[lines.op == OPS.index(Op.REVOKE)],
        because=(np.repeat(pairs, counts), rule, contracts),
    )


def managed_columns(pairs: ManagedPairs, columns: Columns) -> ManagedColumns:
    """Give the state before as the ledger reads it; an account has an anchor."""
    counts = np.bincount(pairs.person, minlength=columns.person_count)
    holders = np.flatnonzero(counts)
    held = pairs.entitlement
    of_account = np.array([one.kind is Kind.ACCOUNT for one in pairs.entitlements])
    detailed = np.flatnonzero(of_account[held])
    anchors = pa.array(np.char.add("a", detailed.astype(str)), pa.large_string())
    nothing = pa.array(np.full(len(detailed), "{}"), pa.large_string())
    values = {
        "anchor": anchors,
        "attributes": nothing,
        "account_data": nothing,
        "iteration": pa.array(np.zeros(len(detailed), np.int64)),
        "disabled_on": pa.nulls(len(detailed), pa.date32()),
        "unmanage": pa.array(np.zeros(len(detailed), np.bool_)),
    }
    return ManagedColumns(
        person_ids=columns.person_ids.take(pa.array(holders)),
        first=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts[holders], dtype=np.int64))),
        entitlements=pairs.entitlements,
        held=held,
        generations=np.ones(len(held), np.int32),
        detailed=detailed,
        details=pa.RecordBatch.from_arrays([values[name] for name in DETAILS.names], schema=DETAILS),
    )


def _rows_of(ids: Any, columns: Columns, *, contracts: bool = False) -> Any:  # noqa: ANN401  # Arrow has no types
    """Row among all of every external id."""
    known = columns.contract_ids.array if contracts else columns.person_ids
    if len(ids) == len(known):
        return np.arange(len(ids), dtype=np.int64)
    texts = known.dictionary_decode().to_pylist() if contracts else known.to_pylist()
    rows = {text: row for row, text in enumerate(texts)}
    return np.array([rows[one] for one in ids.to_pylist()], np.int64)


def _moved(entitlements: tuple[Entitlement, ...], places: Mapping[Entitlement, int]) -> Any:  # noqa: ANN401
    return np.array([places[one] for one in entitlements], np.int64)
