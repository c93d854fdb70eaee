from __future__ import annotations

from datetime import date

import pytest

from dsl.compile import compile_policy, lookup_names
from dsl.lower.header import DEFAULT_ORDER
from policy.entitlements import Kind
from policy.rules import Grant, ManagerRule, Scope, TableGrant
from policy.source import SourceFile
from policy.types import FieldType
from tests.unit.dsl.compiling import POLICY, TARGETS, codes, compile_fine, compile_text

GRANT = "    grant account in ad\n"


def test_an_empty_workspace_lacks_a_policy() -> None:
    compilation = compile_policy([], {})
    assert compilation.policy is None
    assert codes(compilation) == ["ORD0301"]


def test_defaults_of_the_policy() -> None:
    policy = compile_fine("")
    assert policy.title == "Test"
    assert policy.timezone == "Europe/Amsterdam"
    assert policy.primary_contract_by == DEFAULT_ORDER
    assert policy.primary_manager is ManagerRule.CONTRACT
    assert [source.path for source in policy.sources] == ["0-head.ordain", "a.ordain"]


def test_a_policy_of_its_own_order() -> None:
    head = (
        'policy "P"\n    language 1\n    timezone "UTC"\n'
        "    primary contract by details.fte lowest, active first, start_date latest\n"
        "    primary manager from department of primary contract, or above\nend\n"
    )
    policy = compile_fine("", head=head)
    shown = [(key.field.path if key.field else None, key.direction.value) for key in policy.primary_contract_by]
    assert shown == [("details.fte", "lowest"), (None, "first"), ("start_date", "latest")]
    assert policy.primary_manager is ManagerRule.DEPARTMENT_OR_ABOVE


@pytest.mark.parametrize(
    ("head", "expected", "hint"),
    [
        ('policy "P"\n    language 1\n    timezone "Amsterdam"\nend\n', ["ORD0219"], "Europe/Amsterdam"),
        ('policy "P"\n    language 1\n    timezone "../etc"\nend\n', ["ORD0219"], ""),
        ('policy "P"\n    language 1\n    timezone "Europe"\nend\n', ["ORD0219"], ""),
        (POLICY + POLICY, ["ORD0302"], "remove one"),
    ],
)
def test_what_a_policy_may_not_say(head: str, expected: list[str], hint: str) -> None:
    compilation = compile_text("", head=head)
    assert codes(compilation) == expected
    assert compilation.policy is None
    assert hint in (compilation.diagnostics[0].hint or "")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("title.code highest", "ORD0225"),
        ("details.fte latest", "ORD0225"),
        ("start_date highest", "ORD0225"),
        ("details.ft highest", "ORD0201"),
    ],
)
def test_contracts_are_put_in_order_by_numbers_and_dates(key: str, code: str) -> None:
    head = f'policy "P"\n    language 1\n    timezone "UTC"\n    primary contract by active first, {key}\nend\n'
    assert codes(compile_text("", head=head)) == [code]


def test_fields_narrow_and_extend_the_model() -> None:
    policy = compile_fine(
        'field contract.type.code is one of "INT", "EMP" required\n'
        "field contract.department is text required\n"
        "field contract.start_date is date\n"
        "field person.custom.first.start is date\n"
    )
    code = policy.schema.fields["contract.type.code"]
    assert (code.one_of, code.required, code.type) == (("EMP", "INT"), True, FieldType.TEXT)
    assert policy.schema.fields["contract.department"].type is FieldType.DEPARTMENT
    assert policy.schema.fields["contract.start_date"].required, "narrowing never loosens"
    assert policy.schema.fields["person.custom.first.start"].type is FieldType.DATE
    assert list(policy.fields) == sorted(policy.fields)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("field contract.start_date is text\n", "ORD0212", "field contract.start_date is date"),
        ("field contract.details.fte is flag\n", "ORD0212", "is number"),
        ("field contract.shift is text\n", "ORD0213", "contract.custom.shift"),
        ("field person.diplay_name is text\n", "ORD0213", "did you mean `person.display_name`?"),
        ("field contract.custom.a is text\nfield contract.custom.a is flag\n", "ORD0206", "remove it"),
    ],
)
def test_what_fields_may_not_be(text: str, code: str, hint: str) -> None:
    [problem] = compile_text(text).diagnostics
    assert problem.code == code
    assert hint in (problem.hint or "")


def test_uses_of_a_broken_field_make_no_noise() -> None:
    text = 'field contract.shift is text\nrule r\n    when contract.shift is "N"\n' + GRANT + "end\n"
    assert codes(compile_text(text)) == ["ORD0213"]


