"""Every engine of the benchmark gives the answers of the reference; those that are not installed are skipped."""

import numpy as np
import pytest

from bench.peers.answer import Diff, diff_checksums, pairs_checksum
from bench.peers.registry import PEERS, Peer
from bench.workload.domains import AS_OF
from bench.workload.managed import make_managed, managed_state
from bench.workload.people import make_columns
from bench.workload.plain_rules import PlainRules, plain_rules
from bench.workload.rules import make_policy
from engine.columnar.columns import Columns
from engine.columnar.persons import snapshot_of
from engine.evaluate.evaluate import evaluate
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions
from policy.diff import Op, Status

PERSONS, RULES, SEED = 200, 60, 5


@pytest.fixture(scope="module")
def columns() -> Columns:
    return make_columns(PERSONS, SEED)


@pytest.fixture(scope="module")
def decided(columns: Columns) -> Decisions:
    return evaluate(make_policy(RULES, SEED), snapshot_of(columns), AS_OF)


@pytest.fixture(scope="module")
def rules(columns: Columns) -> PlainRules:
    return plain_rules(make_policy(RULES, SEED), columns.departments, AS_OF)


def installed(peer: Peer) -> Peer:
    if not peer.is_installed:
        pytest.skip(f"{peer.package} is not installed: uv sync --group bench")
    return peer


@pytest.mark.parametrize("name", [one.name for one in PEERS.values() if one.pairs])
def test_fires_the_rules_that_the_reference_fires(
    name: str, columns: Columns, rules: PlainRules, decided: Decisions
) -> None:
    run = installed(PEERS[name]).ready(columns, rules)
    numbers = {rule.id: rule.number for rule in rules.rules}
    rows = {contract: row for row, contract in enumerate(columns.contract_ids.values[1:])}
    fired = {(rows[one.contract], numbers[one.rule]) for reasons in decided.desired.values() for one in reasons}
    wanted = pairs_checksum(tuple(zip(*sorted(fired), strict=True)), columns, RULES)

    assert len(fired) > PERSONS
    assert pairs_checksum(run(), columns, RULES) == wanted
    assert pairs_checksum(run(), columns, RULES) == wanted, "the second time too"


@pytest.mark.parametrize("name", [one.name for one in PEERS.values() if one.diffs])
def test_finds_the_lines_that_the_reference_finds(
    name: str, columns: Columns, rules: PlainRules, decided: Decisions
) -> None:
    policy, managed = make_policy(RULES, SEED), make_managed(columns, make_policy(RULES, SEED), SEED)
    peer = installed(PEERS[name]).ready_diff(columns, rules, managed)
    diff = reconcile(ReconcileInputs(decided, policy, managed_state(managed, columns)))
    places = {one: place for place, one in enumerate(rules.entitlements)}
    numbers = {rule.id: rule.number for rule in rules.rules}
    rows = {contract: row for row, contract in enumerate(columns.contract_ids.values[1:])}

    def pair(person: str, entitlement: object) -> int:
        return int(person[1:]) * len(places) + places[entitlement]  # type: ignore[index]  # one of them

    because = [
        (pair(line.key.person, line.key.entitlement), numbers[one.rule], rows[one.contract])
        for line in diff.lines
        if line.op is Op.GRANT
        for one in line.because
    ]
    wanted = Diff(
        desired=[pair(key.person, key.entitlement) for key in decided.desired],
        grants=[pair(one.key.person, one.key.entitlement) for one in diff.lines if one.op is Op.GRANT],
        revokes=[pair(one.key.person, one.key.entitlement) for one in diff.lines if one.op is Op.REVOKE],
        because=tuple(np.array(because).T),
    )

    assert {one.status for one in diff.lines} == {Status.PLANNED}
    assert len(wanted.grants) + len(wanted.revokes) == len(diff.lines) > 0
    assert diff_checksums(peer.answer(peer.run())) == diff_checksums(wanted)
