"""What the values of the workload are: departments in a tree five deep, titles, locations and the other lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from policy.people import Department

AS_OF = date(2026, 3, 10)
LEVELS = (1, 7, 42, 150, 300)
"""Departments on each level of the tree: 500 in all."""
_TRADES = ("Nurse", "Doctor", "Planner", "Controller", "Cook", "Driver", "Engineer", "Analyst", "Teacher", "Caretaker")
_FIELDS = ("ward", "clinic", "home care", "office", "laboratory", "theatre")
_GRADES = ("assistant", "junior", "regular", "senior", "head")
_GIVEN = ("Ada", "Bram", "Chloe", "Daan", "Eva", "Fatima", "Gijs", "Hanna", "Iris", "Joris", "Karin", "Lars", "Mina")
_FAMILY = ("Bakker", "Jansen", "Mulder", "Smit", "Vermeer", "Visser", "de Wit", "El Amrani", "Yilmaz", "Okafor", "Li")


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing that contracts refer to, of `size` kinds, by external id, code and name.

    The three are in the same order, ascending.
    """

    path: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    name_path: str = "name"

    def texts(self, part: str) -> tuple[str, ...]:
        """Give the texts of one part: `external_id`, `code` or the name."""
        return self.names if part == self.name_path else self.codes


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one's own on a contract; `absent` is the share of contracts that have none."""

    path: str
    values: tuple[str, ...]
    absent: float


@cache
def references() -> tuple[Reference, ...]:
    """Title, location, cost centre, employer and department."""
    titles = sorted(f"{trade} {grade}, {field}" for trade in _TRADES for grade in _GRADES for field in _FIELDS)
    return (
        Reference("title", _numbered("T", len(titles)), tuple(titles)),
        Reference("location", _numbered("L", 60), _numbered("Building ", 60)),
        Reference("cost_center", _numbered("4", 800), _numbered("Cost centre 4", 800)),
        Reference("employer", _numbered("E", 5), _numbered("Employer ", 5)),
        Reference("department", _numbered("D", sum(LEVELS)), _numbered("Unit ", sum(LEVELS)), "display_name"),
    )


def reference(path: str) -> Reference:
    """Find a reference by its path."""
    return next(one for one in references() if one.path == path)


TYPES = ("EMP", "EXT", "INT", "SEC", "STU", "TMP", "VOL", "ZZP")
TYPE_SHARES = (0.55, 0.12, 0.06, 0.04, 0.05, 0.1, 0.04, 0.04)
TEXTS = (
    Text("custom.shift", ("day", "evening", "late", "morning", "night", "weekend"), 0.1),
    Text("custom.grade", tuple(f"FWG{number:02}" for number in range(15)), 0.05),
    Text("custom.ward", tuple(f"W{number:02}" for number in range(40)), 0.1),
    Text("custom.team", tuple(f"Team {number:02}" for number in range(80)), 0.2),
    Text("custom.project", tuple(f"PR{number:03}" for number in range(200)), 0.4),
)
FULL_TIMES = (*(f"0.{tenth}" for tenth in range(1, 10)), "1")
HOURS = ("3.6", "7.2", "10.8", "14.4", "18", "21.6", "25.2", "28.8", "32.4", "36")
"""Hours per week of every full-time share: 36 for the whole."""
GIVEN_NAMES = tuple(f"{one} {letter}." for one in _GIVEN for letter in "ABCDEFGHKLMN")
FAMILY_NAMES = tuple(f"{one}{other}" for one in _FAMILY for other in ("", *(f"-{name}" for name in _FAMILY)))


@cache
def departments() -> tuple[Department, ...]:
    """Departments of the tree, by external id; those of a level are spread evenly over the level above."""
    codes, names = reference("department").codes, reference("department").names
    found, above, first = [], range(1), 0
    for size in LEVELS:
        level = range(first, first + size)
        for place in level:
            parent = codes[above[(place - first) * len(above) // size]] if first else None
            found.append(Department(codes[place], codes[place], names[place], parent))
        above, first = level, first + size
    return tuple(found)


def _numbered(head: str, size: int) -> tuple[str, ...]:
    return tuple(f"{head}{number:03}" for number in range(size))
