from datetime import date
from decimal import Decimal

from engine.people.changes import changes
from policy.imports import PersonChange
from policy.people import Contract, Person
from policy.snapshot import Snapshot


def snapshot(*persons: Person) -> Snapshot:
    return Snapshot.of(persons, [])


ANN = Person("1", {"display_name": "Ann"}, (Contract("C", {"start_date": date(2026, 3, 1)}),))


def test_nothing_changes_between_equal_snapshots() -> None:
    assert changes(snapshot(ANN), snapshot(ANN)) == ()


def test_a_new_and_a_gone_person_differ_in_all_fields() -> None:
    fields = [("", "person.display_name", "Ann"), ("C", "contract.start_date", "2026-03-01")]
    assert changes(None, snapshot(ANN)) == tuple(PersonChange("1", c, f, None, v) for c, f, v in fields)
    assert changes(snapshot(ANN), snapshot()) == tuple(PersonChange("1", c, f, v, None) for c, f, v in fields)


def test_each_field_that_differs_is_one_change() -> None:
    after = Person(
        "1", {"display_name": "Anna"}, (Contract("C", {"details.fte": Decimal("0.80")}), Contract("D", {"x": "y"}))
    )
    assert changes(snapshot(ANN), snapshot(after)) == (
        PersonChange("1", "", "person.display_name", "Ann", "Anna"),
        PersonChange("1", "C", "contract.details.fte", None, "0.8"),
        PersonChange("1", "C", "contract.start_date", "2026-03-01", None),
        PersonChange("1", "D", "contract.x", None, "y"),
    )


def test_a_number_and_its_text_differ() -> None:
    old, new = Person("1", {"custom.x": "36"}), Person("1", {"custom.x": Decimal(36)})
    assert changes(snapshot(old), snapshot(new)) == (PersonChange("1", "", "person.custom.x", "36", "36"),)
