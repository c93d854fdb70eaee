"""The clause to blame: the fewest edits that turn the decision of BASE about a person into that of HEAD."""

from __future__ import annotations

from datetime import date

import pytest

from engine.compare.blame import Case, blame_of, find_blame
from engine.compare.merging import merge_policies
from engine.evaluate.evaluate import evaluate
from policy.comparison import Blame
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.unit.dsl.compiling import compile_fine

AD = Entitlement("ad", Kind.ACCOUNT)
DEPARTMENTS = (Department("CARE"), Department("W3", parent_external_id="CARE"))
NURSE = {"type.code": "EMP", "title.code": "NURSE", "department.external_id": "W3", "location.code": "L1"}
RULE = """
set sites is "L1", "L2"
define staff as contract.type.code in ("EMP", "EXT")
role basics "Basics"
    permission "Rostering" in ad
end
rule ward "Ward"
    when staff and contract.department is "CARE" or below and contract.location.code in sites
    starting 14 days before contract.start_date
    ending 30 days after contract.end_date
    grant account in ad
    grant access in ad
        starting contract.start_date
    grant permission "Ward {contract.department.external_id}" in ad
    grant role basics
    grant by contract.title.code in ad
        "NURSE"  -> permission "Medication"
        otherwise -> permission "Intranet"
    end
end
"""


def somebody(**values: object) -> Person:
    given = {name.replace("__", "."): value for name, value in values.items()}
    dates = {"start_date": date(2026, 3, 15), "end_date": date(2026, 8, 31)}
    return Person("P1", {}, (Contract("C1", {**NURSE, **dates, **given}),))  # type: ignore[arg-type]


def permission(name: str) -> Entitlement:
    return Entitlement("ad", Kind.PERMISSION, name)


def blame(
    base: CheckedPolicy,
    head: CheckedPolicy,
    *,
    entitlement: Entitlement = AD,
    person: Person | None = None,
    day: str = "2026-04-01",
) -> tuple[Blame, ...]:
    case = Case(entitlement, person or somebody(), DEPARTMENTS, date.fromisoformat(day))
    return blame_of(find_blame(merge_policies(base, head), case), base, head)


def changed(old: str, new: str) -> tuple[CheckedPolicy, CheckedPolicy]:
    assert old in RULE
    return compile_fine(RULE), compile_fine(RULE.replace(old, new))


def told(found: tuple[Blame, ...]) -> list[tuple[tuple[str, ...], str, str | None, str | None]]:
    return [
        (
            one.rules,
            one.what,
            one.base.text if one.base and one.base.stands else None,
            one.head.text if one.head and one.head.stands else None,
        )
        for one in found
    ]


@pytest.mark.parametrize(
    ("old", "new", "day", "values", "what", "texts"),
    [
        pytest.param(
            "starting 14 days before",
            "starting 13 days before",
            "2026-03-01",
            {},
            "the `starting` of the window moved",
            ("starting 14 days before contract.start_date", "starting 13 days before contract.start_date"),
            id="a bound",
        ),
        pytest.param(
            'contract.department is "CARE" or below',
            'contract.department is "CARE"',
            "2026-04-01",
            {},
            "the condition on contract.department changed",
            ('contract.department is "CARE" or below', 'contract.department is "CARE"'),
            id="a condition",
        ),
        pytest.param(
            " and contract.location.code in sites",
            "",
            "2026-04-01",
            {"location__code": "L9"},
            "the condition is gone",
            ("contract.location.code in sites", None),
            id="a condition that is gone",
        ),
        pytest.param(
            "when staff and",
            'when staff and contract.title.code is "DOCTOR" and',
            "2026-04-01",
            {},
            "the condition is new",
            (None, 'contract.title.code is "DOCTOR"'),
            id="a condition that is new",
        ),
        pytest.param(
            '("EMP", "EXT")',
            '("EXT")',
            "2026-04-01",
            {},
            "the condition on contract.type.code changed",
            ('contract.type.code in ("EMP", "EXT")', 'contract.type.code in ("EXT")'),
            id="a define",
        ),
        pytest.param(
            'set sites is "L1", "L2"',
            'set sites is "L2"',
            "2026-04-01",
            {},
            "the set sites has other values",
            ('set sites is "L1", "L2"', 'set sites is "L2"'),
            id="a set",
        ),
        pytest.param(
            'rule ward "Ward"\n',
            'rule ward "Ward"\n    for every contract\n',
            "2026-04-01",
            {},
            None,
            None,
            id="a scope that makes no difference here",
        ),
    ],
)
def test_the_clause_that_changed_is_to_blame(  # noqa: PLR0917  # a table
    old: str, new: str, day: str, values: dict[str, object], what: str | None, texts: tuple[str, str] | None
) -> None:
    base, head = changed(old, new)
    if what is None:
        with pytest.raises(AssertionError, match="the versions differ for a witness"):
            blame(base, head, person=somebody(**values), day=day)
        return
    assert told(blame(base, head, person=somebody(**values), day=day)) == [(("ward",), what, *(texts or ()))]


