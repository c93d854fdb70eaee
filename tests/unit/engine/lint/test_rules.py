"""What the linter finds, and what it leaves alone; each smell at its best is a document under tests/golden."""

from __future__ import annotations

from datetime import date

import pytest

from policy.lint import PeopleFacts
from tests.unit.engine.lint.linting import codes_among, lint_text

ACCOUNT = 'rule base "Base"\n    owner "o"\n    grant account in ad\nend\n'


@pytest.mark.parametrize(
    "text",
    [
        'set s is "A"\n'
        + ACCOUNT
        + "draft rule r\n    when contract.title.code in s\n    grant account in entra\nend\n",
        'set s is "A"\nexclude e\n    when person.user_name in s\n    from ad\n    because "B"\nend\n' + ACCOUNT,
        'set s is "A"\ndefine d as contract.title.code in s\nrule r\n    when d\n    grant account in ad\nend\n',
        'set s is "W"\nrule r\n    when contract.department in s or below\n    grant account in ad\nend\n',
        (
            'role inner\n    permission "X" in ad\nend\nrole outer\n    role inner\nend\n'
            "rule r\n    grant account in ad\n    grant role outer\nend\n"
        ),
        (
            "rule r\n    grant account in ad\n    grant by contract.title.code in entra\n"
            '        "A" -> permission "X"\n    end\nend\n'
        ),
        'set s is "A"\nevent e\n    on grant account in ad\n    when contract.title.code in s\n'
        '    notify "a@example.org" using "m"\nend\n' + ACCOUNT,
    ],
)
def test_what_anything_in_force_leads_to_is_used(text: str) -> None:
    assert codes_among(text, "ORD0360", "ORD0361", "ORD0362") == []


def test_what_only_the_unused_uses_has_to_wait_for_it() -> None:
    text = 'set s is "A"\ndefine d as contract.title.code in s\nrole a\n    permission "X" in ad\nend\n'
    found = lint_text(text + "role b\n    role a\nend\n" + ACCOUNT, "ORD0360", "ORD0361", "ORD0362")
    assert [(one.diagnostic.code, one.fix is not None) for one in found] == [
        ("ORD0360", False),
        ("ORD0361", True),
        ("ORD0362", False),
        ("ORD0362", True),
    ]


def test_a_target_that_another_needs_is_used() -> None:
    text = "target portal\n    depends on entra using user_principal_name\nend\n" + ACCOUNT
    (found,) = lint_text(text + "rule r\n    grant account in portal\nend\n", "ORD0363") or [None]
    assert found is None
    assert [one.diagnostic.detail for one in lint_text(ACCOUNT, "ORD0363")] == [
        "No rule grants anything in `entra`, and no target depends on it."
    ]


def test_one_note_where_no_rule_has_an_owner() -> None:
    rules = "".join(f"rule {name}\n    grant account in ad\nend\n" for name in ("c", "a", "b"))
    (found,) = lint_text(rules, "ORD0364")
    assert "None of the 3 published rules" in found.diagnostic.detail
    assert found.diagnostic.span is not None
    assert found.diagnostic.span.line == 1
    assert codes_among(rules + ACCOUNT, "ORD0364") == ["ORD0364"] * 3
    assert codes_among("draft " + rules[: rules.index("rule a")] + ACCOUNT, "ORD0364") == []


TEST = """
test "Somebody"
    person "P1"
        contract "C1"
            start_date: 2026-01-01
        end
    end
    on 2026-03-01 expect {}
end
"""


@pytest.mark.parametrize(
    ("expectation", "untested"),
    [
        ("account in ad", ["nurses"]),
        ("no account in ad", ["nurses"]),
        ('only account in ad, permission "Ward W1" in ad', []),
        ("account in entra because nurses", ["base"]),
        ("nothing", ["base", "nurses"]),
    ],
)
def test_a_rule_is_looked_at_by_what_it_may_grant_or_by_name(expectation: str, untested: list[str]) -> None:
    rules = ACCOUNT + 'rule nurses\n    grant permission "Ward {contract.department.external_id}" in ad\nend\n'
    rules += "draft rule later\n    grant account in entra\nend\n"
    found = lint_text(rules + TEST.format(expectation), "ORD0365")
    assert [one.diagnostic.detail.split("`")[1] for one in found] == untested


NEVER = 'never n\n    permission "A" in ad\n    together with permission "B" in ad\nend\n'


