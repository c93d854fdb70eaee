from datetime import date

from engine.people.build import build_people, problem_diagnostic
from policy.canonical import Value
from policy.imports import ImportResult
from policy.people import DataProblem, Department, Person
from policy.records import MappedContract, MappedPerson

START = date(2020, 1, 1)


def contract(external_id: str = "C1", **values: Value) -> MappedContract:
    base: dict[str, Value] = {"external_id": external_id, "start_date": START}
    return MappedContract(base | {name.replace("__", "."): one for name, one in values.items()})


def person(external_id: str, *contracts: MappedContract, key: str = "", **values: Value) -> MappedPerson:
    named = {name.replace("__", "."): one for name, one in values.items()}
    return MappedPerson(key or external_id, {"external_id": external_id, **named}, contracts)


def codes(result: ImportResult) -> list[str]:
    return [one.code for one in result.diagnostics]


def only(result: ImportResult) -> Person:
    assert len(result.snapshot.persons) == 1
    return result.snapshot.persons[0]


def problem_codes(result: ImportResult) -> list[str]:
    return [one.code for one in only(result).problems]


def test_people_become_a_sorted_snapshot() -> None:
    result = build_people([person("2"), person("1", contract("B"), contract("A"))], [Department("W3")])
    assert [one.external_id for one in result.snapshot.persons] == ["1", "2"]
    assert [one.external_id for one in result.snapshot.persons[0].contracts] == ["A", "B"]
    assert result.diagnostics == ()
    assert (result.counts.persons, result.counts.contracts, result.counts.departments) == (2, 2, 1)
    assert (result.counts.frozen, result.counts.unaddressable) == (0, 0)


def test_texts_are_in_normal_form_and_blank_ones_absent() -> None:
    result = build_people([person("1", name__given_name="Rene\u0301", display_name=" ")], [Department("W3", code=" ")])
    assert only(result).values == {"external_id": "1", "name.given_name": "René"}
    assert result.snapshot.departments == (Department("W3"),)


def test_a_primary_manager_of_the_source_is_not_stored() -> None:
    result = build_people([person("1", primary_manager="2", primary_manager__external_id="2")], [])
    assert only(result).values == {"external_id": "1"}


def test_a_record_without_external_id_is_named_and_counted() -> None:  # ORD0554
    result = build_people([MappedPerson("row 7", {"display_name": "Ann"}), MappedPerson("row 8", {}), person("1")], [])
    assert codes(result) == ["ORD0554", "ORD0554"]
    assert "row 7" in result.diagnostics[0].detail
    assert "Ann" in result.diagnostics[0].detail
    assert result.counts.unaddressable == 2
    assert result.counts.persons == 1


def test_two_records_with_one_external_id_freeze_the_person() -> None:  # ORD0555
    known = DataProblem("ORD0558", "contract.start_date", "from the source")
    first, second = person("1", key="row 2"), MappedPerson("row 1", {"external_id": "1"}, (), (known,))
    result = build_people([first, second], [])
    assert problem_codes(result) == ["ORD0558", "ORD0555"]
    assert "“row 1”, “row 2”" in only(result).problems[1].text
    assert result.counts.frozen == 1
    assert result == build_people([second, first], [])


def test_a_contract_without_external_id_freezes() -> None:  # ORD0556
    result = build_people([person("1", MappedContract({"start_date": START}), MappedContract({}))], [])
    assert problem_codes(result) == ["ORD0556", "ORD0556"]
    assert only(result).contracts == ()
    assert "starts on 2020-01-01" in only(result).problems[1].text
    assert only(result).problems[0].contract is None


def test_two_contracts_with_one_external_id_freeze() -> None:  # ORD0557
    result = build_people([person("1", contract("C"), contract("C", end_date=date(2021, 1, 1)))], [])
    assert problem_codes(result) == ["ORD0557"]
    assert len(only(result).contracts) == 1


def test_a_contract_without_start_freezes() -> None:  # ORD0558
    result = build_people([person("1", MappedContract({"external_id": "C"}))], [])
    assert only(result).problems == (
        DataProblem("ORD0558", "contract.start_date", "contract “C” has no start date", "C"),
    )
    assert result.diagnostics[0].detail == "Person “1”: Contract “C” has no start date."