@pytest.mark.parametrize(
    ("old", "new", "entitlement", "what"),
    [
        (
            '"NURSE"  -> permission "Medication"',
            '"NURSE"  -> permission "Nothing"',
            "Medication",
            "gives something else",
        ),
        (
            '        "NURSE"  -> permission "Medication"\n',
            '        "X"  -> permission "Medication"\n',
            "Medication",
            "is gone",
        ),
        ('otherwise -> permission "Intranet"', '"NURSE-S" -> permission "Intranet"', "Medication", None),
        ('    permission "Rostering" in ad\n', '    permission "Other" in ad\n', "Rostering", "the grant is gone"),
        ('permission "Ward {contract', 'permission "Unit {contract', "Ward W3", "the grant is gone"),
    ],
)
def test_grants_roles_and_rows_are_clauses_too(old: str, new: str, entitlement: str, what: str | None) -> None:
    base, head = changed(old, new)
    if what is None:
        with pytest.raises(AssertionError, match="the versions differ"):
            blame(base, head, entitlement=permission(entitlement))
        return
    found = blame(base, head, entitlement=permission(entitlement))
    assert len(found) == 1
    assert what in found[0].what
    assert found[0].base is not None
    assert found[0].base.text


def test_a_row_is_shown_with_its_whole_line() -> None:
    base, head = changed('"NURSE"  -> permission "Medication"', '"NURSE"  -> permission "Nothing"')
    found = blame(base, head, entitlement=permission("Medication"))
    assert told(found) == [
        (
            ("ward",),
            'the row "NURSE" gives something else',
            '"NURSE" -> permission "Medication"',
            '"NURSE" -> permission "Nothing"',
        )
    ]


def test_new_and_gone_rules_drafts_and_renames() -> None:
    base = compile_fine(RULE)
    nobody = compile_fine("")
    assert told(blame(base, nobody)) == [(("ward",), "the rule is gone", 'rule ward "Ward"', None)]
    assert told(blame(nobody, base)) == [(("ward",), "the rule is new", None, 'rule ward "Ward"')]
    draft = compile_fine(RULE.replace("rule ward", "draft rule ward"))
    assert [one.what for one in blame(base, draft)] == ["the rule is a draft now"]
    assert [one.what for one in blame(draft, base)] == ["the rule is no draft any more"]
    renamed = compile_fine(RULE.replace("rule ward", "rule house").replace("14 days", "13 days"))
    assert [one.what for one in blame(base, renamed, day="2026-03-01")] == ["the `starting` of the window moved"]


def test_of_many_edits_only_those_that_make_the_difference_are_named() -> None:
    head = RULE.replace("14 days", "13 days").replace('("EMP", "EXT")', '("EXT")').replace("30 days", "31 days")
    found = blame(compile_fine(RULE), compile_fine(head))
    assert [one.what for one in found] == ["the condition on contract.type.code changed"]


