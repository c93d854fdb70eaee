"""Several processes on one store, and processes that die: every transaction is there whole or not at all."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.store.store import Store, open_store
from policy.audit import AuditEvent
from policy.diagnostics import TransientError
from tests.conformance.store_samples import ACCOUNT, NOW, diff, managed

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
import os, signal, sys
from datetime import UTC, datetime
from api.store.store import open_store
from policy.audit import AuditEvent
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement
NOW = datetime(2026, 3, 1, tzinfo=UTC)
store = open_store(sys.argv[1], tenant="meridian")
print("ready", flush=True)
def change(tx, number):
    key = EntitlementKey("P1", "ad", Kind.ACCOUNT)
    tx.ledger.put(ManagedEntitlement(key, number, anchor=f"{os.getpid()}-{number}"))
    tx.audit.append(AuditEvent(NOW, "ledger.put", "test", str(number)))
"""
CONSUME = """
sys.stdin.readline()
with store.write() as tx:
    print(tx.diffs.consume("4f2a11aaaaaa", str(os.getpid()), at=NOW))
"""
COUNT = """
sys.stdin.readline()
for number in range(25):
    with store.write() as tx:
        change(tx, number)
"""
DIE_INSIDE = """
with store.write() as tx:
    change(tx, 1)
    change(tx, 2)
    os.kill(os.getpid(), signal.SIGKILL)
"""
FOR_EVER = """
for number in range(1_000_000):
    with store.write() as tx:
        change(tx, number)
"""
HOLD = """
with store.write() as tx:
    print("holding", flush=True)
    sys.stdin.readline()
"""


def start(script: str, url: str) -> subprocess.Popen[str]:
    """Another process with the store open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEAD + script, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_of_several_processes_one_consumes_a_diff(store: Store, store_url: str) -> None:
    with store.write() as tx:
        tx.diffs.save(diff())
    processes = [start(CONSUME, store_url) for _ in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(answers) == ["False", "False", "False", "True"]
    with store.read() as tx:
        assert tx.diffs.get(diff().id).consumed_by == str(processes[answers.index("True")].pid)


def test_serials_and_audit_indexes_are_exact_under_concurrency(store: Store, store_url: str) -> None:
    processes = [start(COUNT, store_url) for _ in range(3)]
    for process in processes:
        process.communicate("\n", timeout=120)
    assert [process.returncode for process in processes] == [0, 0, 0]
    with store.read() as tx:
        assert tx.ledger.serial() == tx.audit.size() == 75
        assert tx.audit.verify().intact


def test_stores_opened_at_the_same_moment_agree_on_one_lineage(store_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", f"{HEAD}\nwith store.read() as tx: print(tx.ledger.lineage())", store_url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(answers) == 1


def test_a_process_killed_inside_a_transaction_leaves_nothing(store: Store, store_url: str) -> None:
    with store.write() as tx:
        tx.ledger.put(managed())
    process = start(DIE_INSIDE, store_url)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with store.write() as tx:  # nothing stands in the way either
        assert tx.ledger.serial() == 1
        assert tx.ledger.get(ACCOUNT) == managed()
        assert tx.audit.size() == 0
        assert tx.audit.append(AuditEvent(NOW, "ledger.put", "test", "P1")) == 0


@pytest.mark.parametrize("milliseconds", [13, 57, 140])
def test_a_process_killed_at_any_moment_leaves_whole_transactions(
    store: Store, store_url: str, milliseconds: int
) -> None:
    process = start(FOR_EVER, store_url)
    time.sleep(milliseconds / 1000)
    process.kill()
    process.communicate()
    with store.write() as tx:
        assert tx.ledger.serial() == tx.audit.size()
        assert tx.audit.verify().intact
        entry = tx.ledger.get(ACCOUNT)
        assert (entry.generation + 1 if entry else 0) == tx.audit.size()


def test_a_store_that_stays_busy_says_so(store_url: str) -> None:
    holder = start(HOLD, store_url)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(TransientError) as busy:
        open_store(store_url, tenant="meridian", busy_timeout_seconds=0.2)
    holder.communicate("\n", timeout=60)
    assert busy.value.diagnostic.code == "ORD0902"
    open_store(store_url, tenant="meridian", busy_timeout_seconds=0.2).close()
