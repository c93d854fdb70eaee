from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dsl.tree import ast
from dsl.tree.leaves import EntitlementNode, Path
from policy.entitlements import Kind
from policy.moments import Duration, Unit
from policy.rules import ManagerRule, Scope, SortDirection
from policy.source import Span
from tests.unit.dsl.reading import one, read


def test_policy_with_every_clause() -> None:
    policy = one(
        'policy "Care" language 1 timezone "Europe/Amsterdam" primary contract by active first, details.fte highest,'
        " end_date latest primary manager from department of primary contract, or above end",
        ast.PolicyDeclaration,
    )
    assert (policy.title.value, policy.language.value, policy.timezone.value) == ("Care", 1, "Europe/Amsterdam")
    assert policy.primary_contract_by is not None
    assert [(key.path and key.path.name, key.direction) for key in policy.primary_contract_by] == [
        (None, SortDirection.FIRST),
        ("contract.details.fte", SortDirection.HIGHEST),
        ("contract.end_date", SortDirection.LATEST),
    ]
    assert policy.primary_manager is not None
    assert policy.primary_manager.rule is ManagerRule.DEPARTMENT_OR_ABOVE


@pytest.mark.parametrize("source", [ManagerRule.CONTRACT, ManagerRule.DEPARTMENT])
def test_primary_manager(source: ManagerRule) -> None:
    text = f'policy "P" language 1 timezone "UTC" primary manager from {source} end'
    manager = one(text, ast.PolicyDeclaration).primary_manager
    assert manager is not None
    assert manager.rule is source


def test_policy_without_its_optional_clauses() -> None:
    policy = one('policy "P" language 1 timezone "UTC" end', ast.PolicyDeclaration)
    assert policy.primary_contract_by is None
    assert policy.primary_manager is None


def test_field() -> None:
    field = one('field contract.type.code is one of "EMP", "INT" required', ast.FieldDeclarationNode)
    assert field.path.parts == ("contract", "type", "code")
    assert field.type is ast.FieldTypeWord.ONE_OF
    assert [value.value for value in field.values] == ["EMP", "INT"]
    assert field.required
    assert field.type_span == Span("a.ordain", 1, 29, 1, 48)


@pytest.mark.parametrize("word", ["text", "number", "date", "flag"])
def test_field_of_a_plain_type(word: str) -> None:
    field = one(f"field person.custom.x is {word}", ast.FieldDeclarationNode)
    assert field.type == word
    assert not field.required
    assert field.values == ()


def test_a_part_of_a_path_may_be_any_word() -> None:
    assert (
        one("field contract.custom.end.rule is text", ast.FieldDeclarationNode).path.name == "contract.custom.end.rule"
    )


def test_sets() -> None:
    plain = one('set desks is "N", "S"', ast.SetDeclaration)
    assert (plain.id.name, [value.value for value in plain.values]) == ("desks", ["N", "S"])
    file = one('set sites from "sites.csv" column "code"', ast.FileSetDeclaration)
    assert (file.id.name, file.file.value, file.column.value) == ("sites", "sites.csv", "code")


def test_role_with_fields_and_other_roles() -> None:
    role = one(
        'role r "R" permission "A-{contract.title.code}" in ad role other account in ad end', ast.RoleDeclaration
    )
    permission, inclusion, account = role.items
    assert isinstance(permission, EntitlementNode)
    assert permission.name is not None
    assert permission.name.fixed is None
    text, path = permission.name.pieces
    assert text == "A-"
    assert isinstance(path, Path)
    assert path.name == "contract.title.code"
    assert path.span == Span("a.ordain", 1, 26, 1, 47)
    assert isinstance(inclusion, ast.RoleInclusion)
    assert inclusion.id.name == "other"
    assert isinstance(account, EntitlementNode)
    assert (account.kind, account.name, account.target.name) == (Kind.ACCOUNT, None, "ad")


RULE = """draft rule nurses "All nurses"
    owner "o"
    category "c"
    about "a \\"quoted\\" \\\\ text\\n"
    for every contract
    when care
    starting 14 days before contract.start_date
    ending never
    grant account in ad
    grant access in ad starting today
        ending 2026-03-01
    grant role basics
        ending 1 year after contract.end_date
    grant by contract.title.code in ad
        "A", "B" -> permission "X", access
        "C" -> permission "Y"
        otherwise -> account
    end
    starting contract.start_date
    grant by person.location.code in ad from "titles.csv"
    ending never
end"""


def test_rule_with_every_clause() -> None:
    rule = one(RULE, ast.RuleDeclaration)
    assert rule.draft
    assert (rule.id.name, rule.title and rule.title.value) == ("nurses", "All nurses")
    assert (rule.owner and rule.owner.value, rule.category and rule.category.value) == ("o", "c")
    assert rule.about is not None
    assert rule.about.value == 'a "quoted" \\ text\n'
    assert rule.scope is not None
    assert rule.scope.scope is Scope.EVERY_CONTRACT
    assert rule.window.starting is not None
    assert rule.window.starting.moment is not None
    assert rule.window.starting.moment.offset == Duration(14, Unit.DAYS)
    assert rule.window.starting.moment.direction == "before"
    assert rule.window.ending is not None
    assert rule.window.ending.moment is None
    assert rule.span == Span("a.ordain", 1, 1, 22, 4)