def test_edits_that_only_together_make_the_difference_are_named_together() -> None:
    text = 'rule r "R"\n when contract.type.code is "{}" and contract.title.code is "{}"\n grant account in ad\nend\n'
    base, head = compile_fine(text.format("A", "B")), compile_fine(text.format("C", "D"))
    person = somebody(type__code="C", title__code="D")
    found = blame(base, head, person=person)
    assert sorted(one.what for one in found) == [
        "the condition on contract.title.code changed",
        "the condition on contract.type.code changed",
    ]


def test_a_define_that_two_rules_need_is_one_clause() -> None:
    text = (
        'define staff as contract.type.code is "A"\n'
        'rule giver "A"\n when staff\n grant account in ad\nend\n'
        'rule taker "B"\n when staff and holds account in ad\n grant access in ad\nend\n'
    )
    base, head = compile_fine(text), compile_fine(text.replace('"A"\nrule', '"C"\nrule', 1))
    access = Entitlement("ad", Kind.ACCESS)
    found = blame(base, head, entitlement=access, person=somebody(type__code="C"))
    assert told(found) == [
        (
            ("giver", "taker"),
            "the condition on contract.type.code changed",
            'contract.type.code is "A"',
            'contract.type.code is "C"',
        )
    ]


def test_who_is_primary_belongs_to_no_rule() -> None:
    head = (
        'policy "Test"\n    language 1\n    timezone "Europe/Amsterdam"\n'
        '    primary contract by start_date {}\nend\ntarget ad "A"\nend\n'
    )
    rule = 'rule r "R"\n for primary contract\n when contract.title.code is "NURSE"\n grant account in ad\nend\n'
    latest, earliest = (compile_fine(rule, head=head.format(one)) for one in ("latest", "earliest"))
    cook = Contract("C2", {"title.code": "COOK", "start_date": date(2026, 1, 1)})
    nurse = somebody().contracts[0]
    found = blame(latest, earliest, person=Person("P1", {}, (nurse, cook)))
    assert [(one.rules, one.what) for one in found] == [((), "the order of the primary contract changed")]
    assert found[0].head is not None
    assert found[0].head.at == "0-head.ordain:1"


@pytest.mark.parametrize(
    "head",
    [
        RULE.replace("define staff", "define everybody").replace("when staff", "when everybody"),
        RULE.replace("        otherwise", "        # a comment\n        otherwise"),
        RULE.replace('"Ward"\n', '"Another title"\n    owner "iam@x.example"\n'),
        RULE.replace("role basics", "role essentials").replace("grant role basics", "grant role essentials"),
        RULE.replace(
            'contract.department is "CARE" or below and contract.location.code in sites',
            'contract.location.code in ("L2", "L1") and contract.department is "CARE" or below',
        ),
        RULE.replace("when staff and", 'when contract.type.code in ("EXT", "EMP") and'),
        RULE.replace("    grant access in ad\n", "")
        .replace("    grant role basics\n", "    grant role basics\n    grant access in ad\n")
        .replace("        starting contract.start_date\n", "")
        .replace("grant access in ad\n", "grant access in ad\n        starting contract.start_date\n"),
    ],
)
def test_what_means_the_same_is_no_edit(head: str) -> None:
    assert head != RULE
    assert merge_policies(compile_fine(RULE), compile_fine(head)).edits == ()


def test_without_edits_a_merge_is_base_and_with_all_of_them_head() -> None:
    base, head = compile_fine(RULE), compile_fine(RULE.replace("14", "2").replace('"NURSE"', '"DOCTOR"'))
    merge = merge_policies(base, head)
    people = [somebody(), somebody(title__code="DOCTOR")]
    for day in ("2026-03-01", "2026-03-14", "2026-05-01", "2026-09-20"):
        for person in people:
            snapshot, as_of = Snapshot.of([person], DEPARTMENTS), date.fromisoformat(day)
            none, every = merge.make(frozenset()), merge.make(frozenset(range(len(merge.edits))))
            assert evaluate(none, snapshot, as_of).desired.keys() == evaluate(base, snapshot, as_of).desired.keys()
            assert evaluate(every, snapshot, as_of).desired.keys() == evaluate(head, snapshot, as_of).desired.keys()
    assert EntitlementKey.of("P1", AD).person == "P1"
