"""Keep the witnesses of a comparison as tests in the language: what HEAD does with them is expected from then on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.usecases.files import write_whole
from dsl.testing.write import NO_PLACE, render_test
from engine.compare.keeping import tellable
from engine.compare.meaning import same_meaning
from policy.comparison import Comparison, ReplayedWitness
from policy.rules import CheckedPolicy
from policy.testing import Expectation, Expected, PolicyTest, TestDay, TestPerson


@dataclass(frozen=True, slots=True)
class KeptWitnesses:
    """How many tests were written; `untold` are witnesses that a test of the language cannot tell."""

    written: int
    already: int
    untold: tuple[ReplayedWitness, ...]


def keep_witnesses(comparison: Comparison, head: CheckedPolicy, file: Path) -> KeptWitnesses:
    """Write a test for every witness at the end of `file`, which is made when it is not there.

    A witness that a test of HEAD tells already is left out. Raises OrdainError when the file cannot be written.
    """
    found = [one for each in comparison.changed for one in each.witnesses]
    told = [(one, test) for one in found if (test := _as_test(one, head)) is not None]
    untold = tuple(one for one in found if not any(one is each for each, _ in told))
    known = [*head.tests.values()]
    fresh = [test for _, test in told if not any(_tells_the_same(test, one) for one in known)]
    blocks = [*_rendered(fresh, {one.title for one in known})]
    if blocks:
        before = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if file.is_file() else ""
        write_whole(file, (before + "\n".join(blocks)).encode())
    return KeptWitnesses(len(blocks), len(told) - len(fresh), untold)


def _as_test(witness: ReplayedWitness, head: CheckedPolicy) -> PolicyTest | None:
    told = tellable(witness, head)
    if told is None:
        return None
    person, departments = told
    rules = tuple(sorted({reason.rule for reason in witness.head.answers[0].reasons}))
    expected = Expected.ENTITLED if witness.gains else Expected.NOT_ENTITLED
    expectation = Expectation(expected, person.external_id, (witness.entitlement,), rules, None, NO_PLACE)
    day = TestDay(witness.witness.as_of, (expectation,), NO_PLACE)
    name = f"{witness.entitlement}".replace('"', "")
    title = f"{name}: somebody {'gains' if witness.gains else 'loses'} it"
    return PolicyTest(title, departments, (TestPerson(person, (), NO_PLACE),), (), (day,), NO_PLACE)


def _tells_the_same(test: PolicyTest, other: PolicyTest) -> bool:
    return same_meaning(test.persons, other.persons) and same_meaning(test.days, other.days)


def _rendered(tests: list[PolicyTest], taken: set[str]) -> Iterator[str]:
    for test in tests:
        title, number = test.title, 2
        while title in taken:
            title, number = f"{test.title} ({number})", number + 1
        taken.add(title)
        yield render_test(title, test.persons, departments=test.departments, days=test.days)
