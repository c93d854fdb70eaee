"""Rules of the workload as text in the language, and the policy that the product's own reader makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bench.workload.domains import AS_OF, LEVELS, TEXTS, TYPE_SHARES, TYPES, reference
from bench.workload.people import SKEW
from dsl.compile import compile_policy
from policy.rules import CheckedPolicy
from policy.source import SourceFile

T = TypeVar("T")
Parts = list[str]
"""Terms of a condition, joined by and, or by or."""
LINE = 120
RULES_PER_FILE = 250
TARGETS = ("ad", "erp", "cloud")
HEAD = """policy "Workload"
    language 1
    timezone "Europe/Amsterdam"
end

field contract.type.code is one of {types} required
field contract.employer.code is text required
field contract.custom.shift is text
field contract.custom.grade is text
field contract.custom.ward is text
field contract.custom.team is text
field contract.custom.project is text
field contract.custom.on_call is flag required
field person.custom.volunteer is flag required
field person.custom.supervisor is flag required

target ad "Directory"
end

target erp "Planning"
end

target cloud "Cloud"
end

rule accounts "Accounts for everybody, before they come and after they leave"
    owner "iam@workload.example"
    starting 30 days before contract.start_date
    ending 60 days after contract.end_date
    grant account in ad
    grant account in erp
    grant account in cloud