def test_the_first_of_two_names_stands_whatever_the_order_of_files() -> None:
    head = SourceFile("0.ordain", POLICY + TARGETS)
    one, two = SourceFile("a.ordain", 'set s is "A"\n'), SourceFile("b.ordain", 'set s is "B"\n')
    for files in ([head, one, two], [two, one, head]):
        [problem] = compile_policy(files, {}).diagnostics
        assert problem.code == "ORD0206"
        assert problem.span is not None
        assert problem.span.path == "b.ordain"
        assert problem.related[0][1].path == "a.ordain"


def test_sets_from_files() -> None:
    text = 'set sites from "sites.csv" column "code"\nset titles from "sites.csv" column "name"\n'
    lookups = {"sites.csv": "code,name\nS,South\nN,North\nN,North\n", "other.csv": "x\n"}
    policy = compile_fine(text, lookups=lookups)
    assert policy.sets["sites"].values == ("N", "S")
    assert policy.sets["titles"].file == "sites.csv"
    assert [source.path for source in policy.sources] == ["0-head.ordain", "a.ordain", "sites.csv"]


def test_lookup_files_are_named_for_whoever_loads_them() -> None:
    text = 'set b from "b.csv" column "x"\nset out from "../x.csv" column "x"\nrule r\n'
    text += '    grant by contract.title.code in ad from "a.csv"\nend\n'
    assert lookup_names([SourceFile("a.ordain", text)]) == ("a.csv", "b.csv")


@pytest.mark.parametrize(
    ("text", "csv", "code", "place"),
    [
        ('set s from "no.csv" column "code"\n', "", "ORD0221", ("a.ordain", 1)),
        ('set s from "../x.csv" column "code"\n', "", "ORD0221", ("a.ordain", 1)),
        ('set s from "s.csv" column "cod"\n', "code\nA\n", "ORD0222", ("s.csv", 1)),
        ('set s from "s.csv" column "code"\n', 'code\n"A\n', "ORD0223", ("s.csv", 2)),
        ('set s from "s.csv" column "code"\n', "code\n", "ORD0224", ("s.csv", 1)),
        ('set s from "s.csv" column "code"\n', "code,name\nA,B\n,C\n", "ORD0224", ("s.csv", 3)),
        ('set s from "s.csv" column "code"\n', "code,name\nA,B\nC\n", "ORD0224", ("s.csv", 3)),
    ],
)
def test_problems_of_lookup_files(text: str, csv: str, code: str, place: tuple[str, int]) -> None:
    [problem] = compile_text(text, lookups={"s.csv": csv}).diagnostics
    assert problem.code == code
    assert problem.span is not None
    assert (problem.span.path, problem.span.line) == place


def test_roles_are_flattened_and_know_the_way() -> None:
    policy = compile_fine(
        'role base "Base"\n    account in ad\n    permission "B-{contract.title.code}" in ad\nend\n'
        "role mid\n    role base\n    access in ad\nend\n"
        "role top\n    role mid\n    role base\n    account in ad\nend\n"
        "rule r\n    grant role top\n        starting contract.start_date\nend\n"
    )
    top = policy.roles["top"]
    assert top.includes == ("mid", "base")
    assert [grant.via for grant in top.grants] == [("top", "mid", "base"), ("top", "mid", "base"), ("top", "mid")]
    granted = [grant for grant in policy.rules["r"].grants if isinstance(grant, Grant)]
    assert [grant.via for grant in granted] == [grant.via for grant in top.grants]
    assert all(grant.window.starting is not None for grant in granted)


def test_rules_with_every_clause() -> None:
    policy = compile_fine(
        'draft rule r "Title"\n    owner "o@example.org"\n    category "C"\n    about "A"\n    for every contract\n'
        "    when contract is active\n    starting 14 days before contract.start_date\n    ending never\n"
        '    grant account in ad\n    grant permission "GG-{contract.title.code}" in ad ending 2026-01-01\n'
        '    grant by contract.title.code in entra\n        "B", "A" -> permission "P1", access\n'
        '        otherwise -> permission "P2"\n    end\nend\n'
    )
    rule = policy.rules["r"]
    assert (rule.title, rule.owner, rule.category, rule.about) == ("Title", "o@example.org", "C", "A")
    assert (rule.scope, rule.draft) == (Scope.EVERY_CONTRACT, True)
    assert rule.window.ending is not None
    assert rule.window.ending.moment is None
    account, permission, table = rule.grants
    assert isinstance(account, Grant)
    assert account.template.fixed is not None
    assert isinstance(permission, Grant)
    assert permission.template.fixed is None
    assert permission.window.ending is not None
    assert isinstance(table, TableGrant)
    assert list(table.rows) == ["A", "B"]
    assert [one.kind for one in table.rows["A"]] == [Kind.PERMISSION, Kind.ACCESS]
    assert len(table.otherwise) == 1


