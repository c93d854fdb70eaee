"""What is proved of rules, and what is left alone; each at its best is a document under tests/golden."""

from __future__ import annotations

import pytest

from engine.lint.free import read_condition
from engine.lint.proofs import Purse
from engine.prove.questions import can_fail, can_hold
from policy.proofs import Answer, Outcome
from policy.rules import Scope
from policy.source import Span
from tests.unit.dsl.compiling import compile_fine
from tests.unit.engine.lint.linting import codes_among, lint_text

HEAD = (
    'field contract.type.code is one of "EMP", "INT" required\nfield person.custom.vip is flag\n'
    'field person.custom.kind is one of "A"\ndefine emp as contract.type.code is "EMP"\n'
)


def rule(condition: str, more: str = "", scope: str = "any contract") -> str:
    return f"rule r\n    for {scope}\n    when {condition}\n{more}    grant account in ad\nend\n"


@pytest.mark.parametrize(
    "text",
    [
        rule("contract.title.code is unknown and contract.title.code is known"),
        rule('emp and contract.type.code is "INT"'),
        rule('none of (emp, contract.type.code is "INT")'),
        rule("contract.end_date is before contract.start_date and contract is active"),
        rule("contract is ended"),
        rule("contract is future", "    ending contract.end_date\n"),
        rule('contract.department is "A" and contract.department is "B"'),
        rule("contract.start_date is after 2026-01-01 and contract.start_date is before 2025-01-01"),
        rule("person.custom.vip and no contract has (contract.start_date is known)"),
        "draft " + rule("contract is ended"),
    ],
)
def test_what_nobody_can_satisfy_is_found(text: str) -> None:
    assert codes_among(HEAD + text, "ORD0357") == ["ORD0357"]


@pytest.mark.parametrize(
    "text",
    [
        rule("emp"),
        rule('any contract has (emp) and any contract has (contract.type.code is "INT")'),
        rule("contract is ended", "    ending 1 day after contract.end_date\n"),
        rule("contract is future", "    starting 1 day before contract.start_date\n"),
        rule('contract.department is "A" or below and contract.department is "B" or below'),
        rule("contract.end_date is on or after contract.start_date"),
        rule('contract.title.code starts with "A" and contract.title.code ends with "Z"'),
        rule("holds account in entra"),
        rule("person.custom.vip", scope="person"),
    ],
)
def test_what_somebody_can_satisfy_is_not(text: str) -> None:
    assert codes_among(HEAD + text, "ORD0357", "ORD0358") == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('contract.title.code is "A" or contract.title.code is not "A"', 1),
        ("contract.start_date is known", 1),
        ('emp and (contract.title.code is not "A" or contract.title.code is not "B")', 1),
        ('contract.type.code in ("EMP", "INT")', 0),
        ('emp or contract.type.code is "INT"', 1),
        ('person.custom.kind is "A"', 0),
        ('person.custom.kind is "A" or person.custom.kind is unknown', 1),
        ("contract is active", 0),
        ("contract is active or contract is future or contract is ended", 1),
    ],
)
def test_what_everybody_satisfies_is_found(condition: str, found: int) -> None:
    assert len(lint_text(HEAD + rule(condition), "ORD0358")) == found


def rules(*parts: str) -> str:
    return HEAD + "".join(f"rule r{number}\n{part}end\n" for number, part in enumerate(parts, 1))