end
"""
LEAD = "    starting 14 days before contract.start_date\n"
WINDOWS = (("", 3), (LEAD, 6), (LEAD + "    ending 30 days after contract.end_date\n", 1))


def make_policy(rules: int = 1000, seed: int = 1) -> CheckedPolicy:
    """Policy of so many rules, compiled from `policy_files`."""
    return compile_files(policy_files(rules, seed))


def compile_files(files: Sequence[SourceFile]) -> CheckedPolicy:
    """Compile files of the workload, which have no errors."""
    compiled = compile_policy(files, {})
    assert compiled.policy is not None, [one.detail for one in compiled.diagnostics[:3]]
    return compiled.policy


def policy_files(rules: int, seed: int = 1) -> list[SourceFile]:
    """Rules files: the first with what they share and the accounts, the others with the other rules."""
    types = ", ".join(f'"{one}"' for one in TYPES)
    texts = RuleWriter(rules, seed).texts()
    parts = [texts[start : start + RULES_PER_FILE] for start in range(0, len(texts), RULES_PER_FILE)]
    return [
        SourceFile.from_text("policy.ordain", HEAD.format(types=types)),
        *(SourceFile.from_text(f"rules-{number:02}.ordain", "\n".join(part)) for number, part in enumerate(parts)),
    ]


class RuleWriter:
    """Writes rules of the shapes that policies are made of; the same for the same seed.

    Of `rules` rules one gives the accounts, the others permissions: two for every three rules.
    """

    def __init__(self, rules: int, seed: int) -> None:
        self.draw = random.Random(seed)
        self.rules = rules - 1
        self.permissions = max(3, 2 * rules // 3 - len(TARGETS))
        self.shapes: Sequence[tuple[Callable[[], Parts], float]] = (
            (self._equality, 0.45),
            (self._terms, 0.25),
            (self._either, 0.10),
            (self._below, 0.08),
            (self._text, 0.05),
            (self._order, 0.04),
            (self._without, 0.03),
        )

    def texts(self) -> list[str]:
        """Texts of all rules but the accounts."""
        wanted = 0.0
        shapes: list[Callable[[], Parts]] = []
        for shape, share in self.shapes:
            wanted += share * self.rules
            shapes += [shape] * (round(wanted) - len(shapes))
        self.draw.shuffle(shapes)
        return [self._rule(number, shape) for number, shape in enumerate(shapes)]

    def _rule(self, number: int, shape: Callable[[], Parts]) -> str:
        window = LEAD if shape == self._equality else self._weighted(WINDOWS)
        granted = {number % self.permissions}  # every permission is given by some rule
        for _ in range(self._weighted(((0, 7), (1, 8), (2, 5)))):
            granted.add(self.draw.randrange(self.permissions))
        grants = "".join(
            f'    grant permission "Share {one:04}" in {TARGETS[one % len(TARGETS)]}\n' for one in sorted(granted)
        )
        return (
            f'rule r{number:04} "Shares of group {number}"\n    owner "iam@workload.example"\n'
            f"    when {_joined('or' if shape == self._either else 'and', shape())}\n{window}{grants}end\n"
        )

    def _equality(self) -> Parts:
        """Ask for one value of one field."""
        path = self._weighted((
            ("title", 24), ("department", 18), ("cost_center", 14), ("location", 24), ("custom.team", 12),
            ("custom.project", 8),
        ))  # fmt: skip
        return [self._is(path)]

    def _terms(self) -> Parts:
        """Ask for two or three terms, all of them."""
        first = self._weighted(((self._is_title, 2), (self._in_titles, 4), (self._is_place, 4), (self._is_unit, 1)))()
        others = self.draw.sample((self._kind, self._grade, self._on_call, self._employer, self._hours), 2)
        return [first, *(one() for one in others[: self._weighted(((1, 7), (2, 3)))])]

    def _either(self) -> Parts:
        """Ask for one term or another; some are of two parts."""
        parts = [self._weighted(((self._is_title, 3), (self._is_unit, 2), (self._is_centre, 2)))() for _ in "ab"]
        if self.draw.random() < 0.5:  # noqa: PLR2004  # half
            parts.append(f"({self._is_place()} and {self._kind()})")
        if self.draw.random() < 0.2:  # noqa: PLR2004  # some
            parts.append(f"({self._in_titles()} and {self._employer()})")
        return parts

    def _below(self) -> Parts:
        """Ask for a department with all below it, alone or with a term."""
        level = self._weighted(((1, 2), (2, 6), (3, 2)))
        first = sum(LEVELS[:level])
        code = reference("department").codes[self.draw.randrange(first, first + LEVELS[level])]
        below = f'contract.department is "{code}" or below'
        return [below] if self.draw.random() < 0.4 else [below, self._kind()]  # noqa: PLR2004  # some

    def _text(self) -> Parts:
        """Ask for a part of a text, and a term."""
        title = self.draw.choice(reference("title").names)
        trade, field = title.split()[0], title.split(", ")[1]
        code = self.draw.randrange(10)
        test = self.draw.choice((
            f'contract.title.name starts with "{trade}"',
            f'contract.title.name ends with ", {field}"',
            f'contract.title.name contains "{title.split()[1].rstrip(",")}"',
            f'contract.cost_center.code matches "4[0-7]{code}[0-4]"',
            f'contract.custom.project starts with "PR0{code}"',
            f'contract.custom.team matches "Team ({code}[0-9]|[0-9]{code})"',
        ))  # fmt: skip
        return [test, self._weighted(((self._is_place, 3), (self._kind, 1), (self._grade, 3)))()]

    def _order(self) -> Parts:
        """Ask for a number or a date, and a term."""
        year = self.draw.randint(AS_OF.year - 14, AS_OF.year)
        day = AS_OF - timedelta(days=self.draw.randint(30, 4000))
        test = self.draw.choice((
            self._hours(),
            f"contract.details.hours_per_week is less than {self.draw.choice((12, 20, 24, 32))}",
            f"contract.start_date is on or after {year}-01-01",
            f"contract.start_date is before {day.isoformat()}",
            f"contract.start_date is after {self.draw.randint(2, 24)} months before today",
            f"contract.end_date is on or before {self.draw.randint(2, 12)} months after today",
        ))  # fmt: skip
        return [test, self._weighted(((self._is_place, 3), (self._in_titles, 2), (self._is_ward, 2)))()]

    def _without(self) -> Parts:
        """Ask for what is not, or for something of the person, and a term."""
        kind, place = self.draw.choice(TYPES), self._is_place()
        return self.draw.choice((
            [f'contract.type.code is not "{kind}"', place],
            ["person.custom.supervisor", *self._below()],
            ["not person.custom.volunteer", self._in_titles()],
            [self._is_ward(), f"contract.employer.code not in ({self._listed('employer', 2)})"],
            ["person.custom.volunteer", "contract.custom.shift is known", f'contract.type.code is not "{kind}"'],
        ))  # fmt: skip

    def _is(self, path: str) -> str:
        if path.startswith("custom."):
            values = next(one.values for one in TEXTS if one.path == path)
            return f'contract.{path} is "{self.draw.choice(values)}"'
        said = path if path == "department" else f"{path}.code"
        return f'contract.{said} is "{self._code(path)}"'

    def _is_title(self) -> str:
        return self._is("title")

    def _is_unit(self) -> str:
        return self._is("department")

    def _is_centre(self) -> str:
        return self._is("cost_center")

    def _is_place(self) -> str:
        return self._is("location")

    def _is_ward(self) -> str:
        return self._is("custom.ward")

    def _in_titles(self) -> str:
        return f"contract.title.code in ({self._listed('title', self.draw.randint(2, 5))})"

    def _kind(self) -> str:
        kinds = sorted(set(self.draw.choices(TYPES, TYPE_SHARES, k=self.draw.randint(1, 3))))
        return "contract.type.code in ({})".format(", ".join(f'"{one}"' for one in kinds))

    def _grade(self) -> str:
        return self._is("custom.grade")

    def _employer(self) -> str:
        return self._is("employer")

    def _on_call(self) -> str:
        return "contract.custom.on_call"

    def _hours(self) -> str:
        return f"contract.details.fte is at least {self.draw.choice(('0.4', '0.5', '0.6', '0.8'))}"

    def _listed(self, path: str, count: int) -> str:
        codes: set[str] = set()
        while len(codes) < count:
            codes.add(self._code(path))
        return ", ".join(f'"{one}"' for one in sorted(codes))

    def _code(self, path: str) -> str:
        """Draw a code as often as persons have it, as rules are about what many have."""
        codes = reference(path).codes
        return codes[int(self.draw.random() ** SKEW * len(codes))]

    def _weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        return self.draw.choices([one for one, _ in choices], [weight for _, weight in choices])[0]


def _joined(word: str, parts: Parts) -> str:
    """Put a condition on one line, or a part to a line, as the formatter of the language does."""
    whole = f" {word} ".join(parts)
    return whole if len("    when ") + len(whole) <= LINE else f"\n        {word} ".join(parts)
