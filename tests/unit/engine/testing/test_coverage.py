"""Coverage: what tests of the language saw of the rules."""

from __future__ import annotations

from dsl.compile import compile_policy
from engine.testing.cover_items import items_of
from engine.testing.run import run_test
from policy.coverage import Coverage, Covered, CoverKind, Mark, Seen
from policy.rules import CheckedPolicy
from policy.source import SourceFile

HEAD = """
policy "Test" language 1 timezone "UTC" end
target ad "AD" end
target erp "ERP" end
"""
PERSON = """
    person "P1"
        contract "C1" type.code: "EMP" title.code: "NURSE" start_date: 2026-01-01 end_date: 2026-06-30 end
    end
"""


def compiled(text: str) -> CheckedPolicy:
    compilation = compile_policy([SourceFile.from_text("rules.ordain", HEAD + text)], {})
    assert compilation.policy is not None, compilation.diagnostics
    return compilation.policy


def covered(text: str) -> dict[str, Covered]:
    """What the tests in `text` saw, by kind and words."""
    policy = compiled(text)
    marks: set[Mark] = set()
    for test in policy.tests.values():
        outcome = run_test(policy, test, {}, cover=True)
        assert outcome.passed, outcome.failures
        marks |= outcome.marks
    return {f"{one.item.kind} {one.item.text}": one for one in Coverage.of(items_of(policy), marks).items}


def missing(text: str) -> dict[str, tuple[Seen, ...]]:
    return {name: one.missing for name, one in covered(text).items() if one.missing}


def test_without_marks_were_asked_for_there_are_none() -> None:
    policy = compiled(f'rule a grant account in ad end test "t" {PERSON} on 2026-01-01 expect account in ad end')
    (test,) = policy.tests.values()
    assert run_test(policy, test, {}).marks == frozenset()


def test_a_rule_never_refused_is_not_covered() -> None:
    rules = 'rule emp when contract.type.code is "EMP" grant account in ad end\n'
    one = missing(rules + f'test "t" {PERSON} on 2026-01-01 expect account in ad end')
    assert one == {
        "rule emp": (Seen.REFUSED,),
        'condition contract.type.code is "EMP"': (Seen.FALSE,),
    }
    other = PERSON.replace('"EMP"', '"EXT"')
    both = f'test "t" {PERSON} on 2026-01-01 expect account in ad end test "u" {other} on 2026-01-01 expect nothing end'
    assert missing(rules + both) == {}


def test_a_contract_outside_the_window_was_not_put_before_the_condition() -> None:
    rules = 'rule emp when contract.type.code is "EMP" grant account in ad end\n'
    assert missing(rules + f'test "t" {PERSON} on 2026-08-01 expect nothing end') == {
        "rule emp": (Seen.GRANTED, Seen.REFUSED),
        'condition contract.type.code is "EMP"': (Seen.TRUE, Seen.FALSE),
        "grant account in ad": (Seen.GIVEN,),
    }


def test_every_part_of_a_condition_counts_for_itself() -> None:
    rules = """
define nurse as contract.title.code is "NURSE"
rule a when nurse and (contract.type.code is "EXT" or contract.details.fte is known) grant account in ad end
"""
    assert missing(rules + f'test "t" {PERSON} on 2026-01-01 expect nothing end') == {
        "rule a": (Seen.GRANTED,),
        'condition contract.title.code is "NURSE"': (Seen.FALSE,),
        'condition contract.type.code is "EXT"': (Seen.TRUE,),
        "condition contract.details.fte is known": (Seen.TRUE,),
        "grant account in ad": (Seen.GIVEN,),
    }


def test_a_grant_with_a_window_of_its_own_and_a_name_that_cannot_be_filled() -> None:
    rules = """
rule a
    grant account in ad
    grant access in ad starting 1 month after contract.start_date
    grant permission "D-{contract.department.external_id}" in ad
end
"""
    assert missing(rules + f'test "t" {PERSON} on 2026-01-01 expect account in ad end') == {
        "grant access in ad": (Seen.GIVEN,),
        'grant permission "D-{contract.department.external_id}" in ad': (Seen.GIVEN,),
    }


def test_rows_of_a_table() -> None:
    rules = """
rule a
    grant account in ad
    grant by contract.title.code in ad
        "NURSE", "AID" -> permission "N"
        "DOCTOR" -> permission "D"
        otherwise -> permission "O"
    end
end
"""
    found = covered(rules + f'test "t" {PERSON} on 2026-01-01 expect account in ad end')
    rows = {name: one.missing for name, one in found.items() if one.item.kind is CoverKind.ROW}
    assert rows == {
        'table row "AID"': (),
        'table row "DOCTOR"': (Seen.USED,),
        "table row otherwise": (Seen.USED,),
    }


def test_exclusions_nevers_and_events() -> None:
    rules = """
rule a grant account in ad grant permission "A" in ad grant permission "B" in ad end
never pair permission "A" in ad together with permission "B" in ad end
exclude hr when person.excluded and contract.type.code is "EMP" because "x" end
exclude boss person "P9" because "x" end
event joined on grant account in ad when contract.title.code is "NURSE" notify "a@b.example" using "x" end
event left 1 day after offboarding notify "a@b.example" using "x" end
"""
    found = missing(rules + f'test "t" {PERSON} on 2026-01-01 expect event joined end')
    assert found == {
        "exclusion hr": (Seen.APPLIED,),
        "condition person.excluded is true": (Seen.TRUE,),
        'condition contract.type.code is "EMP"': (Seen.FALSE,),
        "exclusion boss": (Seen.APPLIED,),
        'condition contract.title.code is "NURSE"': (Seen.FALSE,),
        "event left": (Seen.FIRED,),
    }
    excluded = PERSON.replace('person "P1"', 'person "P1" excluded: true')
    more = f'test "u" {excluded} on 2026-01-01 expect frozen because hr on 2026-07-01 expect nothing end'
    assert missing(rules + more)["never pair"] == (Seen.DENIED,)
    assert "exclusion hr" not in missing(rules + more)


def test_shares_are_rounded_down_and_nothing_is_everything() -> None:
    assert Coverage(()).per_mille == 1000
    policy = compiled("rule a when person.excluded grant account in ad end rule b grant account in ad end")
    items = items_of(policy)
    whole = Coverage.of(items, [])
    assert (whole.hits, whole.wanted, whole.per_mille) == (0, 7, 0)
    some = Coverage.of(items, [Mark(items[0].place, items[0].wanted[0])])
    assert (some.hits, some.per_mille) == (1, 142)
