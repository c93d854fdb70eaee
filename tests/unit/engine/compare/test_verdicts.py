"""Verdicts by proof, with witnesses that the evaluator agrees with; and what belongs to which family."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from engine.compare.effects import compare_never, may_have_changed
from engine.compare.entitlements import Sides, can_give, find_comparison
from engine.compare.keeping import tellable
from engine.compare.merging import merge_policies
from engine.compare.plausible import make_plausible
from engine.compare.relevance import may_meet, relevant_rules
from engine.compare.touched import touched
from engine.compare.verdicts import compare_entitlement, replay
from policy.comparison import PersonChange
from policy.entitlements import Entitlement, Kind
from policy.people import Contract, Department, Person
from policy.proofs import Budget, Family, Outcome, Verdict, Witness
from policy.rules import CheckedPolicy, Template
from policy.source import Span
from policy.types import STANDARD_SCHEMA
from tests.properties.strategies.policies import policies
from tests.unit.dsl.compiling import compile_fine

AD = Entitlement("ad", Kind.ACCOUNT)
WARD = 'permission "Ward {contract.department.external_id}" in ad'
DAY = date(2026, 3, 2)
RULE = """
rule staff "Staff"
    when contract.type.code {}
    grant account in ad
    grant permission "Ward {{contract.department.external_id}}" in ad
end
"""


def sides(base: str, head: str) -> Sides:
    return Sides(compile_fine(base), compile_fine(head))


def verdict(base: str, head: str, *, budget: int = 200_000) -> Verdict:
    return compare_entitlement(sides(base, head), AD, budget=Budget(cases=budget, solver_steps=0)).verdict


A, B, EITHER = RULE.format('is "A"'), RULE.format('is "B"'), RULE.format('in ("B", "A")')


@pytest.mark.parametrize(
    ("base", "head", "wanted"),
    [
        (A, A, Verdict.SAME),
        (RULE.format('in ("A", "B")'), EITHER, Verdict.SAME),
        (EITHER, A + B.replace("rule staff", "rule others"), Verdict.SAME),
        (A, EITHER, Verdict.WIDENED),
        (EITHER, A, Verdict.NARROWED),
        (A, B, Verdict.MIXED),
    ],
)
def test_the_verdict(base: str, head: str, wanted: Verdict) -> None:
    assert verdict(base, head) is wanted


def test_what_is_beyond_the_budget_is_undecided_and_names_what_changed() -> None:
    found = compare_entitlement(sides(A, B), AD, budget=Budget(cases=1, solver_steps=0))
    assert found.verdict is Verdict.UNDECIDED
    assert found.why
    assert [one.what for one in found.blame] == ["the condition on contract.type.code changed"]


def test_a_witness_was_put_before_both_versions() -> None:
    found = compare_entitlement(sides(A, B), AD, budget=Budget())
    assert [one.gains for one in found.witnesses] == [True, False]
    for one in found.witnesses:
        assert (one.base.answers[0].entitled, one.head.answers[0].entitled) == (not one.gains, one.gains)
        assert one.blame


def test_a_witness_that_the_evaluator_denies_is_our_own_bug() -> None:
    nobody = Witness(Person("P1"), (), DAY)
    with pytest.raises(AssertionError, match="gains or loses"):
        replay(sides(A, B), nobody, AD, gains=True)


def test_a_family_is_one_line_and_its_people_are_found_by_where_names_come_from() -> None:
    both = sides(A, A.replace("Ward {", "Unit {"))
    assert [str(one) for one in both.compared] == [
        "account in ad",
        'permission "Unit {contract.department.external_id}" in ad',
        'permission "Ward {contract.department.external_id}" in ad',
    ]
    found = [compare_entitlement(both, one, budget=Budget()) for one in both.compared]
    assert [(one.verdict, one.new, one.family) for one in found] == [
        (Verdict.SAME, False, False),
        (Verdict.WIDENED, True, True),
        (Verdict.NARROWED, False, True),
    ]
    gained = PersonChange("1", Entitlement("ad", Kind.PERMISSION, "Unit W3"), gains=True, first=DAY)
    lost = PersonChange("1", Entitlement("ad", Kind.PERMISSION, "Ward W3"), gains=False, first=DAY)
    assert [one.name[:4] for one in find_comparison(gained, found, both)] == ["Unit"]
    assert [one.name[:4] for one in find_comparison(lost, found, both)] == ["Ward"]
    account = PersonChange("1", AD, gains=True, first=DAY)
    assert [one.kind for one in find_comparison(account, found, both)] == [Kind.ACCOUNT]


def test_drafts_give_nothing() -> None:
    policy = compile_fine(A.replace("rule staff", "draft rule staff"))
    assert not can_give(policy, AD)
    assert not can_give(policy, Family("ad", "Ward {contract.department.external_id}"))
    assert Sides(policy, policy).compared == ()


def test_rules_that_have_a_say() -> None:
    policy = compile_fine(
        'rule giver "G"\n    grant account in ad\nend\n'
        'rule taker "T"\n    when holds account in ad\n    grant access in ad\nend\n'
        'rule other "O"\n    grant permission "X" in ad\nend\n'
    )
    assert relevant_rules(policy, [Entitlement("ad", Kind.ACCESS)]) == {"giver", "taker"}
    assert relevant_rules(policy, [AD]) == {"giver"}
    assert relevant_rules(policy, []) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (("A-", "?"), ("A-", "?", "-B"), True),
        (("A-", "?"), ("B-", "?"), False),
        (("?", "-A"), ("?", "-B"), False),
        (("A-", "?"), ("A-1",), True),
        (("A-", "?"), ("B-1",), False),
        (("?",), ("B-", "?"), True),
    ],
)
def test_names_that_may_meet(one: tuple[str, ...], other: tuple[str, ...], *, wanted: bool) -> None:
    title = STANDARD_SCHEMA.fields["contract.title.code"]

    def template(parts: tuple[str, ...]) -> Template:
        filled = tuple(title if part == "?" else part for part in parts)
        return Template("ad", Kind.PERMISSION, filled, Span("a", 1, 1, 1, 2))

    assert may_meet(template(one), template(other)) is wanted
    assert may_meet(template(other), template(one)) is wanted


NEVER = """
rule first-side "One"
    when contract.type.code is "A"
    grant permission "X" in ad
