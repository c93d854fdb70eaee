"""The page of the linter lists what there is, and every rule is one file with one public function."""

import ast
import re
from pathlib import Path

import pytest

from engine.lint.registry import RULES
from policy.catalogue import lint
from policy.diagnostics import DiagnosticKind

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
KINDS = [kind for kind in vars(lint).values() if isinstance(kind, DiagnosticKind)]


def test_the_table_lists_every_kind_in_order_of_its_code() -> None:
    rows = re.findall(r"^\| \[(ORD\d{4})\]\(diagnostics/\1\.md\) \| (\w+) \| ([^|*]+?) (?:\*|\|)", PAGE, re.MULTILINE)
    assert rows == sorted((kind.code, kind.severity.value, kind.summary) for kind in KINDS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.find.__name__)
def test_a_rule_is_a_file_with_one_public_function(rule: object) -> None:
    path = ROOT / Path(*rule.find.__module__.split(".")).with_suffix(".py")  # type: ignore[attr-defined]
    functions = [
        one.name for one in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(one, ast.FunctionDef)
    ]
    assert [name for name in functions if not name.startswith("_")] == [rule.find.__name__]  # type: ignore[attr-defined]
    assert path.stem in rule.find.__name__  # type: ignore[attr-defined]


def test_no_kind_belongs_to_two_rules() -> None:
    codes = [kind.code for rule in RULES for kind in rule.kinds]
    assert len(codes) == len(set(codes))