def test_windows_belong_to_the_grant_before_them() -> None:
    account, access, role, table, file = one(RULE, ast.RuleDeclaration).grants
    assert account.window == ast.WindowNode()
    assert access.window.starting is not None
    assert access.window.starting.moment is not None
    assert access.window.starting.moment.base == "today"
    assert access.window.ending is not None
    assert access.window.ending.moment is not None
    assert access.window.ending.moment.base.value == date(2026, 3, 1)  # type: ignore[union-attr]  # a day
    assert role.window.starting is None
    assert role.window.ending is not None
    assert role.window.ending.moment is not None
    assert role.window.ending.moment.offset == Duration(1, Unit.YEARS)
    assert table.window.starting is not None
    assert file.window.ending is not None
    assert file.window.ending.moment is None


def test_tables() -> None:
    *_, table, file = one(RULE, ast.RuleDeclaration).grants
    assert isinstance(table, ast.TableGrantNode)
    assert [[key.value for key in row.keys] for row in table.rows] == [["A", "B"], ["C"], []]
    assert [[entry.kind for entry in row.entries] for row in table.rows] == [
        [Kind.PERMISSION, Kind.ACCESS],
        [Kind.PERMISSION],
        [Kind.ACCOUNT],
    ]
    assert isinstance(file, ast.TableGrantNode)
    assert (file.path.name, file.target.name, file.rows) == ("person.location.code", "ad", ())
    assert file.file is not None
    assert file.file.value == "titles.csv"


def test_a_rule_needs_grants_alone() -> None:
    rule = one("rule r grant account in ad end", ast.RuleDeclaration)
    assert (rule.title, rule.owner, rule.scope, rule.condition, rule.window) == (
        None,
        None,
        None,
        None,
        ast.WindowNode(),
    )


def test_target() -> None:
    target = one(
        'target entra "Entra" depends on ad using user_principal_name, name, end_date depends on hr using rule'
        " limit grant account to 50 or 2.5 % limit revoke permission to 5 % limit update account to 20 in 1 day"
        " on revoke account disable, delete after 3 months limit revoke access to 1 end",
        ast.TargetDeclaration,
    )
    assert [(one.target.name, [name.name for name in one.using]) for one in target.depends_on] == [
        ("ad", ["user_principal_name", "name", "end_date"]),
        ("hr", ["rule"]),
    ]
    assert [
        (
            one.action,
            one.kind,
            one.count and one.count.value,
            one.percent and one.percent.value,
            one.days and one.days.value,
        )
        for one in target.limits
    ] == [
        ("grant", Kind.ACCOUNT, 50, Decimal("2.5"), None),
        ("revoke", Kind.PERMISSION, None, Decimal(5), None),
        ("update", Kind.ACCOUNT, 20, None, 1),
        ("revoke", Kind.ACCESS, 1, None, None),
    ]
    assert target.staged_deletion is not None
    assert target.staged_deletion.after == Duration(3, Unit.MONTHS)


def test_a_target_may_be_empty() -> None:
    target = one("target ad end", ast.TargetDeclaration)
    assert (target.title, target.depends_on, target.limits, target.staged_deletion) == (None, (), (), None)


def test_exclude() -> None:
    person = one(
        'exclude ceo "C" person "1" from all targets because "b" approved by "a" until 2026-12-31 end',
        ast.ExcludeDeclaration,
    )
    assert person.person is not None
    assert (person.person.value, person.condition, person.targets, person.because.value) == ("1", None, None, "b")
    assert person.until is not None
    assert person.until.value == date(2026, 12, 31)
    some = one('exclude ceo when person.excluded from ad, entra because "b" end', ast.ExcludeDeclaration)
    assert some.condition is not None
    assert [target.name for target in some.targets or ()] == ["ad", "entra"]
    assert (some.person, some.approved_by, some.until) == (None, None, None)


def test_never() -> None:
    never = one(
        'never n "N" permission "A {x}" in erp together with account in ad severity critical because "S"'
        ' except person "1" because "b" approved by "a" until 2027-01-31 except person "2" because "c" end',
        ast.NeverDeclaration,
    )
    assert never.first.name is not None
    assert (never.first.name.fixed, never.second.kind) == ("A {x}", Kind.ACCOUNT)
    assert never.severity is not None
    assert (never.severity.severity, never.because and never.because.value) == ("critical", "S")
    assert [(one.person.value, one.because.value, one.until is not None) for one in never.exceptions] == [
        ("1", "b", True),
        ("2", "c", False),
    ]


def test_comments_blanks_and_line_ends_mean_nothing() -> None:
    file, problems = read('\ufeff# head\r\n\tset  a # why\r\nis "N"\r\n,"S"# tail')
    assert problems == ()
    assert [comment.text for comment in file.comments] == ["# head", "# why", "# tail"]
    (declaration,) = file.declarations
    assert declaration.span == Span("a.ordain", 2, 2, 4, 5)
    assert file.span == Span("a.ordain", 1, 1, 4, 11)


def test_texts_are_brought_to_normal_form() -> None:
    (value,) = one('set a is "e\u0301"', ast.SetDeclaration).values
    assert value.value == "\u00e9"


def test_declarations_may_share_a_line() -> None:
    file, problems = read('set a is "N" set b is "S" define c as d target t end role e access in t end')
    assert problems == ()
    assert len(file.declarations) == 5


def test_an_empty_file_is_fine() -> None:
    file, problems = read("")
    assert (file.declarations, problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("draft\nrule a grant account in ad end", 1),
        ("define a as b and\nrules and c", 1),
        ('define a as\nrules\nset b is "x"', 2),
        ("define a as holds account in\nrules role b account in ad end", 2),
        ('define a as (b) set c is "x"', 2),
        ("target a depends on b using c,\nrole\nlimit grant account to 1 end", 1),
        ("target a depends on b using role end", 1),
        ('test "a" on 2026-03-01 expect\nevent b end', 1),
    ],
)
def test_white_space_is_free(text: str, count: int) -> None:
    file, problems = read(text)
    assert problems == ()
    assert len(file.declarations) == count
