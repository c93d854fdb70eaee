"""Short ways to say a policy by its text and a test by its nouns, and to run one on the other."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from dsl.compile import compile_policy
from engine.testing.run import run_test
from policy.entitlements import Entitlement, Kind
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.source import SourceFile, Span
from policy.test_outcomes import ExpectationOutcome
from policy.testing import Expectation, Expected, PolicyTest, TestDay, TestPerson

PLACE = Span("care.ordain", 90, 5, 90, 40)
HEADER = 'policy "Clinic"\n    language 1\n    timezone "Europe/Amsterdam"\nend\n'
AD = 'target ad "AD"\nend\n'


def policy_of(text: str, *, targets: str = AD) -> CheckedPolicy:
    """Policy of rules text; the header and a target `ad` come along."""
    compiled = compile_policy([SourceFile.from_text("care.ordain", HEADER + targets + text)], {})
    assert compiled.policy is not None, compiled.diagnostics
    return compiled.policy


def entitlement(text: str) -> Entitlement:
    """Entitlement from `ad account`, `ad access` or `ad SEC-Nurse`."""
    target, what = text.split(" ", 1)
    kind = Kind(what) if what in {"account", "access"} else Kind.PERMISSION
    return Entitlement(target, kind, what if kind is Kind.PERMISSION else "")


def contract(external_id: str = "C1", start: str = "2026-03-01", end: str | None = None, **values: Any) -> Contract:  # noqa: ANN401  # values of any type
    """Contract; `title_code` stands for `title.code`, `department` for its external id."""
    names = {"department": "department.external_id", "fte": "details.fte"}
    given = {names.get(name, name.replace("_", ".")): value for name, value in values.items()}
    typed = {name: Decimal(value) if isinstance(value, int) else value for name, value in given.items()}
    ends = {} if end is None else {"end_date": date.fromisoformat(end)}
    return Contract(external_id, {"start_date": date.fromisoformat(start), **ends, **typed})


def person(external_id: str = "P1", *contracts: Contract, holding: tuple[str, ...] = (), **values: Any) -> TestPerson:  # noqa: ANN401  # values of any type
    named = {name.replace("__", "."): value for name, value in values.items()}
    whole = Person(external_id, named, contracts)
    return TestPerson(whole, tuple(entitlement(one) for one in holding), PLACE)


_SAID = re.compile(r"(?:(\w+): )?(.*?)(?: because (.+))?")
_WITHOUT = {Expected.NOTHING, Expected.FROZEN}


def expect(text: str) -> Expectation:
    """Expectation from words: `entitled ad account because nurse`, `P2: frozen`, `only ad account, ad access`."""
    found = _SAID.fullmatch(text)
    assert found is not None
    who, said, because = found.groups()
    kind = max((one for one in Expected if said.startswith(one.value)), key=lambda one: len(one.value))
    rest = said.removeprefix(kind.value).strip()
    named = tuple(entitlement(one) for one in rest.split(", ")) if rest and kind is not Expected.EVENT else ()
    reasons = tuple(because.split(", ")) if because else ()
    return Expectation(kind, who or "P1", named, reasons, rest if kind is Expected.EVENT else None, PLACE)


def on(day: str, *said: str) -> TestDay:
    return TestDay(date.fromisoformat(day), tuple(expect(one) for one in said), PLACE)


def scenario(
    *days: TestDay,
    persons: tuple[TestPerson, ...] = (person("P1", contract()),),
    departments: tuple[Department, ...] = (),
    snapshots: tuple[str, ...] = (),
) -> PolicyTest:
    named = tuple((path, PLACE) for path in snapshots)
    return PolicyTest("A test", departments, persons, named, days, PLACE)


def outcomes(policy: CheckedPolicy, *days: TestDay, **more: Any) -> list[ExpectationOutcome]:  # noqa: ANN401  # parts of a test
    return [*run_test(policy, scenario(*days, **more), {}).expectations]


def came(policy: CheckedPolicy, day: str, said: str, **more: Any) -> list[str]:  # noqa: ANN401  # parts of a test
    """What came instead of one expectation on one day; nothing when it was met."""
    (outcome,) = outcomes(policy, on(day, said), **more)
    assert outcome.passed == (not outcome.came)
    return [*outcome.came]