end
rule second-side "Two"
    when contract.type.code is "A" and contract.title.code is "T"
    grant permission "Y" in ad
end
never pair "Pair"
    permission "X" in ad
    together with permission "Y" in ad
    severity high
    because "SOX"
end
"""


def test_a_never_that_became_violable_and_one_that_is_proved() -> None:
    open_ = NEVER.replace("    when", "    for every contract\n    when")
    shut = open_.replace('is "A" and', 'is "B" and')
    became = compare_never(sides(shut, open_), "pair", budget=Budget())
    assert (became.became_violable, became.became_proved) == (True, False)
    assert became.head is not None
    assert became.head.witness is not None
    proved = compare_never(sides(open_, shut), "pair", budget=Budget())
    assert (proved.became_violable, proved.became_proved, proved.differs) == (False, True, True)
    new = compare_never(sides(open_.split("never")[0], open_), "pair", budget=Budget())
    assert new.base is None
    assert new.head is not None
    assert new.head.outcome is Outcome.YES


def test_a_never_is_asked_again_only_when_something_in_it_changed() -> None:
    other = NEVER + 'rule third "Three"\n    grant permission "Z" in ad\nend\n'
    assert not may_have_changed(sides(NEVER, other), "pair")
    assert not may_have_changed(sides(NEVER, NEVER.replace("severity high", "severity low")), "pair")
    assert may_have_changed(sides(NEVER, NEVER.replace('is "T"', 'is "U"')), "pair")
    assert may_have_changed(sides(NEVER, NEVER.split("never", maxsplit=1)[0]), "pair")
    assert may_have_changed(sides(NEVER, 'field contract.type.code is one of "A"\n' + NEVER), "pair")


def person(**values: object) -> Person:
    return Person("P1", {}, (Contract("C1", {name.replace("__", "."): value for name, value in values.items()}),))  # type: ignore[misc]


def test_what_nobody_writes_is_replaced_where_the_difference_stays() -> None:
    strange = person(type__code="A", department__external_id="\ue000", start_date=DAY, end_date=date(2026, 3, 1))
    witness = Witness(strange, (Department("\ue000", parent_external_id="\ue001"), Department("\ue001")), DAY)
    ward = Entitlement("ad", Kind.PERMISSION, "Ward \ue000")
    made, about = make_plausible(witness, ward, lambda _one, _about: True)
    assert about.name == "Ward X"
    assert made.person.contracts[0].values["department.external_id"] == "X"
    assert made.person.contracts[0].values["start_date"] == date(2026, 3, 1)
    assert made.departments == (Department("X", parent_external_id="Y"), Department("Y"))
    assert make_plausible(witness, ward, lambda _one, _about: False) == (witness, ward)


def test_two_departments_never_become_one() -> None:
    witness = Witness(person(type__code="\ue000"), (Department("X"), Department("\ue000")), DAY)
    assert make_plausible(witness, AD, lambda _one, _about: True) == (witness, AD)


def test_a_test_tells_the_witness_only_with_fields_of_head() -> None:
    field = "field contract.custom.shift is text\n"
    both = sides(field + A.replace('is "A"', 'is "A" and contract.custom.shift is "N"'), A)
    values = {"type.code": "A", "custom.shift": "D", "start_date": DAY}
    witness = Witness(Person("P1", {}, (Contract("C1", values),)), (Department("D", code="9", manager="P2"),), DAY)
    replayed = replay(both, witness, AD, gains=True)
    told = tellable(replayed, both.head)
    assert told is not None
    assert told[0].contracts[0].values == {"type.code": "A", "start_date": DAY}
    assert told[1] == (Department("D"),)


def test_a_witness_that_rests_on_what_a_test_cannot_say_is_not_told() -> None:
    base = 'rule chief "Chief"\n    for person\n    when person.primary_manager is "M"\n    grant account in ad\nend\n'
    head = compile_fine(base, head=MANAGED)
    both = Sides(compile_fine("", head=MANAGED), head)
    contract = Contract("C1", {"department.external_id": "D", "start_date": DAY})
    witness = Witness(Person("P1", {}, (contract,)), (Department("D", manager="M"),), DAY)
    assert tellable(replay(both, witness, AD, gains=True), head) is None


MANAGED = """
policy "Test"
    language 1
    timezone "Europe/Amsterdam"
    primary manager from department of primary contract
