"""Counting people, bounded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from api.lsp.census import Census, Count, Setting
from engine.evaluate.count import Asked
from policy.people import Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.unit.dsl.compiling import compile_fine

PEOPLE = Snapshot.of([Person(str(number), {"user_name": "x"}) for number in range(20)], [])


@pytest.fixture
def policy() -> CheckedPolicy:
    return compile_fine("rule everybody for person when person.user_name is known grant account in ad end")


def setting(policy: CheckedPolicy) -> Setting:
    return Setting.of(policy, PEOPLE, date(2026, 3, 1), digest="d")


def counted(census: Census, wanted: Setting, threads: ThreadPoolExecutor) -> Count:
    failures: list[Exception] = []
    census.count_rules(wanted, lambda: None, failures.append)
    threads.shutdown(wait=True)
    assert failures == []
    found = census.rules(wanted)
    assert found is not None
    return found["everybody"]


def test_everybody_is_counted_and_some_are_named(policy: CheckedPolicy) -> None:
    threads = ThreadPoolExecutor(1)
    count = counted(Census(threads, lambda: None), setting(policy), threads)
    assert count.words == "20 persons"
    assert count.first == tuple(sorted(str(number) for number in range(20)))[:10]


def test_a_count_that_takes_too_long_says_how_far_it_went(policy: CheckedPolicy) -> None:
    threads = ThreadPoolExecutor(1)
    count = counted(Census(threads, lambda: None, patience_seconds=-1), setting(policy), threads)
    assert count.words == "1 person of the first 1"


def test_nobody_waits_for_a_condition_and_asking_again_gives_the_count(policy: CheckedPolicy) -> None:
    threads = ThreadPoolExecutor(1)
    census = Census(threads, lambda: None)
    condition = policy.rules["everybody"].condition
    assert condition is not None
    asked = Asked(condition, policy.rules["everybody"])
    census.condition(setting(policy), asked, wait_seconds=0)
    count = census.condition(setting(policy), asked, wait_seconds=20)
    assert count is not None
    assert (count.found, count.total) == (20, 20)
    threads.shutdown()


def test_other_rules_make_an_older_count_stop(policy: CheckedPolicy) -> None:
    threads = ThreadPoolExecutor(1)
    older, newer = setting(policy), Setting.of(policy, PEOPLE, date(2026, 3, 1), digest="e")

    def give_way() -> None:
        if census.rules(newer) is None and census._wanted == older:
            census._wanted = newer  # somebody typed meanwhile

    census = Census(threads, give_way)
    census.count_rules(older, lambda: None, lambda _: None)
    threads.shutdown(wait=True)
    assert census.rules(older) is None
