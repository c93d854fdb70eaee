"""The step of the version number that a change asks for."""

from __future__ import annotations

from datetime import date

import pytest

from engine.compare.version import suggest_version
from policy.comparison import Clause, DeclarationChange, EntitlementComparison, NeverComparison, SideEffects, Version
from policy.entitlements import Kind
from policy.people import Person
from policy.proofs import Answer, Outcome, Verdict, Witness
from policy.source import Span

CLAUSE = Clause(Span("a.ordain", 1, 1, 1, 2), "x")
YES = Answer(Outcome.YES, Witness(Person("P"), (), date(2026, 1, 1)))
NO, PERHAPS = Answer(Outcome.NO), Answer(Outcome.UNDECIDED, why="too much")


def entitlement(verdict: Verdict, *, new: bool = False) -> EntitlementComparison:
    return EntitlementComparison("ad", Kind.ACCOUNT, "", verdict, in_base=not new, in_head=True)


def declared(kind: str, change: str = "changed", *, binding: bool = True) -> SideEffects:
    one = DeclarationChange(kind, "x", change, (), CLAUSE, CLAUSE, binding)  # type: ignore[arg-type]  # a word
    return SideEffects(declarations=(one,))


def never(base: Answer | None, head: Answer | None) -> SideEffects:
    return SideEffects(nevers=(NeverComparison("x", base, head, CLAUSE),))


@pytest.mark.parametrize(
    ("found", "effects", "version", "reason"),
    [
        ([Verdict.SAME], SideEffects(), Version.PATCH, "every entitlement is proved to be the same"),
        ([], declared("draft rule", binding=False), Version.PATCH, "every entitlement"),
        ([Verdict.SAME], declared("event", binding=False), Version.MINOR, "event x was changed"),
        ([Verdict.SAME], declared("target", "added", binding=False), Version.MINOR, "target x was added"),
        ([Verdict.WIDENED], SideEffects(), Version.MAJOR, "account in ad is widened"),
        ([Verdict.NARROWED], SideEffects(), Version.MAJOR, "account in ad is narrowed"),
        ([Verdict.MIXED], SideEffects(), Version.MAJOR, "account in ad is mixed"),
        ([Verdict.UNDECIDED], SideEffects(), Version.MAJOR, "account in ad is undecided"),
        ([], declared("never"), Version.MAJOR, "never x was changed"),
        ([], declared("exclude", "removed"), Version.MAJOR, "exclude x was removed"),
        ([], never(NO, YES), Version.MAJOR, "never x can be violated by somebody now"),
        ([], never(PERHAPS, YES), Version.MAJOR, "never x can be violated by somebody now"),
        ([], never(YES, NO), Version.PATCH, "every entitlement"),
        ([], never(NO, PERHAPS), Version.MAJOR, "whether never x holds for everybody is not known any more"),
    ],
)
def test_the_step_and_its_reason(found: list[Verdict], effects: SideEffects, version: Version, reason: str) -> None:
    step, reasons = suggest_version([entitlement(one) for one in found], effects)
    assert step is version
    assert reasons[0].startswith(reason)


def test_only_new_entitlements_are_minor() -> None:
    new = entitlement(Verdict.WIDENED, new=True)
    assert suggest_version([new], SideEffects()) == (Version.MINOR, ("account in ad is new",))
    assert suggest_version([new, entitlement(Verdict.WIDENED)], SideEffects())[0] is Version.MAJOR
    assert suggest_version([entitlement(Verdict.UNDECIDED, new=True)], SideEffects())[0] is Version.MAJOR
