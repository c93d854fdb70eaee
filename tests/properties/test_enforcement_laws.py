"""L1, L2 and L3 with a target in memory and one in real files, whatever goes wrong and whoever dies on the way.

Faults come by the number of the call, deaths by the number of the point in a process; both are drawn. L4 and that the
next diffs bring the rest are looked at too.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import connectors.csv.target
from connectors.memory.target import MemoryTarget
from policy.canonical import JsonValue
from policy.diagnostics import RefusedError
from policy.diff import Op
from policy.enforcement import Action, ActionResult, ActionState, Probe
from policy.entitlements import Kind
from policy.ports import TargetConnector
from policy.targets import AccountPayload, Observation, ObservedAccount
from tests.simulation.checks import FINAL, check_run, is_true
from tests.simulation.town import SETTINGS, Crash, Town, open_town, person

modest = settings(max_examples=12)

FAULTS = ("busy", "wait", "lost before", "lost after", "broken", "refused", "twice")
ERP = '[targets.erp]\nconnector = "csv"\nfile = "out/erp.csv"'
WITH_FILES = SETTINGS.replace('[targets.erp]\nconnector = "memory"', ERP)
LONGEST_CALL_SECONDS = 120
"""How long after a death the next process begins: leases and calls of the dead one are over."""

Names = Mapping[str, str]
"""Display names of those who are there, by number."""
Schedule = Mapping[int, str]

names = st.sampled_from(("Anna", "Bo"))
crowds = st.dictionaries(st.sampled_from(("P1", "P2", "P3")), names, min_size=1)
schedules = st.dictionaries(st.integers(1, 30), st.sampled_from(FAULTS), max_size=8)
deaths = st.lists(st.integers(1, 90), max_size=4)


@dataclass(slots=True)
class Weather:
    """What goes wrong with which call, counted over all targets; `now` is what goes wrong with this one."""

    coming: Schedule = field(default_factory=dict)
    calls: int = 0
    now: str | None = None

    def strike(self, _: Action) -> str | None:
        self.calls += 1
        self.now = self.coming.get(self.calls)
        return self.now


@dataclass(slots=True)
class Doubling:
    """A connector between which and us the network now and then delivers a call twice."""

    real: TargetConnector
    weather: Weather
    idempotent: bool = True

    @property
    def name(self) -> str:
        return self.observe().target

    @property
    def accounts(self) -> dict[str, ObservedAccount]:
        return {one.anchor: one for one in self.observe().accounts}

    def observe(self) -> Observation:
        return self.real.observe()

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        return self.real.is_unique(field, value, but_anchor=but_anchor)

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:
        if self.weather.now == "twice":
            self.real.apply(action, payload, timeout_seconds=timeout_seconds)
        return self.real.apply(action, payload, timeout_seconds=timeout_seconds)

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        return self.real.probe(action, payload)


@contextmanager
def town_with_files(weather: Weather) -> Iterator[Town]:
    """A town with `erp` in files, opened anew by every process, and an `ad` to which sent twice is done twice."""
    with tempfile.TemporaryDirectory() as folder, open_town(Path(folder) / "town", settings=WITH_FILES) as town:
        open_files = connectors.csv.target.open_csv_target
        erp = town.targets["erp"]
        erp.makes_keys = False

        def open_erp(name: str, config: Any, root: Path) -> TargetConnector:  # noqa: ANN401  # the opener's own
            erp.inner = Doubling(open_files(name, config, root), weather)  # type: ignore[assignment]  # as good as one
            return erp

        town.targets["ad"].makes_keys = True
        town.targets["ad"].inner = Doubling(MemoryTarget("ad"), weather)  # type: ignore[assignment]  # as good as one
        for target in town.targets.values():
            target.trouble = weather.strike
        with patch.object(connectors.csv.target, "open_csv_target", open_erp):
            yield town


def settle(town: Town, crowd: Names) -> None:
    """Import these people; their logins follow their names."""
    town.people(*(person(number, name, UserName=f"{name}.{number}") for number, name in sorted(crowd.items())))


def enforce_through(town: Town, diff: str, dying: list[int]) -> None:
    """Enforce while processes die; after every one the laws hold already."""
    for dies_at in [*dying, None]:
        town.fork(dies_at)
        town.clock.sleep(LONGEST_CALL_SECONDS)
        try:
            town.enforce(diff)
        except Crash:
            check_laws_on_the_way(town)
        except RefusedError as error:
            if error.diagnostic.code != "ORD0825":  # an earlier process had enforced it
                raise
            return


def check_laws_on_the_way(town: Town) -> None:
    """L1 and L3, at any moment at all."""
    for name, target in town.targets.items():
        found = Counter(str(one.attributes.get("Number")) for one in target.accounts.values())
        assert all(count == 1 for count in found.values()), f"L1: one account a person in {name}: {found}"
    with town.store.read() as tx:
        for run in tx.runs.unfinished():
            for one in tx.actions.of_run(run.id):
                if one.state is ActionState.DONE:
                    assert is_true(town, one.key) == (one.op not in {Op.REVOKE, Op.DELETE}), f"L3: {one.key} is done"


def check_laws_at_the_end(town: Town, diff: str) -> None:
    """L1 to L4, no run left open, and targets that hold what the ledger says."""
    check_run(town, diff)
    with town.store.read() as tx:
        assert tx.runs.unfinished() == ()
        assert {one.state for run in tx.runs.list() for one in tx.actions.of_run(run.id)} <= FINAL, "L2"
    for key, entry in town.managed().entries.items():
        assert is_true(town, key), f"{key} is managed and not there"
        if key.kind is Kind.ACCOUNT:
            account = town.targets[key.target].accounts[entry.anchor]
            held = {name: account.attributes.get(name) for name in entry.attributes}
            assert held == dict(entry.attributes), f"L3: {key} is as the ledger says"


@modest
@given(before=crowds, after=crowds, faults=schedules, dying=deaths)
@example(before={"P1": "Anna"}, after={"P2": "Bo"}, faults=dict.fromkeys(range(1, 30), "twice"), dying=[])
@example(
    before={"P1": "Anna"}, after={"P1": "Bo", "P2": "Bo"}, faults=dict.fromkeys(range(1, 9), "lost after"), dying=[]
)
@example(before={"P1": "Anna"}, after={"P1": "Bo", "P2": "Bo"}, faults={1: "lost after", 4: "refused"}, dying=[40, 15])
def test_l1_l2_l3_whatever_goes_wrong(before: Names, after: Names, faults: Schedule, dying: list[int]) -> None:
    assume(before != after)
    weather = Weather()
    with town_with_files(weather) as town:
        settle(town, before)
        town.enforce()
        settle(town, after)
        diff = town.approved()
        weather.calls, weather.coming = 0, faults
        enforce_through(town, diff, dying)
        weather.coming = {}
        town.fork()
        town.clock.sleep(LONGEST_CALL_SECONDS)
        assert all(done.finished for done in town.resume())
        check_laws_at_the_end(town, diff)
        for _ in range(3):  # what failed is in the next diff, and what depends on it in the one after
            if town.lines():
                town.enforce()
        assert town.lines() == ()
        everybody = {number for target in town.targets.values() for number in numbers_in(target.accounts)}
        assert everybody == after.keys()


def numbers_in(accounts: Mapping[str, ObservedAccount]) -> set[str]:
    return {str(one.attributes["Number"]) for one in accounts.values()}
