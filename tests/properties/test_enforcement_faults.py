"""Laws of enforcement under any mixture of faults and deaths: L1-L6, L8, P1, P2."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.diagnostics import RefusedError
from policy.enforcement import Action, ActionState
from tests.simulation.checks import check_run
from tests.simulation.town import SETTINGS, Crash, Town, copy_town, open_town, person

modest = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
PASSING = ["busy", "wait", "lost before", "lost after", "broken"]
STEADY = SETTINGS.replace("attempts = 3", "attempts = 20")

passing = st.lists(st.tuples(st.integers(0, 25), st.sampled_from(PASSING)), max_size=8)
deaths = st.lists(st.integers(4, 90), max_size=5)


@contextmanager
def ready_town() -> Iterator[tuple[Town, str]]:
    """One leaves, one is renamed, one is new: a diff with every kind of action, approved."""
    with tempfile.TemporaryDirectory() as folder, open_town(Path(folder) / "town", settings=STEADY) as town:
        town.people(person("P1"), person("P2"))
        town.enforce()
        town.people(person("P2", "Another name", UserName="other"), person("P3"))
        yield town, town.approved()


@pytest.fixture(scope="module")
def ready() -> Iterator[tuple[Town, str]]:
    with ready_town() as made:
        yield made


@contextmanager
def copy_of(ready: tuple[Town, str]) -> Iterator[tuple[Town, str]]:
    town, diff = ready
    with tempfile.TemporaryDirectory() as folder, copy_town(town, Path(folder) / "copy") as copy:
        yield copy, diff


def trouble_at(town: Town, faults: dict[int, str]) -> None:
    """Fail the calls with these numbers, counted over both targets."""
    count = 0

    def trouble(_: Action) -> str | None:
        nonlocal count
        count += 1
        return faults.get(count)

    for target in town.targets.values():
        target.trouble = trouble


def enforce_to_the_end(town: Town, diff: str, dying: list[int]) -> None:
    """Enforce, dying on the way; always another process takes over."""
    for dies_at in [*dying, None]:
        town.fork(dies_at)
        town.clock.moment += town.clock.moment.resolution * 120_000_000
        refused: list[str] = []
        try:
            town.enforce(diff)
        except Crash:
            continue
        except RefusedError as error:
            refused.append(error.diagnostic.code)
        assert refused in ([], ["ORD0825"]), "P2: it is refused only because it was enforced already"
    town.fork()


@modest
@given(faults=passing, dying=deaths)
def test_l6_when_the_faults_stop_everything_is_as_if_there_were_none(
    ready: tuple[Town, str], faults: list[tuple[int, str]], dying: list[int]
) -> None:
    with copy_of(ready) as (whole, diff):
        whole.enforce(diff)
        expected, books = whole.holdings(), whole.managed()
    with copy_of(ready) as (town, diff):
        trouble_at(town, dict(faults))
        enforce_to_the_end(town, diff, dying)
        assert town.holdings() == expected
        assert town.managed() == books
        check_run(town, diff)


@modest
@given(refused=st.sets(st.integers(1, 20), max_size=6), dying=deaths)
def test_whatever_is_refused_the_books_are_true_and_the_next_diff_has_the_rest(
    ready: tuple[Town, str], refused: set[int], dying: list[int]
) -> None:
    with copy_of(ready) as (town, diff):
        trouble_at(town, dict.fromkeys(refused, "refused"))
        enforce_to_the_end(town, diff, dying)
        check_run(town, diff)
        trouble_at(town, {})
        for _ in range(3):  # a change in `ad` reaches `erp` in the next diff
            if town.lines():
                town.enforce()
        assert town.lines() == ()
        assert {one.state for one in all_actions(town)} <= {
            ActionState.DONE,
            ActionState.FAILED,
            ActionState.SKIPPED,
        }


def all_actions(town: Town) -> list[object]:
    with town.store.read() as tx:
        return [action for run in tx.runs.list() for action in tx.actions.of_run(run.id)]
