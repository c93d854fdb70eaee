"""A typo in a field mapping is told by `check`, before anybody is mapped."""

from tests.acceptance.clinic import Clinic


def test_check_names_a_path_that_no_person_has(new: Clinic) -> None:
    assert new("check").code == 0
    new.edit("ad/fieldMapping.json", "Person.DisplayName", "Person.DisplayNmae")
    ran = new("check", "--json")
    assert ran.code == 1
    (problem,) = [one for one in ran.json["problems"] if one["severity"] == "error"]
    assert (problem["code"], problem["subject"]) == ("ORD0852", "ad/fieldMapping.json")
    assert "Person.DisplayName" in problem["hint"]


def test_check_names_a_mapping_that_is_none(new: Clinic) -> None:
    new.write("ad/fieldMapping.json", "{")
    ran = new("check", "--json")
    assert ran.code == 1
    assert {one["code"] for one in ran.json["problems"] if one["severity"] == "error"} == {"ORD0850"}
