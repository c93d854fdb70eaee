"""A test run whole: who takes part, what a failure tells, and what smells though nothing failed."""

from __future__ import annotations

from datetime import date

from engine.testing.cast import cast_of
from engine.testing.run import passes, run_test, uses_field_mapping
from policy.people import Contract, Department, Person
from policy.snapshot import Snapshot
from tests.builders.played import contract, on, person, policy_of, scenario

RULES = """
field contract.type.code is text required
rule nurse "Nurses"
    when contract.department is "CARE" or below and contract.title.code is "NURSE"
    grant account in ad
end
draft rule rota "Rota"
    grant permission "SEC-Rota" in ad
end
"""
POLICY = policy_of(RULES)
CARE = (Department("CARE"), Department("W3", parent_external_id="CARE"))


def nurse(**changes: str) -> Contract:
    return contract(**{"title_code": "NURSE", "type_code": "EMP", "department": "W3", **changes})


def test_persons_and_departments_of_a_snapshot_take_part() -> None:
    snapshot = Snapshot.of([Person("P1", {}, (nurse(),)), Person("P2", {}, (nurse(title_code="COOK"),))], CARE)
    mine = person("P2", nurse())
    test = scenario(
        on("2026-03-01", "entitled ad account", "P2: entitled ad account"),
        persons=(mine,),
        departments=(Department("W3"),),
        snapshots=("fixtures/people.json",),
    )

    cast = cast_of(test, {"fixtures/people.json": snapshot})

    assert [one.external_id for one in cast.persons] == ["P1", "P2"]
    assert cast.find_person("P2") is mine.person
    assert cast.departments == CARE
    assert run_test(POLICY, test, {"fixtures/people.json": snapshot}).passed


def test_a_department_of_the_test_that_says_where_it_lies_stands_in() -> None:
    elsewhere = Department("W3", parent_external_id="HQ")
    test = scenario(on("2026-03-01", "nothing"), departments=(elsewhere, Department("HQ")), snapshots=("a.json",))

    assert cast_of(test, {"a.json": Snapshot.of([], CARE)}).departments == (
        Department("CARE"),
        Department("HQ"),
        elsewhere,
    )


def test_a_failure_tells_the_conditions_with_what_they_saw() -> None:
    test = scenario(
        on("2026-03-01", "grant ad account"), persons=(person("P1", nurse(title_code="COOK")),), departments=CARE
    )

    outcome = run_test(POLICY, test, {})

    assert not outcome.passed
    assert not passes(POLICY, test, {})
    (failure,) = outcome.failures
    assert failure.day == date(2026, 3, 1)
    (explained,) = failure.explanations
    (answer,) = explained.answers
    assert not answer.entitled
    assert [one.text for one in answer.nearest[0].failures] == ['contract.title.code is "NURSE" is false (saw "COOK").']


def test_a_failure_tells_the_line_that_came() -> None:
    test = scenario(on("2026-03-01", "revoke ad account"), persons=(person("P1", nurse()),), departments=CARE)

    (failure,) = run_test(POLICY, test, {}).failures

    assert [str(one.key) for one in failure.lines] == ["account in ad of person P1"]
    assert failure.explanations[0].answers[0].reasons[0].rule == "nurse"


def test_drafts_take_part_and_are_told_as_drafts() -> None:
    test = scenario(on("2026-03-01", "not entitled ad SEC-Rota"), persons=(person("P1", nurse()),))

    (failure,) = run_test(POLICY, test, {}).failures

    (because,) = failure.explanations[0].answers[0].because
    assert because.draft


def test_what_passes_says_nothing_more() -> None:
    test = scenario(on("2026-03-01", "entitled ad account"), persons=(person("P1", nurse()),), departments=CARE)

    (met,) = run_test(POLICY, test, {}).expectations

    assert (met.came, met.explanations, met.lines) == ((), (), ())
    assert not uses_field_mapping(test)


def test_somebody_frozen_by_their_data_smells_unless_that_is_expected() -> None:
    people = (person("P1", contract(title_code="NURSE", department="W3")),)
    silent = scenario(
        on("2026-02-01", "nothing"), on("2026-03-01", "entitled ad account"), persons=people, departments=CARE
    )
    said = scenario(on("2026-03-01", "entitled ad account", "frozen"), persons=people, departments=CARE)

    (found,) = run_test(POLICY, silent, {}).frozen

    assert (found.person, found.day) == ("P1", date(2026, 2, 1))
    assert "contract.type.code is required" in found.problems[0].text
    assert run_test(POLICY, said, {}).frozen == ()
