"""The page about the language is true: its examples compile, and its reserved words are those of the grammar."""

import re
from pathlib import Path

import pytest

from dsl.compile import compile_policy
from dsl.read.reserved import reserved_words
from policy.diagnostics import Severity
from policy.source import SourceFile

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"
BEGIN, END = "<!-- reserved words: begin -->\n", "<!-- reserved words: end -->"


def listed() -> str:
    return ", ".join(f"`{word}`" for word in sorted(reserved_words()))


def test_the_page_lists_the_reserved_words(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    shown, _, after = rest.partition(END)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(f"{before}{BEGIN}{listed()}\n{END}{after}", encoding="utf-8")
    else:
        assert shown.strip() == listed()


def test_the_declarations_on_the_page_compile_together() -> None:
    text = PAGE.read_text(encoding="utf-8")
    declarations = text[text.index("## 3. Declarations") : text.index("## 4. The standard model")]
    blocks = re.findall(r"```\n(.*?)```", declarations, re.DOTALL)
    extra = 'target erp "ERP"\nend\n'
    lookups = {
        "sites.csv": SourceFile("sites.csv", "code\nS1\n"),
        "titles.csv": SourceFile("titles.csv", "value,kind,name\nNURSE,permission,SEC-Nurse\n"),
    }
    found = compile_policy([SourceFile("page.ordain", "\n".join([*blocks, extra]))], lookups)
    errors = [one for one in found.diagnostics if one.severity is Severity.ERROR]
    assert [(one.code, one.detail) for one in errors] == []
    assert found.policy is not None
    assert len(found.policy.rules) == 2
