from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.usecases.lint import Known, lint_loaded
from api.usecases.load_policy import compile_files
from policy.lint import PeopleFacts
from policy.source import SourceFile
from tests.unit.dsl.compiling import POLICY, TARGETS

RULE = 'rule r\n    when person.external_id is "1"\n    grant account in ad\nend\n'
NOTE = '# ordain: allow ORD0372 until 2026-12-31 because "Pilot"\n'
WATCHED = {"ORD0372", "ORD0367", "ORD0390", "ORD0391", "ORD0392", "ORD0393", "ORD0394", "ORD0395"}


def codes(text: str, today: date = date(2026, 3, 1), known: Known | None = None) -> list[str]:
    files = [SourceFile.from_text("0.ordain", POLICY + TARGETS), SourceFile.from_text("a.ordain", text)]
    found = lint_loaded(compile_files(files, Path()), today, known or Known())
    return [one.diagnostic.code for one in found if one.diagnostic.code in WATCHED]


def test_a_whole_allowance_leaves_its_finding_out_until_its_last_day() -> None:
    assert codes(RULE) == ["ORD0372"]
    assert codes(NOTE + RULE) == []
    assert codes(NOTE + RULE, date(2026, 12, 31)) == []
    assert codes(NOTE + RULE, date(2027, 1, 1)) == ["ORD0394", "ORD0372"]
    assert codes(RULE.replace('"1"\n', f'"1" {NOTE}')) == []


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("# ordain: allow ORD0372 until 2026-12-31\n", "ORD0391"),
        ('# ordain: allow ORD0372 because "Pilot"\n', "ORD0392"),
        ("# ordain: allow ORD0372\n", "ORD0391"),
        ("# ordain: let ORD0372 be\n", "ORD0390"),
    ],
)
def test_one_that_is_not_whole_does_not_count(comment: str, problem: str) -> None:
    assert codes(comment + RULE) == [problem, "ORD0372"]


def test_it_speaks_of_its_place_and_code_alone() -> None:
    other = RULE.replace("rule r", "rule s")
    assert codes(NOTE + RULE + other) == ["ORD0372"]
    assert codes(NOTE.replace("0372", "0351") + RULE) == ["ORD0395", "ORD0372"]
    assert codes(NOTE.replace("0372", "0999") + RULE) == ["ORD0393", "ORD0372"]


def test_that_there_is_nothing_to_allow_is_said_only_where_all_was_looked_at() -> None:
    note = NOTE.replace("0372", "0370") + 'rule r\n    when contract.department is "W1"\n    grant account in ad\nend\n'
    assert codes(note) == []
    assert codes(note, known=Known(PeopleFacts(1, {}, frozenset({"W1"})))) == ["ORD0395"]
    assert codes(note, known=Known(PeopleFacts(1, {}, frozenset({"W2"})))) == []


def test_a_defect_that_lint_finds_can_be_allowed_too() -> None:
    text = 'never n\n    permission "A" in ad\n    together with permission "B" in ad\nend\n'
    text += 'rule r\n    grant permission "A" in ad\n    grant permission "B" in ad\nend\n'
    assert codes(text) == ["ORD0367"]
    assert codes(text.replace("rule r", NOTE.replace("0372", "0367") + "rule r")) == []