def test_a_rule_without_a_scope_is_for_any_contract() -> None:
    assert compile_fine("rule r\n    grant account in ad\nend\n").rules["r"].scope is Scope.ANY_CONTRACT


def test_tables_from_files() -> None:
    text = 'rule r\n    grant account in ad\n    grant by contract.title.code in ad from "t.csv"\nend\n'
    csv = "name,kind,value\nP1,permission,N\n,access,N\nG-{contract.title.name},permission,M\nP0,permission,otherwise\n"
    table = compile_fine(text, lookups={"t.csv": csv}).rules["r"].grants[1]
    assert isinstance(table, TableGrant)
    assert list(table.rows) == ["M", "N"]
    assert table.rows["M"][0].fixed is None
    assert [one.kind for one in table.rows["N"]] == [Kind.PERMISSION, Kind.ACCESS]
    assert str(table.otherwise[0].fixed) == 'permission "P0" in ad'


@pytest.mark.parametrize(
    ("csv", "code", "line"),
    [
        ("value,kind\nN,access\n", "ORD0222", 1),
        ("value,kind,name\nN,permision,P\n", "ORD0224", 2),
        ("value,kind,name\nN,,P\n", "ORD0224", 2),
        ("value,kind,name\nN,permission,\n", "ORD0224", 2),
        ("value,kind,name\nN,access,P\n", "ORD0224", 2),
        ("value,kind,name\n,permission,P\n", "ORD0224", 2),
        ("value,kind,name\nN,permission,P{x\n", "ORD0224", 2),
        ("value,kind,name\nN,permission,P{contract.titel.code}\n", "ORD0201", 2),
        ("value,kind,name\nN,permission,P\nN,permission,P\n", "ORD0307", 3),
        ("value,kind,name\nZ,permission,P\n", "ORD0209", 2),
    ],
)
def test_problems_of_tables_from_files(csv: str, code: str, line: int) -> None:
    text = 'field contract.title.code is one of "N", "M"\nrule r\n    grant account in ad\n'
    text += '    grant by contract.title.code in ad from "t.csv"\nend\n'
    [problem] = compile_text(text, lookups={"t.csv": csv}).diagnostics
    assert problem.code == code
    assert problem.span is not None
    assert (problem.span.path, problem.span.line) == ("t.csv", line)


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("grant account in da", ["ORD0205"]),
        ("grant role nurse", ["ORD0204"]),
        ('grant permission "G-{contract.start_date}" in ad', ["ORD0216"]),
        ('grant permission "G-{contract.department}" in ad', ["ORD0216"]),
        ('grant permission "G-{person.contact.personal.email}" in ad', ["ORD0216"]),
        ('grant permission "G-{contract.titel.code}{contract.a}" in da', ["ORD0205", "ORD0201", "ORD0201"]),
        ("grant account in ad starting contract.titel", ["ORD0201"]),
        ("grant account in ad ending contract.title.code", ["ORD0211"]),
        ('grant by contract.department in ad\n        "A" -> account\n    end', ["ORD0207"]),
        ('grant by contract.start_date in ad\n        "A" -> account\n    end', ["ORD0207"]),
        (
            'grant by contract.titel in da\n        "A" -> permission "{contract.b}"\n    end',
            ["ORD0201"] * 2 + ["ORD0205"],
        ),
        (
            'grant by contract.title.code in ad\n        "A" -> account\n        "B", "A" -> access\n    end',
            ["ORD0307"],
        ),
        ('grant by contract.title.code in ad from "no.csv"', ["ORD0221"]),
    ],
)
def test_what_grants_may_not_be(grant: str, expected: list[str]) -> None:
    compilation = compile_text(f"rule r\n    {grant}\nend\n")
    assert sorted(codes(compilation)) == sorted(expected)
    assert compilation.policy is None


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("    starting 2 days before contract.start_date\n    grant account in ad\n", "ORD0313"),
        ("    grant account in ad ending never\n", "ORD0313"),
        ('    grant permission "{contract.title.code}" in ad\n', "ORD0214"),
        ('    grant by contract.title.code in ad\n        "A" -> account\n    end\n', "ORD0214"),
        ('    grant by person.user_name in ad\n        "A" -> account\n    end ending never\n', "ORD0313"),
        ("    grant role titled\n", "ORD0214"),
    ],
)
def test_a_rule_about_a_person_has_no_contract_to_measure(lines: str, code: str) -> None:
    role = 'role titled\n    permission "{contract.title.code}" in ad\nend\n'
    assert codes(compile_text(f"{role}rule r\n    for person\n{lines}end\n")) == [code]


