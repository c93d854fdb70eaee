"""E2: evaluating, reconciling and planning have no effect, read no clock and leave their inputs as they were."""

from __future__ import annotations

import gc
import hashlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings

from engine.enforce.plan import PlanTerms, make_plan
from engine.enforce.releases import release_lines
from engine.evaluate.evaluate import evaluate
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.limits import LimitBasis
from engine.reconcile.reconcile import reconcile
from policy.diff import EntitlementDiff, Op
from policy.enforcement import Plan
from policy.entitlements import Kind
from policy.ledger import ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.statements import Releases
from tests.builders.diffs import carry_out
from tests.properties.strategies.policies import as_of_days, policies
from tests.properties.strategies.reconciling import worlds
from tests.properties.strategies.towns import snapshots

modest = settings(max_examples=30)

EFFECTS = ("open", "os.", "socket.", "subprocess.", "shutil.", "sqlite3.", "ctypes.", "import", "_thread.", "time.")
"""Beginnings of the audit events (PEP 578) that no pure function raises."""
CLOCKS = {"now", "today", "utcnow"}
FORBIDDEN = {"posix", "nt", "time", "_random", "_socket", "_thread", "_posixsubprocess", "_io", "io", "select", "_uuid"}
"""Modules in C whose functions reach out of the process, or differ from one call to the next."""
CHANCE = {"os", "random", "secrets", "socket", "subprocess", "tempfile", "threading", "uuid"}
"""Modules in Python of which the same is true: what they do not ask of C is the environment."""


@dataclass(slots=True)
class Watch:
    """What was reached for while it was armed. An audit hook stays for ever, so it listens only then."""

    armed: bool = False
    seen: list[str] = field(default_factory=list)

    def audit(self, event: str, _: tuple[object, ...]) -> None:
        if self.armed and event.startswith(EFFECTS):
            self.seen.append(event)

    def profile(self, frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and _reaches_out(called):
            self.seen.append(f"{called!r} from {frame.f_code.co_qualname}")
        elif event == "call" and frame.f_globals.get("__name__") in CHANCE:
            self.seen.append(frame.f_code.co_qualname)


WATCH = Watch()
sys.addaudithook(WATCH.audit)


def _reaches_out(called: object) -> bool:
    owner = getattr(called, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, date) and getattr(called, "__name__", "") in CLOCKS:
        return True
    return getattr(called, "__module__", None) in FORBIDDEN or isinstance(owner, random.Random)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What the block reaches for: files, sockets, processes, environment, clocks and chance."""
    before = sys.getprofile()
    gc.disable()  # whoever times the collector looks at the clock in our place
    WATCH.seen = []
    WATCH.armed = True
    sys.setprofile(WATCH.profile)
    try:
        yield WATCH.seen
    finally:
        sys.setprofile(before)
        WATCH.armed = False
        gc.enable()


def seal(*inputs: object) -> str:
    """Digest of everything in these values, the order of their mappings included."""
    return hashlib.sha256("\n".join(map(repr, inputs)).encode()).hexdigest()


EVERY_BUCKET = Releases(
    frozenset(f"{target}/{op}/{kind}" for target in ("ad", "entra", "erp") for op in Op for kind in Kind)
)


def think(inputs: ReconcileInputs) -> tuple[EntitlementDiff, Plan, Plan]:
    """Everything between decisions and a plan, with every limit released and rebased onto itself."""
    diff = reconcile(inputs)
    targets = inputs.policy.targets
    basis = LimitBasis.of(targets, inputs.managed, inputs.executed, inputs.decisions.as_of)
    approved = frozenset(line.n for line in diff.lines)
    terms = PlanTerms(approved, release_lines(diff.lines, EVERY_BUCKET, basis))
    strict = make_plan("D", diff.lines, terms=terms, targets=targets)
    rebased = make_plan("D", diff.lines, terms=replace(terms, now=diff.lines), targets=targets)
    return diff, strict, rebased


@modest
@given(policies(), snapshots(), as_of_days, as_of_days)
def test_e2_from_people_and_rules_to_a_plan_nothing_is_reached_for(
    policy: CheckedPolicy, snapshot: Snapshot, earlier: date, as_of: date
) -> None:
    nothing = ManagedState("L1", 1, {})
    held = carry_out(ReconcileInputs(evaluate(policy, snapshot, earlier), policy, nothing))
    before = seal(policy, snapshot, held)

    with watched() as seen:
        decisions = evaluate(policy, snapshot, as_of)
        answer = think(ReconcileInputs(decisions, policy, held))

    assert seen == []
    assert seal(policy, snapshot, held) == before
    assert Snapshot.of(snapshot.persons, snapshot.departments).digest == snapshot.digest
    assert seal(*think(ReconcileInputs(evaluate(policy, snapshot, as_of), policy, held))) == seal(*answer)


@modest
@given(worlds())
def test_e2_from_decisions_of_every_kind_to_a_plan_nothing_is_reached_for(inputs: ReconcileInputs) -> None:
    before = seal(inputs)

    with watched() as seen:
        answer = think(inputs)

    assert seen == []
    assert seal(inputs) == before
    assert seal(*think(inputs)) == seal(*answer)


def open_socket() -> None:
    socket.socket().close()


REACHES: dict[str, Callable[[], object]] = {
    "a file": lambda: Path(os.devnull).read_bytes(),
    "a folder": lambda: list(Path(os.curdir).iterdir()),
    "whether a file is there": lambda: Path(os.devnull).exists(),
    "a socket": open_socket,
    "a process": lambda: subprocess.run([sys.executable, "--version"], check=True, capture_output=True),
    "a thread": lambda: threading.Thread(target=int).start(),
    "the environment": lambda: os.environ.get("HOME"),
    "the environment by its function": lambda: os.getenv("HOME"),
    "the time": time.time,
    "a stopwatch": time.perf_counter,
    "a pause": lambda: time.sleep(0),
    "the moment": lambda: datetime.now(UTC),
    "the day": date.today,
    "the operating system's chance": lambda: os.urandom(1),
    "a chance": random.random,
    "a whole number by chance": lambda: random.randint(1, 6),
    "a name by chance": uuid.uuid4,
}


@pytest.mark.parametrize("what", REACHES)
def test_the_watch_sees_whoever_reaches_for(what: str) -> None:
    with watched() as seen:
        REACHES[what]()
    assert seen


def test_the_watch_is_blind_to_thinking() -> None:
    with watched() as seen:
        assert min({date(2026, 3, 1).isoformat(), "a"}) == "2026-03-01"
    assert seen == []
