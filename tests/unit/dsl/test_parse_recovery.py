from __future__ import annotations

import re

import pytest

from dsl.grammar.tables import phrase_by_terminal
from dsl.tree import ast
from dsl.tree.leaves import EntitlementNode
from dsl.tree.tests import TestDeclaration
from tests.unit.dsl.reading import broken, codes, one, problems, read


def hints(text: str) -> list[str | None]:
    return [hint for _, _, hint in problems(text)]


def test_an_error_never_hides_the_next_declaration() -> None:
    file, found = read(
        'rule a grant acount in ad end\nset b is "x" "y"\nfield c is text\n'
        "rule d grant account in ad end\ndefine e as ("
    )
    assert [problem.code for problem in found] == ["ORD0102", "ORD0101", "ORD0101", "ORD0101"]
    assert [type(declaration) for declaration in file.declarations] == [
        ast.BrokenDeclaration,
        ast.BrokenDeclaration,
        ast.BrokenDeclaration,
        ast.RuleDeclaration,
        ast.BrokenDeclaration,
    ]


def test_a_broken_declaration_keeps_its_name_and_what_can_be_read() -> None:
    rule = broken('rule nurses "N" owner\n when care\n grant account in ad grant role basics starting never end')
    assert rule.word is ast.DeclarationWord.RULE
    assert rule.id is not None
    assert rule.id.name == "nurses"
    assert isinstance(rule.readable, ast.RuleDeclaration)
    assert rule.readable.owner is None
    assert rule.readable.condition is not None
    (grant,) = rule.readable.grants[:1]
    assert isinstance(grant, ast.GrantNode)
    assert isinstance(grant.what, EntitlementNode)


def test_a_broken_field_keeps_its_path() -> None:
    field = broken("field contract.custom.x is 3")
    assert field.path is not None
    assert field.path.name == "contract.custom.x"
    assert (field.id, field.readable) == (None, None)


def test_a_broken_draft_keeps_its_name() -> None:
    rule = broken("draft rule soon grant account ad end")
    assert rule.id is not None
    assert rule.id.name == "soon"


def test_a_bad_name_is_no_name() -> None:
    assert broken('rule Nurses "N" grant account ad end').id is None
    assert broken("rule 3 grant account in ad end").id is None


def test_nothing_readable_is_left_of_what_was_made_up() -> None:
    assert broken('never n "N" permission "A" in erp severity high end').readable is None
    assert broken('rule "no name" grant account in ad end').readable is None
    assert broken("define a as not").readable is None


def test_a_rule_without_grants_can_be_read() -> None:
    rule = broken("rule r when care end").readable
    assert isinstance(rule, ast.RuleDeclaration)
    assert rule.grants == ()


def test_what_is_cut_off_a_condition_takes_the_condition_along() -> None:
    assert broken("define a as contract.x at 3").readable is None
    rule = broken("rule r when contract.x at 3\n grant account in ad end").readable
    assert isinstance(rule, ast.RuleDeclaration)
    assert rule.condition is None


def test_every_clause_is_judged_by_itself() -> None:
    text = """rule r
    owner 5
    when contract.x is
    starting before
    grant account in
    grant by contract.x in ad
        "A" -> perm
        "B" -> permission "X"
        otherwise permission "Y"
    end
    grant by contract.x in ad
        "A"
    end
    grant by title in ad
        "A" -> permission "X"
    end
        ending never
    grant role
        starting 3 days today
    grant access in ad
        starting 3 days today
end"""
    assert [(span.line, problem.code) for problem in read(text)[1] if (span := problem.span)] == [
        (2, "ORD0121"),
        (3, "ORD0101"),
        (4, "ORD0101"),
        (5, "ORD0101"),
        (7, "ORD0101"),
        (9, "ORD0101"),
        (12, "ORD0101"),
        (14, "ORD0101"),
        (18, "ORD0101"),
        (21, "ORD0101"),
    ]