def test_a_rule_about_a_person_fills_in_the_person() -> None:
    text = 'role mine\n    permission "{person.user_name}" in ad\nend\nrule r\n    for person\n    grant role mine\n'
    assert compile_text(text + "    grant account in ad\nend\n").policy is not None


def test_targets() -> None:
    head = POLICY + (
        'target ad "AD"\n    limit revoke account to 5 or 2.5 %\n    limit grant account to 50\n'
        "    limit revoke account to 20 in 7 days\nend\n"
        'target entra "Entra"\n    depends on ad using user_principal_name, object_guid\n'
        "    on revoke account disable, delete after 2 months\nend\n"
    )
    policy = compile_fine("", head=head)
    limits = policy.targets["ad"].limits
    assert [(one.action, one.count, one.percent_hundredths, one.days) for one in limits] == [
        ("grant", 50, None, None),
        ("revoke", 5, 250, None),
        ("revoke", 20, None, 7),
    ]
    [needed] = policy.targets["entra"].depends_on
    assert (needed.target, needed.using) == ("ad", ("user_principal_name", "object_guid"))
    staged = policy.targets["entra"].staged_deletion
    assert staged is not None
    assert staged.delete_after_days == 62, "never sooner than two months can be"


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("    limit grant account to 0\n", ["ORD0308"]),
        ("    limit grant account to 0 or 0 %\n", ["ORD0308", "ORD0308"]),
        ("    limit grant account to 1.125 %\n", ["ORD0308"]),
        ("    limit grant account to 5 in 0 days\n", ["ORD0308"]),
        ("    limit grant account to 5\n    limit grant account to 6\n", ["ORD0309"]),
        ("    limit grant account to 5 in 7 days\n    limit grant account to 6 in 7 days\n", ["ORD0309"]),
        ("    depends on da using object_guid\n", ["ORD0205"]),
        ("    depends on ad using a\n    depends on ad using b\n", ["ORD0312"]),
        ("    depends on x using object_guid\n", ["ORD0303"]),
    ],
)
def test_what_targets_may_not_say(clauses: str, expected: list[str]) -> None:
    assert codes(compile_text(f'target x "X"\n{clauses}end\n')) == expected


def test_exclusions() -> None:
    policy = compile_fine(
        'exclude ceo "CEO"\n    person "10001"\n    from ad, entra, ad\n    because "B"\n    approved by "A"\n'
        "    until 2026-12-31\nend\n"
        'exclude vip\n    when person.excluded and contract is active\n    from all targets\n    because "C"\nend\n'
    )
    ceo, vip = policy.exclusions["ceo"], policy.exclusions["vip"]
    assert (ceo.person, ceo.condition, ceo.targets, ceo.until) == ("10001", None, ("ad", "entra"), date(2026, 12, 31))
    assert (ceo.because, ceo.approved_by) == ("B", "A")
    assert (vip.person, vip.targets, vip.until) == (None, None, None)
    assert vip.condition is not None


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ('    person "1"\n    from da\n', "ORD0205"),
        ("    when person.exluded\n    from all targets\n", "ORD0201"),
        ("    when holds account in ad\n    from all targets\n", "ORD0227"),
        ("    when has-account\n    from all targets\n", "ORD0227"),
    ],
)
def test_what_exclusions_may_not_say(clauses: str, code: str) -> None:
    text = "define has-account as not holds account in ad\n"
    assert codes(compile_text(f'{text}exclude x "X"\n{clauses}    because "B"\nend\n')) == [code]


def test_nevers() -> None:
    policy = compile_fine(
        'rule r\n    grant account in ad\n    grant access in ad\nend\nnever n "N"\n    account in ad\n'
        '    together with access in ad\n    severity critical\n    because "SOX"\n'
        '    except person "2" because "b" approved by "c" until 2027-01-31\n    except person "1" because "a"\nend\n'
        "never m\n    access in ad\n    together with account in ad\nend\n"
    )
    never = policy.nevers["n"]
    assert (str(never.first), str(never.second), never.severity) == ("account in ad", "access in ad", "critical")
    assert [one.person for one in never.exceptions] == ["1", "2"]
    assert never.exceptions[1].until == date(2027, 1, 31)
    assert policy.nevers["m"].severity == "medium"