def test_a_contract_that_ends_before_it_starts_freezes() -> None:  # ORD0559
    assert problem_codes(build_people([person("1", contract(end_date=date(2019, 12, 31)))], [])) == ["ORD0559"]
    assert problem_codes(build_people([person("1", contract(end_date=START))], [])) == []


def test_a_department_that_does_not_exist_freezes() -> None:  # ORD0560
    result = build_people([person("1", contract(department__external_id="GONE"))], [Department("W3")])
    assert problem_codes(result) == ["ORD0560"]
    assert "GONE" in result.diagnostics[0].detail


def test_a_department_in_a_loop_freezes_who_works_below() -> None:  # ORD0561
    units = [
        Department("A", parent_external_id="B"),
        Department("B", parent_external_id="A"),
        Department("C", parent_external_id="A"),
        Department("D"),
    ]
    result = build_people([person("1", contract(department__external_id="C"))], units)
    assert problem_codes(result) == ["ORD0561"]
    assert codes(result) == ["ORD0550", "ORD0561"]
    assert problem_codes(build_people([person("1", contract(department__external_id="D"))], units)) == []


def test_the_department_tells_its_own_code_and_name() -> None:
    units = [Department("W3", display_name="Ward 3")]
    values = {"department__external_id": "W3", "department__code": "w", "department__display_name": "Old name"}
    result = build_people([person("1", contract(**values))], units)
    found = only(result).contracts[0].values
    assert (found["department.code"], found["department.display_name"]) == ("w", "Ward 3")


def test_a_reference_without_external_id_is_absent_and_named() -> None:  # ORD0569
    people = [person(one, contract(title__code="NURSE", type__code="EMP", team__external_id="T")) for one in "12"]
    result = build_people(people, [])
    assert set(result.snapshot.persons[0].contracts[0].values) == {
        "external_id",
        "start_date",
        "type.code",
        "team.external_id",
    }
    assert codes(result) == ["ORD0569"]
    assert "record “1” and 1 more" in result.diagnostics[0].detail
    assert "record “1”;" in build_people(people[:1], []).diagnostics[0].detail


def test_a_manager_given_by_user_name_is_found() -> None:  # ORD0563
    people = [person("71", user_name="KatoB"), person("1", contract(manager="KatoB"))]
    result = build_people(people, [Department("W3", manager="KatoB")])
    assert result.snapshot.departments[0].manager == "71"
    assert result.snapshot.persons[0].contracts[0].values["manager"] == "71"
    assert codes(result) == ["ORD0563"]
    assert "department “W3” and 1 more" in result.diagnostics[0].detail
    assert result.counts.frozen == 0


def test_an_external_id_goes_before_a_user_name() -> None:
    people = [person("71", user_name="x"), person("72", user_name="71"), person("1", contract(manager="71"))]
    result = build_people(people, [Department("W3", manager="")])
    assert result.diagnostics == ()
    assert result.snapshot.persons[0].contracts[0].values["manager"] == "71"
    assert result.snapshot.departments[0].manager is None


def test_an_unknown_manager_is_named_and_freezes_nobody() -> None:  # ORD0562
    result = build_people([person("1", contract(manager="gone"))], [])
    assert codes(result) == ["ORD0562"]
    assert only(result).problems == ()
    assert only(result).contracts[0].values["manager"] == "gone"


def test_a_user_name_of_two_persons_is_no_manager() -> None:
    people = [person("1", user_name="x"), person("2", user_name="x"), person("3", contract(manager="x"))]
    result = build_people(people, [])
    assert codes(result) == ["ORD0562"]
    assert "user name of 2 persons" in result.diagnostics[0].detail


def test_a_problem_of_a_contract_names_it_once() -> None:
    shown = problem_diagnostic("1", DataProblem("ORD0566", "contract.details.fte", "“abc” is no number.", "C1"))
    assert shown.detail == "Person “1”, contract “C1”: “abc” is no number."
    assert shown.subject == "1"