def test_only_the_first_of_a_table_that_lost_all_rows_is_told() -> None:
    text = 'rule r grant by contract.x in ad\n "A" permission "X"\n end\n grant account in ad\nend'
    rule = broken(text).readable
    assert isinstance(rule, ast.RuleDeclaration)
    assert len(rule.grants) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rule a grant account in ", "a target's name"),
        ("role r account in", "a target's name"),
        ("rule a grant role", "a role's name"),
        ("rule a when", "a condition"),
        ("define a as b and", "a condition"),
        ("define a as contract.x", None),
        ("define a as contract.x is", "a text in quotes"),
        ("define a as contract.x in", "a set's name"),
        ("define a as contract.x not in 3", "a list such as"),
        ("define a as contract.x matches", "a regular expression in quotes"),
        ('policy "P" language', "a number"),
        ("policy", "the policy's title in quotes"),
        ('set a from "x" column', "the column's name in quotes"),
        ("target t depends on", "a target's name"),
        ("target t depends on a using", "the name of account data"),
        ("exclude e person", "the person's number in quotes"),
        ('exclude e person "1" until', "a date"),
        ("target", "a name for the target"),
        ("set", "a name for the set"),
    ],
)
def test_what_is_expected_is_said_in_words_of_authors(text: str, place: str | None) -> None:
    details = [detail for code, detail, _ in problems(text) if code == "ORD0101"]
    assert bool(details) == (place is not None)
    if details:
        assert place is not None
        assert place in details[0]


def test_no_terminal_of_the_grammar_is_ever_shown() -> None:
    texts = [
        f"{head} {word}"
        for head in ("define a as contract.x", "rule r", "target t", "never n", 'exclude e person "1"', 'policy "P"')
        for word in ("in", "is", "3", '"x"', "x.y", "->", "(", "end", "2026-01-01", ":", "limit")
    ]
    terminals = {name for name in phrase_by_terminal() if "_" in name} | {
        "IDENT",
        "QUOTED",
        "DIGITS",
        "ISO_DATE",
        "$END",
    }
    for text in texts:
        for _, detail, hint in problems(text):
            assert not terminals.intersection(re.findall(r"[$\w]+", f"{detail} {hint}"))


def test_misspelt_heads() -> None:
    assert hints('set a is "x"\nrul r grant account in ad end\npolcy "P" language 1 timezone "UTC" end') == [
        "did you mean `rule`?",
        "did you mean `policy`?",
    ]
    assert hints('tests "x"\nend') == ["did you mean `test`?", "add a line such as `on 2026-03-01 expect nothing`"]


def test_a_missing_clause_is_told_unless_it_was_broken() -> None:
    assert codes('exclude e "E" person "1" because end') == ["ORD0101"]
    assert codes('exclude e when because "b" end') == ["ORD0101"]
    assert codes("never n permission in ad together with access in ad end") == ["ORD0101"]
    assert codes("rule r grant account end") == ["ORD0101"]
    assert codes('policy "P" end') == ["ORD0107", "ORD0107"]
    assert codes('exclude e from ad because "x" end') == ["ORD0107"]
    assert codes("exclude e until 2026-01-01 end") == ["ORD0107", "ORD0107"]


def test_clauses_moved_to_their_place_can_be_read() -> None:
    rule = broken('rule r grant account in ad\n when care\n owner "o" end').readable
    assert isinstance(rule, ast.RuleDeclaration)
    assert rule.condition is not None
    assert rule.owner is not None


def test_windows_of_a_rule_stand_before_its_grants() -> None:
    assert codes("rule r ending never starting today grant account in ad end") == ["ORD0106"]
    assert codes("rule r starting today starting today grant account in ad end") == ["ORD0108"]
    assert codes("rule r grant account in ad starting today grant access in ad starting today end") == []


def test_a_whole_declaration_may_be_too_much() -> None:
    text = "rule r " + " ".join("grant acount in ad" for _ in range(100)) + " end"
    assert len(codes(text)) == 60


def test_test_blocks_nest() -> None:
    text = """test "t"
    department "W3" below "CARE"
    person "P1"
        contract "C1"
            type.code: "EMP"
            test: "x"
        end
    end
    on 2026-01-01
        person "P1" expect nothing
end
rule r grant account in ad end"""
    file, found = read(text)
    assert found == ()
    assert [type(declaration) for declaration in file.declarations] == [TestDeclaration, ast.RuleDeclaration]