@pytest.mark.parametrize(
    ("sides", "codes_expected"),
    [
        (("account in ad", "account in ad"), ["ORD0310"]),
        (("account in da", 'permission "X{contract.title.code}" in ad'), ["ORD0205", "ORD0127"]),
    ],
)
def test_what_nevers_may_not_be(sides: tuple[str, str], codes_expected: list[str]) -> None:
    text = f'never n "N"\n    {sides[0]}\n    together with {sides[1]}\n    because "B"\nend\n'
    assert codes(compile_text(text)) == codes_expected


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("define a as b\ndefine b as not c\ndefine c as a\n", "ORD0305", "`a` uses `b`, `b` uses `c`, `c` uses `a`."),
        ("define a as a\n", "ORD0305", "`a` uses `a`."),
        ("role a\n    role b\nend\nrole b\n    role a\nend\n", "ORD0304", "`a` includes `b`, `b` includes `a`."),
        (
            "target x\n    depends on y using a\nend\ntarget y\n    depends on x using a\nend\n",
            "ORD0303",
            "`x` depends on `y`, `y` depends on `x`.",
        ),
        (
            (
                "rule b\n    when holds access in ad\n    grant account in ad\nend\n"
                "rule a\n    when not holds account in ad\n    grant access in ad\nend\n"
            ),
            "ORD0306",
            "`a` waits for `b`, `b` waits for `a`.",
        ),
        (
            'rule a\n    when holds permission "G1" in ad\n    grant permission "G{contract.title.code}" in ad\nend\n',
            "ORD0306",
            "`a` waits for `a`.",
        ),
        (
            (
                'rule a\n    when holds permission "P" in ad\n    grant by contract.title.code in ad\n'
                '        "N" -> access\n        otherwise -> permission "P"\n    end\nend\n'
            ),
            "ORD0306",
            "`a` waits for `a`.",
        ),
    ],
)
def test_circles_are_named(text: str, code: str, words: str) -> None:
    [problem] = compile_text(text).diagnostics
    assert (problem.code, problem.detail) == (code, words)


def test_two_circles_through_one_name_are_two_problems() -> None:
    text = "define a as b and c\ndefine b as a\ndefine c as a\n"
    assert [one.detail for one in compile_text(text).diagnostics] == [
        "`a` uses `b`, `b` uses `a`.",
        "`a` uses `c`, `c` uses `a`.",
    ]


def test_uses_of_what_is_in_a_circle_make_no_noise() -> None:
    text = "define a as a\nrole b\n    role b\nend\nrule r\n    when a\n    grant role b\nend\n"
    assert codes(compile_text(text)) == ["ORD0305", "ORD0304"]


def test_broken_declarations_still_have_their_names() -> None:
    text = (
        'set s is "A", ,\ndefine d as contract.title.code is is\nrole o\n    permission in ad\nend\n'
        "rule r\n    when d and contract.title.code in s\n    grant role o\n    grant account in da\nend\n"
    )
    found = codes(compile_text(text))
    assert "ORD0205" in found, "the use of an unknown target is found all the same"
    assert not {"ORD0202", "ORD0203", "ORD0204"} & set(found)


def test_a_broken_policy_declaration_is_a_declaration() -> None:
    compilation = compile_text("", head='policy "P"\n    language 1\nend\n')
    assert compilation.policy is None
    assert "ORD0301" not in codes(compilation)


def test_problems_of_all_files_come_in_one_run_sorted_by_place() -> None:
    files = [
        SourceFile("c.ordain", "rule c\n    grant account in no\nend\n"),
        SourceFile("a.ordain", POLICY + "rule a\n    when contract.x\n    grant account in no\nend\n"),
        SourceFile("b.ordain", "set s from \n"),
    ]
    found = compile_policy(files, {}).diagnostics
    assert [one.span.path for one in found if one.span] == sorted(one.span.path for one in found if one.span)
    assert {one.span.path for one in found if one.span} == {"a.ordain", "b.ordain", "c.ordain"}
    assert [one.code for one in found if one.code != "ORD0101" and one.code.startswith("ORD02")] == [
        "ORD0201",
        "ORD0205",
        "ORD0205",
    ]
