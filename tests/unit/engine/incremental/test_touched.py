"""What a change touches, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dsl.compile import compile_policy
from engine.columnar.columns import columns_of
from engine.incremental.again import Again, evaluate_again
from engine.incremental.evaluation import Evaluation, evaluate_whole
from engine.incremental.touched import Cause
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import SourceFile

DAY = date(2026, 3, 1)
UNITS = (Department("TOP"), Department("CARE", parent_external_id="TOP"), Department("FIN", parent_external_id="TOP"))
HEAD = """policy "Town"
    language 1
    timezone "Europe/Amsterdam"
end
target ad "Directory"
end
"""
STAFF = """rule staff "Staff"
    starting 14 days before contract.start_date
    grant account in ad
end
"""
NURSE = """rule nurse "Nurses"
    when contract.title.external_id in care-titles
    grant permission "Nurse" in ad
end
"""
WARD = """rule ward "Ward"
    when holds permission "Nurse" in ad and contract.department is "CARE" or below
    grant permission "Ward" in ad
end
"""
TITLES = 'set care-titles from "titles.csv" column "code"\n'
RULES = HEAD + TITLES + STAFF + NURSE + WARD


def policy_of(text: str = RULES, titles: str = "code\nNURSE\n") -> CheckedPolicy:
    lookups = {"titles.csv": SourceFile.from_text("titles.csv", titles)}
    policy = compile_policy([SourceFile.from_text("town.ordain", text)], lookups).policy
    assert policy is not None
    return policy


def person(name: str, title: str, unit: str, start: date = date(2020, 1, 1)) -> Person:
    values = {"start_date": start, "title.external_id": title, "department.external_id": unit}
    return Person(name, {}, (Contract(f"{name}-1", values),))


PEOPLE = (
    person("P1", "NURSE", "CARE"),
    person("P2", "CLERK", "FIN"),
    person("P3", "DOCTOR", "CARE"),
    person("P4", "NURSE", "FIN", DAY + timedelta(days=15)),
)


@pytest.fixture
def before() -> Evaluation:
    return evaluate_whole(policy_of(), columns_of(Snapshot.of(PEOPLE, UNITS)), DAY)


def again(
    before: Evaluation,
    *,
    policy: CheckedPolicy | None = None,
    people: tuple[Person, ...] = PEOPLE,
    units: tuple[Department, ...] = UNITS,
    day: date = DAY,
) -> Again:
    columns = columns_of(Snapshot.of(people, units))
    return evaluate_again(before, policy or before.policy, columns, day, most=1.0)


def who(found: Again) -> list[str]:
    touched = found.touched.persons.tolist()
    return [one for one, is_touched in zip(sorted(found.decisions.present), touched, strict=True) if is_touched]


def test_the_same_touches_nobody(before: Evaluation) -> None:
    found = again(before)
    assert (who(found), found.touched.causes, found.touched.everybody) == ([], {}, "")


def test_a_person_whose_data_changed(before: Evaluation) -> None:
    found = again(before, people=(*PEOPLE[:2], person("P3", "NURSE", "CARE"), PEOPLE[3]))
    assert (who(found), found.touched.causes) == (["P3"], {Cause.DATA: 1})


def test_somebody_new_and_somebody_gone(before: Evaluation) -> None:
    found = again(before, people=(*PEOPLE[1:], person("P0", "CLERK", "FIN")))
    assert (who(found), found.touched.causes, found.touched.gone) == (["P0"], {Cause.DATA: 1}, 1)


def test_a_changed_lookup_file_touches_those_it_gains_and_those_who_hold_what_it_gives(before: Evaluation) -> None:
    found = again(before, policy=policy_of(titles="code\nNURSE\nDOCTOR\n"))
    assert found.touched.rules == {"nurse", "ward"}
    assert who(found) == ["P1", "P3"]  # P1 has what those rules give already, for a reason that is told anew


def test_a_changed_rule_touches_for_whom_it_fired_or_fires(before: Evaluation) -> None:
    found = again(before, policy=policy_of(RULES.replace('"CARE" or below', '"FIN" or below')))
    assert (found.touched.rules, who(found)) == ({"ward"}, ["P1"])


def test_lines_that_moved_touch_nobody_and_are_told_where_they_are(before: Evaluation) -> None:
    found = again(before, policy=policy_of("# a line more\n" + RULES))
    assert (who(found), found.touched.rules) == ([], frozenset())
    assert {reason.at for reasons in found.decisions.desired.values() for reason in reasons} == {
        "town.ordain:9",
        "town.ordain:13",
        "town.ordain:17",
    }


def test_another_day_touches_those_whose_dates_were_passed(before: Evaluation) -> None:
    assert who(again(before, day=DAY + timedelta(days=1))) == ["P4"]
    assert who(again(before, day=DAY + timedelta(days=2))) == ["P4"]
    assert who(again(before, day=DAY - timedelta(days=1))) == []


def test_a_department_that_moves_touches_those_in_it(before: Evaluation) -> None:
    moved = (*UNITS[:2], replace(UNITS[2], parent_external_id="CARE"))
    found = again(before, units=moved)
    assert (who(found), found.touched.causes) == (["P2", "P4"], {Cause.DEPARTMENTS: 2})


def test_another_field_touches_everybody(before: Evaluation) -> None:
    found = again(before, policy=policy_of(RULES + "field contract.title.external_id is text required\n"))
    assert found.touched.everybody == "fields changed"
    assert found.whole is not None


def test_a_draft_that_looks_back_for_ever_decides_who_is_frozen() -> None:
    needs = HEAD + STAFF + "field contract.custom.grade is text required\n"
    draft = 'draft rule old "Old"\n    for person\n    when any contract has (contract.end_date is known)\n'
    text = needs.replace(STAFF, STAFF + draft + '    grant permission "Old" in ad\nend\n')
    gone = Contract("P1-0", {"start_date": date(2010, 1, 1), "end_date": date(2011, 1, 1)})
    now = Contract("P1-1", {"start_date": date(2020, 1, 1), "custom.grade": "A"})
    before = evaluate_whole(policy_of(text), columns_of(Snapshot.of([Person("P1", {}, (gone, now))], UNITS)), DAY)
    assert [*before.decisions.frozen] == ["P1"]

    found = evaluate_again(before, policy_of(needs), before.columns, DAY, most=1.0)

    assert found.touched.causes == {Cause.DAY: 1}
    assert not found.decisions.frozen


def test_when_most_are_touched_everybody_is_decided_about(before: Evaluation) -> None:
    columns = columns_of(Snapshot.of([person(one.external_id, "CLERK", "FIN") for one in PEOPLE], UNITS))
    found = evaluate_again(before, before.policy, columns, DAY)
    assert found.touched.everybody == "most persons are touched"
    assert found.whole is not None
