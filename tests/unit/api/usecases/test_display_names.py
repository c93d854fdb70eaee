"""What people are called."""

from __future__ import annotations

import pytest

from api.usecases.display_names import DisplayNames
from engine.columnar.columns import columns_of
from policy.people import Person
from policy.snapshot import Snapshot


def names(*people: Person) -> DisplayNames:
    return DisplayNames(columns_of(Snapshot.of(people, ())))


def test_everybody_has_the_name_of_the_snapshot() -> None:
    found = names(Person("P2", {"display_name": "Ann"}), Person("P1", {}), Person("P3", {"display_name": "Zoë"}))
    assert dict(found) == {"P1": "", "P2": "Ann", "P3": "Zoë"}
    assert len(found) == 3


def test_somebody_who_is_not_there_has_no_name() -> None:
    found = names(Person("P1", {"display_name": "Ann"}))
    assert found.get("P9") is None
    with pytest.raises(KeyError):
        found["P9"]


def test_where_nobody_has_a_name_all_are_empty() -> None:
    assert dict(names(Person("P1", {"user_name": "a"}))) == {"P1": ""}
