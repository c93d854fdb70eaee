"""Comparisons by hand, over two real compiled policies, with witnesses that were put before the evaluator."""

from __future__ import annotations

from datetime import date

from engine.compare.entitlements import Sides
from engine.compare.verdicts import replay
from policy.comparison import (
    Clause,
    Comparison,
    DeclarationChange,
    EntitlementComparison,
    FailingTest,
    LimitComparison,
    NeverComparison,
    PersonChange,
    Population,
    SideEffects,
    Version,
)
from policy.diff import LimitVerdict, Op
from policy.entitlements import Entitlement, Kind
from policy.people import Contract, Department, Person
from policy.proofs import Answer, Outcome, Verdict, Witness
from policy.rules import CheckedPolicy
from policy.source import Span
from tests.unit.dsl.compiling import compile_fine

AD = Entitlement("ad", Kind.ACCOUNT)
AS_OF = date(2026, 3, 2)
RULES = """
rule staff "Staff"
    when contract.type.code is "EMP" and contract.department is "CARE" or below
    grant account in ad
end
"""
WIDER = RULES.replace('is "EMP"', 'in ("EMP", "EXT")')
NURSE = Witness(
    Person("P", {}, (Contract("C", {"type.code": "EXT", "department.external_id": "W3", "start_date": AS_OF}),)),
    (Department("CARE"), Department("W3", parent_external_id="CARE")),
    AS_OF,
)


def sides(base: str = RULES, head: str = WIDER) -> Sides:
    return Sides(compile_fine(base), compile_fine(head))


def head_policy() -> CheckedPolicy:
    return sides().head


def widened(*persons: PersonChange, name: str = "") -> EntitlementComparison:
    """The account, widened to somebody with another kind of contract; or a permission called `name`, undecided."""
    if name:
        return EntitlementComparison(
            "ad",
            Kind.PERMISSION,
            name,
            Verdict.UNDECIDED,
            in_base=True,
            in_head=True,
            why="no way within 10 cases",
        )
    return EntitlementComparison(
        "ad",
        Kind.ACCOUNT,
        "",
        Verdict.WIDENED,
        in_base=True,
        in_head=True,
        witnesses=(replay(sides(), NURSE, AD, gains=True),),
        persons=persons,
    )


def same(name: str) -> EntitlementComparison:
    return EntitlementComparison("ad", Kind.PERMISSION, name, Verdict.SAME, in_base=True, in_head=True)


def people(count: int) -> tuple[PersonChange, ...]:
    """So many who gain the account today, and one who loses it later and is left alone."""
    today = [PersonChange(f"{1000 + number}", AD, gains=True, first=AS_OF) for number in range(count)]
    return (*today, PersonChange("9", AD, gains=False, first=date(2026, 4, 1), left_alone=True))


def effects() -> SideEffects:
    clause = Clause(Span("a.ordain", 2, 1, 5, 4), 'rule staff "Staff"')
    verdict = LimitVerdict(
        "ad", Op.GRANT, Kind.ACCOUNT, 7, 0, "5", 9, None, tripped=True, at="a.ordain:3", text="7 lines."
    )
    changed = DeclarationChange(
        "exclude", "ceo", "changed", ("from: ad, was all targets",), clause, clause, binding=True
    )
    never = NeverComparison("pay", Answer(Outcome.NO), Answer(Outcome.YES, NURSE), clause)
    failing = FailingTest("A nurse", "base", "t.ordain:4", ("2026-03-01: she gets nothing",))
    own = FailingTest("A cook", "head", "t.ordain:9", ("2026-03-01: he gets nothing",))
    return SideEffects((changed,), (never,), (LimitComparison(verdict, None),), (failing, own), ("Left out.",))


def comparison(
    *entitlements: EntitlementComparison, follows: SideEffects | None = None, version: Version = Version.MAJOR
) -> Comparison:
    return Comparison(
        "main (1a2b3c4)",
        "the workspace .",
        entitlements,
        follows or SideEffects(),
        version,
        ("account in ad is widened: people get what they did not get before",),
        Population("the snapshot of town, imported 2026-03-01", 500, AS_OF, date(2026, 5, 31)),
    )
