from datetime import date

import pytest

from engine.events.employments import employments_of
from policy.canonical import Value
from policy.people import Contract


def contract(name: str, first: str | None, last: str | None = None) -> Contract:
    values: dict[str, Value] = {}
    if first:
        values["start_date"] = date.fromisoformat(first)
    if last:
        values["end_date"] = date.fromisoformat(last)
    return Contract(name, values)


@pytest.mark.parametrize(
    ("second", "employments"),
    [("2026-03-11", 1), ("2026-03-14", 1), ("2026-03-15", 2), ("2026-01-05", 1)],
)
def test_three_days_without_a_contract_are_no_gap_and_four_are(second: str, employments: int) -> None:
    found = employments_of([contract("C2", second, "2026-12-31"), contract("C1", "2026-01-01", "2026-03-10")])
    assert len(found) == employments
    assert found[0].first == date(2026, 1, 1)
    assert found[-1].last == date(2026, 12, 31)


def test_a_contract_inside_another_ends_nothing_early() -> None:
    (found,) = employments_of(
        [
            contract("A", "2026-01-01", "2026-12-31"),
            contract("B", "2026-02-01", "2026-03-01"),
            contract("C", "2026-12-01"),
        ]
    )
    assert (found.first, found.last) == (date(2026, 1, 1), None)
    assert [one.external_id for one in found.contracts] == ["A", "B", "C"]


def test_an_open_end_goes_on_for_ever() -> None:
    (found,) = employments_of([contract("A", "2026-01-01"), contract("B", "2030-01-01", "2030-02-01")])
    assert found.last is None


def test_contracts_without_a_period_are_none() -> None:
    assert employments_of([contract("A", None), contract("B", "2026-02-01", "2026-01-01")]) == ()
