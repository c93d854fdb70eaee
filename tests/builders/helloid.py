"""A town as HelloID's vault has it, exported rules about it, and the slow, plain meaning of those rules.

The meaning is written down here a second time, over the vault's own names and without a line of the product: what it
counts is what an export would say in `PersonsLatestEvaluation`.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

HEAD = ("Name", "EntitlementCount", "PersonsLatestEvaluation", "Categories", "Status", "Conditions", "Entitlements")
DAY = date(2026, 3, 2)

DEPARTMENTS = ("CA010", "CA020", "FIN", "ICT", "HR, staff")
TITLES = ("NURSE", "DOCTOR", "CLERK", "HEAD")
TYPES = ("EMP", "INT", "EXT")


@dataclass(frozen=True)
class Asked:
    """One condition about a field: where it stands in the vault, how it is compared, and with what."""

    name: str
    operator: str
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.name}, {self.operator}" + (f": {', '.join(self.values)}" if self.values else "")


@dataclass(frozen=True)
class Exported:
    """A rule as HelloID holds it."""

    name: str
    asked: tuple[Asked, ...] = ()
    before: int = 0
    after: int = 0
    active: bool = True
    published: bool = True
    categories: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ("Microsoft Active Directory - Account",)
    more: tuple[str, ...] = field(default=())
    """Further conditions as text, in which nobody finds a meaning."""

    @property
    def conditions(self) -> str:
        said = [f"Person: {'active' if self.active else 'inactive'}"]
        if self.active:
            said.append(f"Time frame: days before start date: {self.before}, days after end date: {self.after}")
        return "|".join([*said, *(one.text for one in self.asked), *self.more])

    def row(self, persons: Sequence[dict[str, Any]], day: date = DAY) -> dict[str, str]:
        """The row of the export; a draft is not counted."""
        return {
            "Name": self.name,
            "EntitlementCount": str(len(self.entitlements)),
            "PersonsLatestEvaluation": str(len(selected(self, persons, day))) if self.published else "",
            "Categories": "|".join(self.categories),
            "Status": "Published" if self.published else "Draft",
            "Conditions": self.conditions,
            "Entitlements": "|".join(self.entitlements),
        }


def export(rows: Sequence[dict[str, str]], *, delimiter: str = ",", bom: bool = False) -> bytes:
    """The file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEAD, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def selected(rule: Exported, persons: Sequence[dict[str, Any]], day: date = DAY) -> list[str]:
    """Whom HelloID selects, by external id."""
    return [person["ExternalId"] for person in persons if _selects(rule, person, day)]


def _selects(rule: Exported, person: dict[str, Any], day: date) -> bool:
    before, after = (rule.before, rule.after) if rule.active else (0, 0)  # a time frame goes with active persons
    inside = [one for one in person["Contracts"] if _lies_in(one, before, after, day)]
    if rule.active != bool(inside):
        return False
    looked_at = inside if rule.active else person["Contracts"]
    positive = []
    for one in rule.asked:
        root, name = one.name.split(".", 1)
        if root == "Person":
            has = _has(one, _value(person, name))
            if has == (one.operator in {"not", "not only"}):
                return False
        elif one.operator == "not":
            if any(_has(one, _value(contract, name)) for contract in looked_at):
                return False
        elif one.operator == "not only":
            if all(_has(one, _value(contract, name)) for contract in looked_at):
                return False
        else:
            positive.append((one, name))
    if not positive:
        return True
    return any(all(_has(one, _value(contract, name)) for one, name in positive) for contract in looked_at)


def _lies_in(contract: dict[str, Any], before: int, after: int, day: date) -> bool:
    start, end = contract["StartDate"], contract["EndDate"]
    if day < date.fromisoformat(start[:10]) - timedelta(before):
        return False
    return end is None or day <= date.fromisoformat(end[:10]) + timedelta(after)


def _has(one: Asked, value: str) -> bool:
    match one.operator:
        case "one of" | "not" | "not only":
            return value in one.values
        case "is empty":
            return not value
        case "is not empty":
            return bool(value)
        case "contains":
            return any(text in value for text in one.values)
        case "starts with":
            return any(value.startswith(text) for text in one.values)
    raise AssertionError(one.operator)


def _value(holder: dict[str, Any], name: str) -> str:
    found: Any = holder
    for part in name.split("."):
        found = (found or {}).get(part)
    return str(found) if found is not None else ""


def town(persons: int = 60, seed: int = 7) -> dict[str, Any]:
    """A vault: people with none to three contracts, before, around and behind `DAY`, with gaps in their data."""
    dice = random.Random(seed)
    return {
        "Persons": [_person(number, dice) for number in range(1, persons + 1)],
        "Departments": [{"ExternalId": one, "DisplayName": f"Department {one}"} for one in DEPARTMENTS],
    }


def _person(number: int, dice: random.Random) -> dict[str, Any]:
    external_id = f"{1000 + number}"
    return {
        "ExternalId": external_id,
        "DisplayName": f"Person {number}",
        "Name": {"GivenName": f"Given{number}", "FamilyName": dice.choice(["Bakker", "de Wit", "Vermeer"])},
        "Location": {"ExternalId": "N", "Name": "North"} if dice.random() < 0.5 else None,
        "Custom": {"badge": dice.choice([None, "A1", "A2", "B1"])},
        "Contracts": [_contract(external_id, place, dice) for place in range(dice.choice([0, 1, 1, 1, 2, 2, 3]))],
    }


def _contract(person: str, place: int, dice: random.Random) -> dict[str, Any]:
    start = DAY + timedelta(dice.choice([-4000, -400, -60, -1, 0, 1, 7, 14, 15, 90]))
    end = dice.choice([None, None, start + timedelta(dice.choice([0, 20, 59, 60, 300, 390, 4000]))])
    department, title = dice.choice(DEPARTMENTS), dice.choice([*TITLES, None])
    return {
        "ExternalId": f"{person}-{place}",
        "StartDate": f"{start.isoformat()}T00:00:00Z",
        "EndDate": end and f"{end.isoformat()}T00:00:00Z",
        "Type": {"Code": dice.choice([*TYPES, None])},
        "Department": {"ExternalId": department, "DisplayName": f"Department {department}"},
        "Title": title and {"ExternalId": title, "Code": title, "Name": f"{title.capitalize()} of the town"},
        "CostCenter": {"ExternalId": "C1", "Code": dice.choice(["C-100", "C-200", None])},
        "Location": {"ExternalId": "S", "Name": dice.choice(["Mill Lane", "Harbour (old)"])},
        "Details": {"Fte": 1, "Sequence": place + 1},
        "Custom": {"shift": dice.choice([None, "DAY", "NIGHT"])},
    }