@pytest.mark.parametrize(
    ("grants", "found"),
    [
        ('grant permission "A" in ad\n    grant permission "B" in ad', 1),
        ('grant permission "A" in ad\n    grant permission "B" in ad ending never', 1),
        (
            (
                'grant permission "A" in ad starting 2 weeks before contract.start_date\n    ending 1 month after '
                'contract.end_date\n    grant permission "B" in ad'
            ),
            1,
        ),
        (
            (
                'grant permission "A" in ad starting 1 day after contract.start_date\n    ending contract.end_date\n'
                '    grant permission "B" in ad ending never'
            ),
            1,
        ),
        (
            (
                'grant permission "A" in ad starting 2026-01-01 ending never\n'
                '    grant permission "B" in ad ending 1 day after contract.end_date'
            ),
            0,
        ),
        (
            (
                'grant permission "A" in ad ending 1 day after contract.start_date\n    '
                'grant permission "B" in ad starting 2 days after contract.start_date'
            ),
            0,
        ),
        (
            'grant by contract.title.code in ad\n        "X" -> permission "A"\n        "Y" -> permission "B"\n    end',
            0,
        ),
        ('grant by contract.title.code in ad\n        otherwise -> permission "A", permission "B"\n    end', 1),
        ('grant permission "A" in ad\n    grant permission "{contract.title.code}" in ad', 0),
    ],
)
def test_one_rule_breaks_a_never_only_when_that_is_certain(grants: str, found: int) -> None:
    assert len(lint_text(f"{NEVER}rule r\n    {grants}\nend\n", "ORD0367")) == found


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ("limit grant account to 10", 0),
        ("limit grant account to 11", 1),
        ("limit grant permission to 11", 0),
        ("limit grant account to 11 in 7 days", 0),
        ("limit grant account to 11 or 50 %", 0),
        ("limit grant account to 200 %", 0),
        ("limit revoke account to 100 %", 0),
        ("limit revoke account to 100.01 %", 1),
        ("limit revoke account to 200 % in 3 days", 0),
        ("limit revoke account to 5 or 200 %", 0),
        ("limit revoke account to 5\n    limit revoke account to 20 in 7 days", 0),
        ("limit revoke account to 5\n    limit revoke account to 5 in 7 days", 1),
        ("limit revoke account to 5\n    limit revoke account to 4 or 1 % in 7 days", 1),
        ("limit revoke account to 5 or 1 %\n    limit revoke account to 4 in 7 days", 0),
        ("limit revoke account to 5\n    limit revoke access to 5 in 7 days", 0),
        ("limit revoke account to 9 in 2 days\n    limit revoke account to 9 in 7 days", 1),
    ],
)
def test_a_limit_is_idle_only_when_that_is_certain(limits: str, found: int) -> None:
    text = f"target erp\n    {limits}\nend\nrule r\n    grant account in erp\nend\n"
    assert len(lint_text(text, "ORD0368", people=PeopleFacts(10, {}, frozenset()))) == found


def test_values_and_departments_need_people_who_are_there() -> None:
    text = 'field contract.type.code is one of "EMP", "INT"\nset wards is "W1", "W9"\n'
    text += 'rule r\n    when contract.department in wards or contract.department.external_id is "W8"\n'
    text += "    grant account in ad\nend\n"
    codes = ("ORD0369", "ORD0370")
    assert lint_text(text, *codes) == []
    assert lint_text(text, *codes, people=PeopleFacts(0, {}, frozenset())) == []
    facts = PeopleFacts(3, {"contract.type.code": {"EMP": 2, "INT": 1}}, frozenset({"W1"}))
    found = [one.diagnostic for one in lint_text(text, *codes, people=facts)]
    assert [one.detail for one in found] == [
        'The latest snapshot has no department "W9", which the set `wards` names.',
        'The latest snapshot has no department "W8".',
    ]


def test_a_name_with_fields_fits_what_the_target_lists() -> None:
    text = 'rule r\n    grant account in ad\n    grant permission "Ward {contract.title.code}" in ad\n'
    text += '    grant permission "Mail" in entra\nend\n'
    assert lint_text(text, "ORD0371", permissions={"ad": frozenset({"Ward 1"})}) == []
    assert len(lint_text(text, "ORD0371", permissions={"ad": frozenset({"Ward "})})) == 1


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('person.external_id is not "1"', 1),
        ('person.external_id starts with "9"', 1),
        ("person.external_id is known", 0),
        ("contract.manager is unknown", 0),
        ('any contract has (contract.manager is "1")', 1),
        ('contract.external_id is "1"', 0),
    ],
)
def test_a_rule_about_one_person_names_a_number(condition: str, found: int) -> None:
    assert len(lint_text(f"rule r\n    when {condition}\n    grant account in ad\nend\n", "ORD0372")) == found


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-11-30", []), ("2026-12-01", ["ORD0373"]), ("2026-12-31", ["ORD0373"]), ("2027-01-01", ["ORD0374"])],
)
def test_an_exception_warns_before_and_after_its_last_day(today: str, expected: list[str]) -> None:
    text = NEVER.replace(
        "end\n", '    except person "1" because "B" until 2026-12-31\n    except person "2" because "B"\nend\n'
    )
    found = lint_text(text, "ORD0373", "ORD0374", today=date.fromisoformat(today))
    assert [one.diagnostic.code for one in found] == expected


ROLES = 'role small\n    permission "A" in ad\nend\nrole big\n    role small\n    permission "B" in ad\nend\n'


@pytest.mark.parametrize(
    ("grants", "lines"),
    [
        (["account in ad", "access in ad"], []),
        (["account in ad", "account in ad", "account in ad"], [2, 3]),
        (["account in ad", "account in ad ending never"], []),
        (["account in ad", "account in ad ending 30 days after contract.end_date"], [2]),
        (["role big", "role small"], [2]),
        (["role small", "role big"], [1]),
        (['permission "A" in ad', "role small"], [1]),
        (['permission "A" in ad', 'permission "B" in ad', "role big"], [1, 2]),
        (['permission "A" in ad', 'permission "C" in ad', "role small ending never"], []),
        (["role big", "role big"], [2]),
    ],
)
def test_lines_that_grant_nothing_beside_the_others(grants: list[str], lines: list[int]) -> None:
    head = f"{ROLES}rule r\n    ending 30 days after contract.end_date\n"
    text = head + "".join(f"    grant {one}\n" for one in grants) + "end\n"
    found = [one.diagnostic.span for one in lint_text(text, "ORD0375")]
    assert [span.line - head.count("\n") for span in found if span] == lines