end
target ad "Active Directory"
end
target entra "Entra"
end
"""


CHAIN = """
rule giver "G"
    when contract.type.code is "A"
    grant account in ad
end
rule taker "T"
    when holds account in ad
    grant permission "Ward {contract.department.external_id}" in ad
end
rule other "O"
    grant permission "X" in ad
end
rule ward "W"
    grant permission "Ward W3" in ad
end
"""


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('is "A"', 'is "B"', {"account in ad", 'permission "Ward W3" in ad', WARD}),
        ('"X"', '"Y"', {'permission "X" in ad', 'permission "Y" in ad'}),
        ("Ward W3", "Unit W3", {'permission "Ward W3" in ad', 'permission "Unit W3" in ad', WARD}),
        ('rule other "O"', 'rule another "Of the same meaning"', {'permission "X" in ad'}),
        ('"O"', '"Another title"', set()),
    ],
)
def test_what_a_change_can_have_touched(old: str, new: str, wanted: set[str]) -> None:
    assert old in CHAIN
    assert {str(one) for one in touched(sides(CHAIN, CHAIN.replace(old, new)))} == wanted


def test_a_field_touches_everything() -> None:
    both = sides(CHAIN, "field contract.custom.shift is text\n" + CHAIN)
    assert touched(both) == frozenset(both.compared)


@settings(max_examples=30, deadline=None)
@given(policies(), policies())
@pytest.mark.timeout(120)
def test_what_is_not_touched_has_rules_that_mean_the_same(base: CheckedPolicy, head: CheckedPolicy) -> None:
    both = Sides(base, replace(head, rules={**base.rules, **dict(list(head.rules.items())[:1])}))
    for one in set(both.compared) - touched(both):
        near = both.limited_to([one])
        assert merge_policies(near.base, near.head).edits == ()
