from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.mapping.typed import Mismatch, coerce
from policy.types import Field, FieldType


def read(value: Any, declared: FieldType) -> Any:  # noqa: ANN401  # a table of everything
    return coerce(value, Field("person", "custom.x", declared), "Europe/Amsterdam")


@pytest.mark.parametrize("declared", list(FieldType))
@pytest.mark.parametrize("value", [None, "", "  "])
def test_empty_is_absent(value: str | None, declared: FieldType) -> None:
    assert read(value, declared) is None


@pytest.mark.parametrize(
    ("value", "declared", "found"),
    [
        ("e\u0301", FieldType.TEXT, "é"),
        (36, FieldType.TEXT, "36"),
        (Decimal("0.80"), FieldType.TEXT, "0.8"),
        (date(2026, 3, 1), FieldType.TEXT, "2026-03-01"),
        ("W3", FieldType.DEPARTMENT, "W3"),
        ("10001", FieldType.PERSON, "10001"),
        (" 36 ", FieldType.NUMBER, Decimal(36)),
        ("-0.5", FieldType.NUMBER, Decimal("-0.5")),
        (0.1, FieldType.NUMBER, Decimal("0.1")),
        (7, FieldType.NUMBER, Decimal(7)),
        ("2026-03-01", FieldType.DATE, date(2026, 3, 1)),
        (date(2026, 3, 1), FieldType.DATE, date(2026, 3, 1)),
        ("2026-03-01T00:00:00Z", FieldType.DATE, date(2026, 3, 1)),
        ("2026-03-01T00:00:00.000Z", FieldType.DATE, date(2026, 3, 1)),
        ("2026-03-01T23:30:00", FieldType.DATE, date(2026, 3, 1)),
        ("2026-03-01T23:30:00Z", FieldType.DATE, date(2026, 3, 2)),
        ("2026-03-01T00:00:00+01:00", FieldType.DATE, date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), FieldType.DATE, date(2026, 3, 2)),
        (True, FieldType.FLAG, True),
        ("FALSE", FieldType.FLAG, False),
        (1, FieldType.FLAG, True),
        ("0", FieldType.FLAG, False),
    ],
)
def test_a_value_takes_the_declared_type(value: object, declared: FieldType, found: object) -> None:
    assert read(value, declared) == found
    assert type(read(value, declared)) is type(found)


@pytest.mark.parametrize(
    ("value", "declared", "text"),
    [
        (True, FieldType.TEXT, "true is no text"),
        ({}, FieldType.TEXT, "an object or a list is no text"),
        ([], FieldType.DATE, "an object or a list is no date (2026-03-01)"),
        ("abc", FieldType.NUMBER, "“abc” is no number (36 or 0.8)"),
        ("1e9", FieldType.NUMBER, "“1e9” is no number (36 or 0.8)"),
        ("0,8", FieldType.NUMBER, "“0,8” is no number (36 or 0.8)"),
        (float("nan"), FieldType.NUMBER, "nan is no number (36 or 0.8)"),
        (False, FieldType.NUMBER, "false is no number (36 or 0.8)"),
        (float("inf"), FieldType.TEXT, "inf is no text"),
        ("01-03-2026", FieldType.DATE, "“01-03-2026” is no date (2026-03-01)"),
        ("2026-02-30", FieldType.DATE, "“2026-02-30” is no date (2026-03-01)"),
        ("20260301", FieldType.DATE, "“20260301” is no date (2026-03-01)"),
        ("0001-01-01T00:00:00+14:00", FieldType.DATE, "“0001-01-01T00:00:00+14:00” is no date (2026-03-01)"),
        (Decimal(3), FieldType.DATE, "3 is no date (2026-03-01)"),
        (2, FieldType.FLAG, "2 is no flag (true or false)"),
        ("yes", FieldType.FLAG, "“yes” is no flag (true or false)"),
        (date(2026, 3, 1), FieldType.FLAG, "2026-03-01 is no flag (true or false)"),
        ("x" * 99, FieldType.NUMBER, f"“{'x' * 57}…” is no number (36 or 0.8)"),
    ],
)
def test_another_type_is_named(value: object, declared: FieldType, text: str) -> None:
    assert read(value, declared) == Mismatch(text)
