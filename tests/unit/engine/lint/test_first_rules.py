from __future__ import annotations

from datetime import date, timedelta

import pytest

from policy.diagnostics import Diagnostic
from tests.unit.dsl.compiling import rule_when
from tests.unit.engine.lint.linting import TODAY, codes_among, lint_text

HEAD = 'field contract.type.code is one of "EMP", "INT" required\ndefine abroad as contract.location.code is not "NL"\n'
FIRST = ("ORD0350", "ORD0351", "ORD0352", "ORD0353", "ORD0354", "ORD0355", "ORD0356")


def codes(text: str) -> list[str]:
    return codes_among(text, *FIRST)


def smells(text: str, today: date = TODAY) -> list[Diagnostic]:
    return [one.diagnostic for one in lint_text(text, *FIRST, today=today)]


@pytest.mark.parametrize(
    "condition",
    [
        'contract.location.code is not "HOME"',
        'contract.location.code not in ("HOME")',
        'not contract.location.code is "HOME"',
        'none of (contract.location.code is "HOME")',
        "not person.excluded",
        "abroad",
        'any contract has (contract.location.code is not "HOME")',
        'no contract has (contract.location.code is "HOME")',
        'contract.location.code is not "A" or contract.location.code is known',
        'contract.location.code is known and any contract has (contract.location.code is not "A")',
        'not (contract.location.code is "A" and contract.location.code is "B")',
    ],
)
def test_negations_over_optional_fields_are_smelt(condition: str) -> None:
    assert set(codes(HEAD + rule_when(condition))) == {"ORD0350"}


@pytest.mark.parametrize(
    "condition",
    [
        'contract.type.code is not "EMP"',
        "contract.end_date is unknown",
        'not (contract.location.code is not "HOME")',
        'contract.location.code is known and contract.location.code is not "HOME"',
        'contract.location.code starts with "N" and not contract.location.code is "NX"',
        'not (contract.location.code is unknown or contract.location.code is "HOME")',
        'none of (contract.location.code is unknown, contract.location.code is "HOME")',
        'any of (contract.location.code is "A", contract.location.code is "B") and contract.location.code is not "C"',
        'person.user_name is known and no contract has (person.user_name is "x")',
        "not contract is active",
    ],
)
def test_negations_that_missing_data_cannot_satisfy_are_not(condition: str) -> None:
    assert codes(HEAD + rule_when(condition)) == []


def test_drafts_and_their_negations_are_left_alone() -> None:
    assert codes("draft " + rule_when("not person.excluded")) == []


@pytest.mark.parametrize(
    ("lines", "smells"),
    [
        ("    starting 14 days before contract.start_date\n    grant account in ad\n", 1),
        ("    grant account in ad ending 1 day after contract.end_date\n", 1),
        ("    ending never\n    grant account in ad\n", 1),
        ("    starting 2 days before contract.start_date\n    ending never\n    grant account in ad\n", 2),
        ("    starting contract.start_date\n    ending contract.end_date\n    grant account in ad\n", 0),
        ("    starting 1 day after contract.start_date\n    grant account in ad\n", 0),
        ("    starting 0 days before contract.start_date\n    grant account in ad\n", 0),
        ("    starting 2026-01-01\n    grant account in ad\n", 0),
    ],
)
def test_margins_on_the_primary_contract_are_smelt(lines: str, smells: int) -> None:
    assert codes(f"rule r\n    for primary contract\n{lines}end\n") == ["ORD0351"] * smells
    assert codes(f"rule r\n{lines}end\n") == []


ACCOUNT = 'rule base\n    when contract.type.code in ("EMP", "INT")\n    grant account in ad\nend\n'


@pytest.mark.parametrize(
    "text",
    [
        "rule r\n    grant access in ad\nend\n",
        ACCOUNT + 'rule r\n    when contract.title.code is "N"\n    grant access in ad\nend\n',
        ACCOUNT + 'rule r\n    grant by contract.title.code in ad\n        "N" -> access\n    end\nend\n',
        ACCOUNT + "rule r\n    for person\n    when person.custom.vip\n    grant access in ad\nend\n"
        "field person.custom.vip is flag\n",
        ACCOUNT + 'rule r\n    when contract.type.code is "EMP"\n    grant access in ad ending never\nend\n',
        ACCOUNT + 'rule r\n    when contract.type.code is "EMP"\n    ending 1 month after contract.end_date\n'
        "    grant access in ad\nend\n",
        (
            "rule r\n    grant account in ad starting contract.start_date\n"
            "    grant access in ad starting 1 day before contract.start_date\nend\n"
        ),
        "draft " + ACCOUNT + 'rule r\n    when contract.type.code is "EMP"\n    grant access in ad\nend\n',
        (
            'rule base\n    when contract.department is "C"\n    grant account in ad\nend\n'
            'rule r\n    when contract.department is "C" or below\n    grant access in ad\nend\n'
        ),
    ],
)
def test_grants_without_their_account_are_smelt(text: str) -> None:
    assert codes(HEAD + text) == ["ORD0352"]