GRANT = "    grant account in ad\n"


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        (rules("    when emp\n" + GRANT, "    when emp and contract is active\n" + GRANT), {"r2": "`r1`"}),
        (rules("    when emp\n" + GRANT, "    when emp\n" + GRANT), {"r2": "`r1`"}),
        (rules("    when emp\n" + GRANT, GRANT), {"r1": "`r2`"}),
        (rules("    for primary contract\n" + GRANT, "    for any contract\n" + GRANT), {"r2": "`r1`"}),
        (rules("    for any contract\n" + GRANT, "    for primary contract\n    when emp\n" + GRANT), {"r2": "`r1`"}),
        (rules(GRANT, "    when emp\n    ending 1 day after contract.end_date\n" + GRANT), {}),
        (rules(GRANT, "    when emp\n" + GRANT + "    grant access in ad\n"), {}),
        (rules("    when emp\n" + GRANT, "    when contract.title.code is known\n" + GRANT), {}),
        (
            rules(
                '    grant permission "G {contract.title.code}" in ad\n',
                '    when emp\n    grant permission "G {contract.title.code}" in ad\n',
            ),
            {"r2": "`r1`"},
        ),
        (
            rules(
                '    when contract.title.code is "A"\n' + GRANT,
                '    when contract.title.code is "B"\n' + GRANT,
                '    when contract.title.code in ("A", "B")\n' + GRANT,
            ),
            {"r3": "`r1` and `r2` together"},
        ),
        (
            rules(
                "    grant account in ad\n    grant access in ad\n",
                "    when emp\n    grant by contract.title.code in ad\n        otherwise -> account, access\n    end\n",
            ),
            {"r2": "`r1`"},
        ),
        ("draft " + rules(GRANT).removeprefix(HEAD) + HEAD + "rule s\n    when emp\n" + GRANT + "end\n", {}),
    ],
)
def test_rules_that_others_cover_are_found_with_their_cover(text: str, covered: dict[str, str]) -> None:
    found = {
        one.diagnostic.detail.split("`")[1]: one.diagnostic.detail.split("grants, ")[1].split(" grant")[0]
        for one in lint_text(text, "ORD0359")
    }
    assert found == covered


def test_many_rules_are_asked_little_and_what_is_left_open_is_told_once() -> None:
    many = "".join(f'rule m{n}\n    when emp\n    grant permission "P{n}" in ad\nend\n' for n in range(210))
    held = rule("holds account in entra and person.custom.vip").replace("rule r", "rule h")
    assert codes_among(HEAD + many + held, "ORD0357", "ORD0376") == []
    odd = "".join(
        rule(f"contract.details.fte is at least {n} and contract.details.fte is at most 1{n}")
        .replace("rule r", f"rule o{n}")
        .replace("grant account in ad", f'grant permission "O{n}" in ad')
        for n in range(205)
    )
    (note,) = lint_text(HEAD + odd, "ORD0376")
    assert "was not decided for `o95`, `o96`, `o97`, `o98`, `o99`" in note.diagnostic.detail


def test_the_purse_pays_for_steps_and_remembers_what_it_refused() -> None:
    place = Span("a.ordain", 1, 1, 1, 2)
    purse = Purse(questions=3, cases=10, cases_each=6)
    assert purse.ask(lambda budget: Answer(Outcome.NO, cases=budget.cases), ("a", place)) is not None
    assert purse.refused == {}
    undecided = purse.ask(lambda budget: Answer(Outcome.UNDECIDED, why="spent", cases=budget.cases), ("b", place))
    assert undecided is not None
    assert undecided.cases == 4
    assert purse.ask(lambda _: Answer(Outcome.NO), ("c", place)) is None
    assert list(purse.refused) == ["b", "c"]


@pytest.mark.parametrize(
    ("condition", "free"),
    [
        ("emp", True),
        ('emp and contract.title.code is "A"', True),
        ("contract.title.code is known and contract.title.external_id is known", False),
        ('emp or contract.type.code is "INT"', False),
        ("contract is active and contract.end_date is unknown", False),
        ("contract.start_date is known", False),
        ("contract.start_date is before today", True),
        ("contract.start_date is before contract.end_date", False),
        ('person.custom.kind is "A"', True),
        ('contract.type.code in ("EMP", "INT")', False),
        ('contract.type.code starts with "E"', False),
        ('contract.title.name starts with ""', False),
        ('contract.title.name contains "x" and any contract has (person.custom.vip)', True),
        ("holds account in ad", False),
        ('person.primary_manager is "1" and contract.manager is "2"', False),
    ],
)
def test_what_is_free_by_its_form(condition: str, *, free: bool) -> None:
    policy = compile_fine(f"{HEAD}define it as {condition}\n")
    it = policy.defines["it"].condition
    assert read_condition(it, holds_is_free=False).free is free
    if free:
        assert can_hold(policy, it, Scope.ANY_CONTRACT).outcome is Outcome.YES
        assert can_fail(policy, it, Scope.ANY_CONTRACT).outcome is Outcome.YES
