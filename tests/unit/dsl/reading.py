"""Rules as text for tests of reading."""

from __future__ import annotations

from typing import TypeVar

from dsl.read.parse import parse_file
from dsl.tree import ast
from dsl.tree.conditions import ConditionNode
from policy.diagnostics import Diagnostic
from policy.source import SourceFile

_N = TypeVar("_N")


def read(text: str) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """Read `text` as the file `a.ordain`."""
    return parse_file(SourceFile.from_text("a.ordain", text))


def codes(text: str) -> list[str]:
    """Codes of the problems of `text`, by place."""
    return [problem.code for problem in read(text)[1]]


def problems(text: str) -> list[tuple[str, str, str | None]]:
    """Code, detail and hint of the problems of `text`, by place."""
    return [(one.code, one.detail, one.hint) for one in read(text)[1]]


def one(text: str, kind: type[_N]) -> _N:
    """Read text that is one declaration of this kind, without problems."""
    file, found = read(text)
    assert found == ()
    (declaration,) = file.declarations
    assert isinstance(declaration, kind)
    return declaration


def condition(text: str) -> ConditionNode:
    """Read a condition without problems."""
    return one(f"define it as {text}", ast.DefineDeclaration).condition


def broken(text: str) -> ast.BrokenDeclaration:
    """Read text that is one declaration with problems."""
    file, found = read(text)
    assert found
    (declaration,) = file.declarations
    assert isinstance(declaration, ast.BrokenDeclaration)
    return declaration