@pytest.mark.parametrize(
    "text",
    [
        "rule r\n    grant account in ad\n    grant access in ad\nend\n",
        ACCOUNT + 'rule r\n    when contract.type.code is "EMP" and contract is active\n    grant access in ad\nend\n',
        ACCOUNT + "rule r\n    when holds account in ad\n    grant access in ad\nend\n",
        ACCOUNT
        + 'rule r\n    for primary contract\n    when contract.type.code is "INT"\n    grant access in ad\nend\n',
        ACCOUNT + ACCOUNT.replace("base", "extra") + "rule r\n    grant access in ad\nend\n",
        "rule r\n    for person\n    grant account in ad\nend\nrule s\n    grant access in ad ending never\nend\n",
        (
            'rule b\n    grant by contract.title.code in ad\n        "N" -> account\n    end\nend\n'
            "rule r\n    grant access in ad\nend\n"
        ),
        (
            "rule b\n    ending 1 month after contract.end_date\n    grant account in ad\nend\n"
            "rule r\n    ending 30 days after contract.end_date\n    grant access in ad\nend\n"
        ),
        (
            "rule b\n    ending never\n    grant account in ad\nend\n"
            "rule r\n    ending 2026-01-01\n    grant access in ad\nend\n"
        ),
        (
            'rule base\n    when contract.department is "C" or below\n    grant account in ad\nend\n'
            'rule r\n    when contract.department is "C"\n    grant access in ad\nend\n'
        ),
        (
            "rule base\n    when contract.title.code is known\n    grant account in ad\nend\n"
            'rule r\n    when contract.title.code is "N"\n    grant access in ad\nend\n'
        ),
        (
            'rule b\n    when contract.title.code is "N" or contract.title.code is "M"\n    grant account in ad\nend\n'
            'rule r\n    when contract.title.code is "N"\n    grant access in ad\nend\n'
        ),
        "draft rule r\n    grant access in ad\nend\n",
    ],
)
def test_grants_whose_account_may_well_be_there_are_not(text: str) -> None:
    assert "ORD0352" not in codes(HEAD + text)


def test_taking_away_by_not_holds_is_noted_for_drafts_too() -> None:
    text = "rule g\n    grant access in ad\n    grant account in ad\nend\n"
    found = smells(text + "draft " + rule_when("not holds access in ad"))
    assert [(one.code, one.severity.value) for one in found] == [("ORD0355", "note")]


def test_what_no_rule_grants_is_smelt() -> None:
    text = 'rule g\n    grant account in ad\n    grant permission "SEC-Nurse" in ad\nend\n'
    text += 'rule h\n    when holds permission "SEC-Nurs" in ad\n    grant account in entra\nend\n'
    text += 'never n\n    permission "SEC-Nurse" in ad\n    together with access in entra\nend\n'
    found = smells(text)
    assert [one.code for one in found] == ["ORD0356", "ORD0356"]
    assert found[0].hint == "did you mean `SEC-Nurse`?"


LAST = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("today", "expected", "words"),
    [
        (LAST - timedelta(days=31), [], ""),
        (LAST - timedelta(days=30), ["ORD0353"], "in 30 days"),
        (LAST - timedelta(days=1), ["ORD0353"], "tomorrow"),
        (LAST, ["ORD0353"], "today"),
        (LAST + timedelta(days=1), ["ORD0354"], "until 2026-12-31"),
    ],
)
def test_exclusions_warn_before_and_after_their_last_day(today: date, expected: list[str], words: str) -> None:
    found = smells(
        'exclude a\n    person "1"\n    from all targets\n    because "B"\n    until 2026-12-31\nend\n'
        'exclude b\n    person "2"\n    from all targets\n    because "B"\nend\n',
        today,
    )
    assert [one.code for one in found] == expected
    assert all(words in one.detail for one in found)
