"""A process dies before and after every commit and every call, and another one takes its place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from api.usecases.books import unmanage
from policy.diagnostics import RefusedError
from policy.entitlements import EntitlementKey, Kind
from tests.simulation.checks import check_once, check_run
from tests.simulation.directory import only_ad, put
from tests.simulation.town import SETTINGS, Crash, Town, copy_town, person


def granted(town: Town) -> None:
    """Somebody new."""
    town.people(person("P1"))


def changed(town: Town) -> None:
    """One leaves, one gets another name and login, one is new."""
    town.people(person("P1"), person("P2"))
    town.enforce()
    for target in town.targets.values():
        target.journal.clear()
    town.people(person("P2", "Another name", UserName="other"), person("P3"))


def adopted(town: Town) -> None:
    """Three have accounts as they should be, of a fourth the account and nothing else, and one is let go of."""
    town.write(rules=only_ad())
    town.people(person("P0"))
    town.enforce()
    unmanage(town.tools(), EntitlementKey("P0", "ad", Kind.PERMISSION, "All"), "It belongs to somebody else.")
    town.targets["ad"].journal.clear()
    for one in ("P1", "P2", "P3"):
        put(
            town,
            "ad",
            f"of {one}",
            permissions="All",
            enabled=True,
            Number=one,
            Login=f"login{one}",
            Name=f"Person {one}",
        )
    put(town, "ad", "of P4", Number="P4", Login="loginP4", Name="Person P4")
    town.people(*(person(f"P{number}") for number in range(5)))


@pytest.mark.parametrize(("story", "step"), [(granted, 1), (changed, 4), (adopted, 1)])
def test_l2_l6_whenever_it_dies_every_action_is_done_once(
    town: Town, tmp_path_factory: pytest.TempPathFactory, story: Callable[[Town], None], step: int
) -> None:
    story(town)
    diff = town.approved()
    place = tmp_path_factory.mktemp("towns")
    with copy_town(town, place / "whole") as whole:
        process = whole.fork()
        whole.enforce(diff)
        points, expected, books = process.points, whole.holdings(), whole.managed()
        check_run(whole, diff)
    assert points > 20
    for dies_at in range(1, points + 1, step):
        with copy_town(town, place / str(dies_at)) as copy:
            die_and_recover(copy, diff, dies_at)
            assert copy.holdings() == expected, f"L6, died at point {dies_at}"
            assert copy.managed() == books, f"died at point {dies_at}"
            check_once(copy)
            check_run(copy, diff)


def die_and_recover(town: Town, diff: str, dies_at: int) -> None:
    """Die at one point; then another process does what is left."""
    town.fork(dies_at)
    with pytest.raises(Crash):
        town.enforce(diff)
    town.fork()
    town.pass_days(1)
    with contextlib.suppress(RefusedError):  # it had just ended
        town.enforce(diff)
    assert town.resume() == []


def test_it_may_die_while_it_recovers_too(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("towns")
    town.write(settings=SETTINGS.replace("attempts = 3", "attempts = 20"))
    granted(town)
    diff = town.approved()
    with copy_town(town, place / "whole") as whole:
        whole.enforce(diff)
        expected = whole.holdings()
    for step in (11, 13, 17):
        with copy_town(town, place / str(step)) as copy:
            deaths = 0
            while True:
                copy.fork(dies_at=step + deaths % 3)
                copy.clock.sleep(120)
                try:
                    copy.enforce(diff)
                    break
                except Crash:
                    deaths += 1
                except RefusedError:
                    break
                assert deaths < 200
            copy.fork()
            assert deaths > 2
            assert copy.holdings() == expected
            check_once(copy)
            check_run(copy, diff)
