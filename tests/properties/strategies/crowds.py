"""A crowd of small persons, always the same: what they get is looked at one by one, beside what is proved."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from policy.canonical import Value
from policy.people import Contract, Person
from policy.snapshot import Snapshot
from tests.properties.strategies.towns import CODES, DEPARTMENTS, FIRST_DAY, LAST_DAY

_NUMBERS = tuple(Decimal(one) for one in ("0.5", "1", "36"))


def crowd(size: int, seed: int = 7) -> Snapshot:
    """Persons with none to three contracts over the departments of the small town."""
    chance = random.Random(seed)
    return Snapshot.of([_person(number, chance) for number in range(size)], DEPARTMENTS)


def some_days(count: int, seed: int = 7) -> list[date]:
    chance = random.Random(seed)
    return [_day(chance) for _ in range(count)]


def _day(chance: random.Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange((LAST_DAY - FIRST_DAY).days + 1))


def _person(number: int, chance: random.Random) -> Person:
    contracts = tuple(_contract(at, chance) for at in range(chance.choice((0, 1, 1, 1, 2, 2, 3))))
    values = {
        "display_name": lambda: chance.choice(CODES),
        "custom.level": lambda: chance.choice(_NUMBERS),
        "custom.vip": lambda: chance.random() < 0.5,
    }
    return Person(f"Q{number:04}", _some(values, chance), contracts)


def _contract(number: int, chance: random.Random) -> Contract:
    values: dict[str, Callable[[], Value]] = {
        "end_date": lambda: _day(chance),
        "type.code": lambda: chance.choice(CODES),
        "title.code": lambda: chance.choice(CODES),
        "department.external_id": lambda: chance.choice(DEPARTMENTS).external_id,
        "details.fte": lambda: chance.choice(_NUMBERS),
        "custom.until": lambda: _day(chance),
        "custom.shift": lambda: chance.choice(("DAY", "NIGHT")),
        "manager": lambda: chance.choice(("P1", "P2")),
    }
    return Contract(f"C{number}", {"start_date": _day(chance), **_some(values, chance)})


def _some(values: dict[str, Callable[[], Value]], chance: random.Random) -> dict[str, Value]:
    return {path: make() for path, make in values.items() if chance.random() < 0.6}
