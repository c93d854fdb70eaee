"""One town by hand that uses much of the language; `python -m` prints the digest of its decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy.canonical import digest_of
from policy.decisions import decisions_json
from policy.entitlements import Entitlement, Kind
from policy.expressions import AllOf, Comparison, DepartmentsOperand, HasContract, Holds, TextOperand, ValuesOperand
from policy.moments import Duration, Moment, Unit
from policy.people import Contract, Person
from policy.rules import CheckedPolicy, Exclusion, Grant, Rule, Scope, TableGrant, Template, Window, WindowBound
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import field, policy_of, span
from tests.properties.strategies.towns import DEPARTMENTS

ACCOUNT = Template("ad", Kind.ACCOUNT, (), span(20))
ACCESS = Template("ad", Kind.ACCESS, (), span(21))
GROUP = Template("ad", Kind.PERMISSION, ("GG-", field("contract.title.code")), span(22))
DAY = date(2026, 3, 10)


def is_text(name: str, text: str, *, negated: bool = False, line: int = 1) -> Comparison:
    return Comparison(field(name), "is", TextOperand(text), negated=negated, span=span(line))


def bound(base: str, count: int = 0, direction: str = "after") -> WindowBound:
    offset = Duration(count, Unit.DAYS) if count else None
    return WindowBound(Moment(field(base), offset, direction), span(9))


def rule(rule_id: str, *grants: Grant | TableGrant, **changes: object) -> Rule:
    plain = Rule(
        rule_id, rule_id, None, None, None, Scope.ANY_CONTRACT, None, Window(), grants, draft=False, span=span(10)
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def give(template: Template, window: Window | None = None) -> Grant:
    return Grant(template, window or Window(), span(11))


def permission(name: str) -> Template:
    return Template("ad", Kind.PERMISSION, (name,), span(12))


def example_policy() -> CheckedPolicy:
    care = DepartmentsOperand(("CARE",), or_below=True)
    in_care = Comparison(field("contract.department"), "is", care, negated=False, span=span(30))
    account = rule(
        "account",
        give(ACCOUNT),
        give(ACCESS, Window(bound("contract.start_date"), bound("contract.end_date"))),
        give(GROUP),
        condition=AllOf((in_care, is_text("contract.type.code", "EXT", negated=True)), span(31)),
        window=Window(bound("contract.start_date", 14, "before"), bound("contract.end_date", 30)),
    )
    rows = {"A": (permission("ROW-A"), permission("ROW-ALL")), "B": (permission("ROW-B"),)}
    table = TableGrant(field("contract.title.code"), rows, (permission("ROW-OTHER"),), Window(), span(40))
    holder = rule(
        "holder",
        give(permission("HELD")),
        scope=Scope.PERSON,
        condition=Holds(Entitlement("ad", Kind.ACCOUNT), span(41)),
    )
    ever = HasContract(
        "any",
        Comparison(field("contract.title.code"), "in", ValuesOperand(("B",)), negated=False, span=span(42)),
        span(),
    )
    alumni = rule("alumni", give(permission("ALUMNI")), scope=Scope.PERSON, condition=ever)
    exclude = Exclusion("gone", "Gone", "P9", None, None, "b", None, None, span(50))
    when = Exclusion("board", "Board", None, is_text("contract.type.code", "BOARD"), ("ad",), "b", None, None, span(51))
    return policy_of(account, alumni, holder, rule("table", table), exclude=(when, exclude))


def contract(external_id: str, start: str, end: str | None, **values: str) -> Contract:
    """Contract with dates in ISO form; `title_code` stands for `title.code`, `department` for its external id."""
    names = {"department": "department.external_id"}
    given = {names.get(name, name.replace("_", ".")): value for name, value in values.items()}
    ends = {} if end is None else {"end_date": date.fromisoformat(end)}
    return Contract(external_id, {"start_date": date.fromisoformat(start), **ends, **given})


def example_snapshot() -> Snapshot:
    nurse = contract("C1", "2026-03-01", None, department="W1", title_code="A", type_code="EMP")
    leaver = contract("C1", "2026-01-01", "2026-02-28", department="W2", title_code="B", type_code="EMP")
    chief = contract("C1", "2025-01-01", None, department="TOP", type_code="BOARD")
    both = contract("C2", "2026-03-20", None, department="CARE", title_code="AB", type_code="INT")
    people = [Person("P1", {}, (nurse, both)), Person("P2", {}, (leaver,)), Person("P3", {}, (chief,)), Person("P4")]
    return Snapshot.of(people, DEPARTMENTS)


if __name__ == "__main__":
    from engine.evaluate.evaluate import evaluate

    print(digest_of(decisions_json(evaluate(example_policy(), example_snapshot(), DAY))))  # noqa: T201  # a script's result