def test_tests_and_events_that_are_not_closed_hide_nothing() -> None:
    text = 'test "t"\n person "P"\nrule r grant account in ad end\nevent e\n on grant account in ad\nset s is 3'
    assert codes(text) == ["ORD0104", "ORD0107", "ORD0104", "ORD0104", "ORD0107", "ORD0121"]


def test_an_end_that_is_missing_is_told_once() -> None:
    assert codes("rule a grant account in ad\nrule b grant account in ad end") == ["ORD0104"]
    assert codes('role a\n role b\n role c "C" account in ad end') == ["ORD0104"]
    assert codes('rule a\n grant by contract.x in ad\n "A" -> access\n ending never\nend') == ["ORD0104"]
    assert codes('rule a\n grant by contract.x in ad from "x"\nend') == []
    assert codes("target ad") == ["ORD0104"]


def test_stray_ends() -> None:
    assert codes("end") == ["ORD0105"]
    assert codes("define a as b end end") == ["ORD0105", "ORD0105"]


def test_capitals() -> None:
    assert hints('RULE r\n Grant account in ad\nEND\nset a is "x"') == [
        "write `rule`",
        "did you mean `grant`?",
        "write `end`",
    ]
    assert codes("define a as b AND c") == ["ORD0102"]


def test_mixed_words_with_three_parts() -> None:
    ((code, detail, _),) = problems("define a as b and c or d and e")
    assert code == "ORD0111"
    assert detail.split("\n")[1:] == ["  (b and c) or (d and e)", "  b and (c or d) and e"]


def test_long_readings_are_cut_short() -> None:
    ((_, detail, _),) = problems(f'define a as contract.x is "{"y" * 90}" and b or c')
    assert "…" in detail
    assert '"y' in detail


def test_reserved_names_in_every_place() -> None:
    assert codes("draft rule role grant account in ad end") == ["ORD0110"]
    assert codes('event test on grant account in ad notify person.primary_manager using "x" end') == ["ORD0110"]
    assert codes("rule a grant role primary end") == ["ORD0110"]
    assert codes("define below as a") == ["ORD0110"]
    assert one("role manager account in ad end", ast.RoleDeclaration).id.name == "manager"


def test_the_same_problem_is_told_once() -> None:
    text = "target t limit grant account to 2.5\n limit grant acount to 5\n limit grant account to 3 end"
    assert codes(text) == ["ORD0122", "ORD0102"]


def test_a_clause_with_something_too_much_goes_on() -> None:
    target = broken('target t "T" "U" limit grant account to 5 percnt\n limit grant access to 3 end').readable
    assert isinstance(target, ast.TargetDeclaration)
    assert [limit.count and limit.count.value for limit in target.limits] == [5, 3]


def test_two_words_in_one_place() -> None:
    assert hints("define a as contract.x is in desks") == ["did you mean `in`?"]
    assert hints("target t limit grant account to 5 percent end") == ["did you mean `%`?"]
    assert hints("define a as all of (b, c")[-1] == "close the parenthesis with `)`"
    assert hints('define a as contract.x starts_with "b"') == ["did you mean `starts with`?"]
    assert hints("define a as b)") == ["leave `)` out, or open the parenthesis before"]


@pytest.mark.parametrize("written", ["departmnt", "department", "contract"])
def test_a_misspelt_source_of_the_manager_is_one_problem(written: str) -> None:
    found = problems(f'policy "P" language 1 timezone "UTC"\n    primary manager from {written}\nend')
    assert [code for code, _, _ in found] == ["ORD0101"]


def test_empty_parentheses_are_filled() -> None:
    (hint,) = hints("define a as contract.title.code in ()")
    assert hint == "write what belongs in the parentheses, or leave them out"


def test_a_path_as_a_vault_writes_it_is_one_problem() -> None:
    (hint,) = hints('define a as Contract.CostCenter.Code is "X"')
    assert hint == "did you mean `contract.cost_center.code`?"
