"""Small towns: schemas, departments, persons and contracts, small enough that rules and people meet."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from policy.people import Contract, Department, Person
from policy.snapshot import Snapshot
from policy.types import STANDARD_SCHEMA, Field, FieldType

FIRST_DAY = date(2026, 1, 28)
"""Near the end of a month on purpose: months clamp there."""
LAST_DAY = date(2026, 4, 2)

UNTIL = Field("contract", "custom.until", FieldType.DATE)
SHIFT = Field("contract", "custom.shift", FieldType.TEXT, one_of=("DAY", "NIGHT"))
LEVEL = Field("person", "custom.level", FieldType.NUMBER)
VIP = Field("person", "custom.vip", FieldType.FLAG)
SCHEMA = STANDARD_SCHEMA.narrowed(UNTIL, SHIFT, LEVEL, VIP)

DEPARTMENTS = (
    Department("TOP", manager="P1"),
    Department("CARE", parent_external_id="TOP", manager="P2"),
    Department("W1", parent_external_id="CARE"),
    Department("W2", parent_external_id="CARE", manager="P3"),
    Department("FIN", parent_external_id="TOP"),
)
CODES = ("A", "B", "AB")

days = st.integers(0, (LAST_DAY - FIRST_DAY).days).map(lambda count: FIRST_DAY + timedelta(days=count))
codes = st.sampled_from(CODES)
numbers = st.sampled_from([Decimal(text) for text in ("0.5", "1", "1.0", "36")])
departments = st.sampled_from([one.external_id for one in DEPARTMENTS])


_contract_values = st.fixed_dictionaries(
    {"start_date": st.just(FIRST_DAY) | days},
    optional={
        "end_date": st.just(LAST_DAY) | days,
        "type.code": codes,
        "title.code": codes,
        "department.external_id": departments,
        "details.fte": numbers,
        "custom.until": days.map(date.isoformat) | st.just("soon"),
        "custom.shift": st.sampled_from(("DAY", "NIGHT")),
        "manager": st.sampled_from(("P1", "P2")),
    },
)
_person_values = st.fixed_dictionaries(
    {},
    optional={
        "display_name": codes,
        "excluded": st.booleans(),
        "custom.level": numbers,
        "custom.vip": st.sampled_from((True, False, "true")),
    },
)
_contracts = (st.lists(_contract_values, min_size=1, max_size=3) | st.lists(_contract_values, max_size=3)).map(
    lambda found: tuple(Contract(f"C{number}", values) for number, values in enumerate(found))
)


@cache
def persons(external_id: str) -> st.SearchStrategy[Person]:
    return st.builds(Person, st.just(external_id), _person_values, _contracts)


@cache
def snapshots(most: int = 3) -> st.SearchStrategy[Snapshot]:
    everybody = [persons(f"P{number}") for number in range(1, most + 1)]
    counts = st.integers(1, most).flatmap(lambda count: st.tuples(*everybody[:count]))
    return counts.map(lambda people: Snapshot.of(people, DEPARTMENTS))
