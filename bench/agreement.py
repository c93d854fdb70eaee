"""All engines against the reference on a small workload, before anything is measured."""

from __future__ import annotations

import numpy as np

from bench.measured import race
from bench.peers.answer import Diff, diff_checksums, pairs_checksum
from bench.peers.registry import PEERS
from bench.workload.domains import AS_OF
from bench.workload.managed import managed_state
from bench.workload.stored import Stored
from engine.columnar.columns import Columns
from engine.columnar.persons import snapshot_of
from engine.evaluate.evaluate import evaluate
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.diff import Op


def reference_checksums(stored: Stored) -> dict[str, dict[str, str]]:
    """Checksums of what the reference says: of pairs and of the diff."""
    columns, policy = stored.read_columns(), stored.read_policy()
    rules = stored.read_rules(columns)
    decided = evaluate(policy, snapshot_of(columns), AS_OF)
    managed = managed_state(stored.read_managed(rules), columns)
    diff = reconcile(ReconcileInputs(decided, policy, managed))
    rows, persons = _contract_rows(columns), {one: row for row, one in enumerate(columns.person_ids.to_pylist())}
    numbers = {rule.id: rule.number for rule in rules.rules}
    places = {(one.target, one.kind, one.name): place for place, one in enumerate(rules.entitlements)}
    fired = {(rows[one.contract], numbers[one.rule]) for found in decided.desired.values() for one in found}
    pairs = {
        key: persons[key.person] * len(places) + places[key.target, key.kind, key.name]
        for key in (*decided.desired, *(line.key for line in diff.lines))
    }
    because = [
        (pairs[line.key], numbers[one.rule], rows[one.contract])
        for line in diff.lines
        if line.op is Op.GRANT
        for one in line.because
    ]
    said = Diff(
        desired=[pairs[key] for key in decided.desired],
        grants=[pairs[line.key] for line in diff.lines if line.op is Op.GRANT],
        revokes=[pairs[line.key] for line in diff.lines if line.op is Op.REVOKE],
        because=_columns(because),
    )
    firings = _columns([(row, number, 0) for row, number in sorted(fired)])
    return {"pairs": {"pairs": pairs_checksum(firings[:2], columns, stored.rules)}, "diff": diff_checksums(said)}


def prove_agreement(stored: Stored, engines: list[str]) -> None:
    """Let every engine answer once. Raises DisagreementError when one does not answer as the reference."""
    wanted = reference_checksums(stored)
    for job, answered in wanted.items():
        able = [
            name
            for name in engines
            if name not in PEERS or (PEERS[name].pairs if job == "pairs" else PEERS[name].diffs)
        ]
        answers = race(able, job, stored, threads=1, rounds=1, wanted=answered)
        print(f"{job}: {', '.join(answers)} answer as the reference ({' '.join(answered.values())})")


def _contract_rows(columns: Columns) -> dict[str, int]:
    return {str(one): row for row, one in enumerate(columns.contract_ids.values[1:])}


def _columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first, second, third = np.array(rows, np.int64).reshape(-1, 3).T
    return first, second, third
