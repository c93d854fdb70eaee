"""Manners of the house no linter knows: sizes and names of modules, sizes of functions, docstring-only packages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("policy", "engine", "dsl", "connectors", "api")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            docstring = node.body[0] if ast.get_docstring(node) else None
            prose = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1 - prose


def identifiers(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", MODULES, ids=identifiers(MODULES))
def test_no_module_is_longer_than_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=identifiers(MODULES))
def test_modules_are_named_for_what_they_are(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES


def test_no_function_is_past_70_lines_and_nine_of_ten_within_30() -> None:
    lengths = [entry for path in MODULES for entry in functions(path)]
    assert [entry for entry in lengths if entry[1] > 70] == []
    ordered = sorted(length for _, length in lengths)
    assert ordered[int(len(ordered) * 0.9)] <= 30


PACKAGES = [path for path in MODULES if path.name == "__init__.py"]


@pytest.mark.parametrize("path", PACKAGES, ids=identifiers(PACKAGES))
def test_a_package_file_is_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_of_modules_is_a_package(room: str) -> None:
    folders = {path.parent for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []
