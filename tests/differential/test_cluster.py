"""Two workers of Ray decide as one process and as the reference: the same bytes, and nothing at all when they fail.

One session of Ray serves the whole module. Without the extra `cluster` the module is skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.main import build_app
from api.runners import cluster
from api.runners.cluster import decide_on_worker, join_cluster, run_on_cluster
from api.settings.workspace import open_workspace
from api.tools import no_progress
from api.usecases.load_policy import load_policy
from engine.columnar.columns import columns_of
from engine.columnar.decide import compile_tables, decide, decisions_of
from engine.evaluate.evaluate import evaluate
from engine.merge.managed import managed_columns
from engine.merge.reconcile import reconcile_columns
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions
from policy.diagnostics import OrdainError
from policy.diff import EntitlementDiff, line_bytes
from policy.ledger import ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.crowds import crowd
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import FIRST_DAY, days

if TYPE_CHECKING:
    import pyarrow as pa
    from ray import ObjectRef

    from engine.columnar.run import Reading

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="the extra `cluster` (Ray) is not installed"),
    pytest.mark.filterwarnings(r"ignore::DeprecationWarning:ray\."),  # Ray calls what it is about to change itself
]

RULES = Path(__file__).resolve().parents[2] / "rules"
NOTHING = ManagedState("L", 0)
CASES = int(os.environ.get("ORDAIN_CLUSTER_CASES", "30"))


@pytest.fixture(scope="module", autouse=True)
def two_workers() -> Iterator[None]:
    with join_cluster(None, 2):
        yield


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES / "first-steps", tmp_path / "clinic"))


def lines(diff: EntitlementDiff) -> bytes:
    return b"".join(line_bytes(line) + b"\n" for line in diff.lines)


def on_cluster(policy: CheckedPolicy, town: Snapshot, day: date, size: int) -> Decisions:
    tables = compile_tables(policy, columns_of(town), day)
    found = run_on_cluster(tables, address=None, processors=2, progress=no_progress, size=size)
    return decisions_of(tables, found, include_drafts=False)


def compare(policy: CheckedPolicy, town: Snapshot, day: date, size: int) -> None:
    in_columns = replace(NOTHING, entries=managed_columns(NOTHING.entries))
    wanted = lines(reconcile(ReconcileInputs(evaluate(policy, town, day), policy, NOTHING)))
    for decisions in (decide(policy, columns_of(town), day), on_cluster(policy, town, day, size)):
        assert lines(reconcile_columns(ReconcileInputs(decisions, policy, in_columns))) == wanted


@given(policy=policies(), seed=st.integers(0, 2**32 - 1), day=days, size=st.sampled_from((1, 6, 100)))
@settings(max_examples=CASES, suppress_health_check=[*HealthCheck])
def test_a_crowd_gets_the_same_lines(policy: CheckedPolicy, seed: int, day: date, size: int) -> None:
    compare(policy, crowd(20, seed), day, size)


@given(policy=policies(), people=st.integers(0, 1))
@settings(max_examples=3, suppress_health_check=[*HealthCheck])
def test_less_people_than_workers(policy: CheckedPolicy, people: int) -> None:
    compare(policy, crowd(people), FIRST_DAY, 1)


def test_all_engines_sign_the_same_lines(clinic: Path, tmp_path: Path) -> None:
    for engine in ("ray", "columnar", "reference"):
        words = ["evaluate", "--workspace", str(clinic), "--as-of", "2026-03-02", "--engine", engine]
        words += ["--out", str(tmp_path / engine)]
        result = CliRunner().invoke(build_app(words), words, catch_exceptions=False)
        assert result.exit_code == 0, result.output

    signed = [(tmp_path / engine / "lines.ndjson").read_bytes() for engine in ("ray", "columnar", "reference")]
    assert signed[0]
    assert signed[0] == signed[1] == signed[2]


@pytest.fixture(scope="module")
def policy() -> CheckedPolicy:
    return load_policy(open_workspace(RULES / "first-steps")).require()


def test_a_worker_with_another_ordain_decides_nobody(policy: CheckedPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "engine_digest", lambda: "another")

    with pytest.raises(OrdainError, match="another version of Ordain") as refused:
        on_cluster(policy, crowd(4), FIRST_DAY, 2)

    assert refused.value.diagnostic.code == "ORD0947"


def test_one_who_cannot_be_decided_fails_everybody(policy: CheckedPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(block: pa.Table, common: ObjectRef[Reading], source: str) -> pa.Table:
        if 3 in block.column("row").to_pylist():
            raise ArithmeticError("row 3 is too much")
        return decide_on_worker(block, common, source)

    monkeypatch.setattr(cluster, "decide_on_worker", fail)

    with pytest.raises(OrdainError, match="row 3 is too much") as failed:
        on_cluster(policy, crowd(6), FIRST_DAY, 1)

    assert failed.value.diagnostic.code == "ORD0947"


def test_another_worker_takes_over_from_one_that_dies(
    policy: CheckedPolicy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    died = tmp_path / "died"

    def die_once(block: pa.Table, common: ObjectRef[Reading], source: str) -> pa.Table:
        if not died.exists():
            died.touch()
            os._exit(1)
        return decide_on_worker(block, common, source)

    monkeypatch.setattr(cluster, "decide_on_worker", die_once)

    compare(policy, crowd(6), FIRST_DAY, 6)

    assert died.exists()


def test_a_block_that_kills_its_workers_fails_everybody(policy: CheckedPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE_SECONDS", 8.0)
    monkeypatch.setattr(cluster, "decide_on_worker", lambda _, **__: os._exit(1))

    with pytest.raises(OrdainError, match="progress") as failed:
        on_cluster(policy, crowd(6), FIRST_DAY, 6)

    assert failed.value.diagnostic.code == "ORD0947"
