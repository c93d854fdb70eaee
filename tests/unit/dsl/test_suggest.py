from __future__ import annotations

import pytest

from dsl.suggest import did_you_mean, suggest, suggest_field
from policy.types import STANDARD_SCHEMA


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("care-staf", ["care-staff", "sites"], "care-staff"),
        ("careStaff", ["care-staff"], "care-staff"),
        ("CARE_STAFF", ["care-staff"], "care-staff"),
        ("da", ["ad", "entra"], "ad"),
        ("zzz", ["ad", "entra"], None),
        ("ad", [], None),
        ("sites", ["sites"], None),
        ("ab", ["ba", "ab"], "ba"),
    ],
)
def test_nearest_name(word: str, known: list[str], expected: str | None) -> None:
    assert suggest(word, known) == expected
    assert suggest(word, reversed(known)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("contract.departmnt", "contract.department"),
        ("contract.startDate", "contract.start_date"),
        ("contract.CostCenter.Code", "contract.cost_center.code"),
        ("person.start_date", "contract.start_date"),
        ("contract.display_name", "person.display_name"),
        ("person.location.cod", "person.location.code"),
        ("contract.location.cod", "contract.location.code"),
        ("person.xyzzy", None),
    ],
)
def test_nearest_field(path: str, expected: str | None) -> None:
    assert suggest_field(path, STANDARD_SCHEMA.fields) == expected


def test_hint() -> None:
    assert did_you_mean("ad") == "did you mean `ad`?"
    assert did_you_mean(None) is None
