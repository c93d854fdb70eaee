"""Documents of the language: rules, and what comes of them, in one file a reader can follow.

A document under `language/bad` or `language/good` has a title, one or more fenced blocks `ordain` (with `file: NAME` on
the opening line when there are several, `repeat: TIMES` for a long one), lookup files in blocks `csv file: NAME`, and
last a block `text` with the problems as the command line shows them, and for a good document the meaning of the rules.
A document named after a smell shows that smell alone; the linter's day is the DATE of a block `text today: DATE`, else
2026-03-01, and a block `json facts` tells what it knows of people and targets: `persons`, `values`, `departments`,
`permissions`.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from api.render.diagnostics import render_text
from api.usecases.lint import Known, lint_loaded
from api.usecases.load_policy import LoadedPolicy
from dsl.compile import compile_policy
from policy.catalogue import language, lint, names, structure
from policy.diagnostics import DiagnosticKind
from policy.lint import PeopleFacts
from policy.source import SourceFile
from tests.golden.dump import dump

TODAY = date(2026, 3, 1)
FOLDER = Path(__file__).parent / "language"
DOCUMENTS = sorted(FOLDER.glob("*/*.md"))
_BLOCK = re.compile(
    r"^```(?P<kind>ordain|csv)(?: file: (?P<file>\S+))?(?: repeat: (?P<repeat>\d+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_FACTS = re.compile(r"^```json facts\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPECTED = re.compile(r"^```text(?: today: (?P<today>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def outcome(document: str, *, good: bool, about: str = "") -> str:
    """Compile the blocks of a document and show what comes of them, smells of the code `about` too."""
    files: list[SourceFile] = []
    lookups: dict[str, SourceFile] = {}
    for block in _BLOCK.finditer(document):
        source = SourceFile.from_text(block["file"] or "rules.ordain", block["text"] * int(block["repeat"] or 1))
        if block["kind"] == "csv":
            lookups[source.path] = source
        else:
            files.append(source)
    compilation = compile_policy(files, lookups)
    expected = _EXPECTED.search(document)
    assert expected is not None, "a document ends with a block `text`"
    today = date.fromisoformat(expected["today"]) if expected["today"] else TODAY
    sources = {source.path: source for source in (*files, *lookups.values())}
    known = _facts(document)
    smells = lint_loaded(LoadedPolicy(compilation, sources), today, known)
    wanted = [one.diagnostic for one in smells if one.diagnostic.code == about]
    shown = render_text([*compilation.diagnostics, *wanted], sources)
    if not good:
        return shown
    assert compilation.policy is not None, shown
    return "\n".join(part for part in (shown, dump(compilation.policy)) if part)


def _facts(document: str) -> Known:
    found = _FACTS.search(document)
    if found is None:
        return Known()
    facts = json.loads(found["text"])
    people = PeopleFacts(facts["persons"], facts["values"], frozenset(facts["departments"]))
    return Known(people, {target: frozenset(names) for target, names in facts["permissions"].items()})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_documents(path: Path, request: pytest.FixtureRequest) -> None:
    document = path.read_text(encoding="utf-8")
    shown = outcome(document, good=path.parent.name == "good", about=path.stem[: len("ORD0000")])
    if request.config.getoption("--update-golden"):
        head, _, _ = document.rpartition("```text")
        first, _, _ = document[len(head) :].partition("\n")
        path.write_text(f"{head}{first}\n{shown}```\n", encoding="utf-8")
        return
    found = _EXPECTED.search(document)
    assert found is not None
    assert shown == found["text"]
    if path.stem.startswith("ORD"):
        assert path.stem[: len("ORD0000")] in shown, "a document named after a code shows it"


def _kinds() -> list[str]:
    modules = (language, names, structure, lint)
    return sorted(kind.code for module in modules for kind in vars(module).values() if isinstance(kind, DiagnosticKind))


@pytest.mark.parametrize("code", _kinds())
def test_every_problem_of_the_language_has_a_document(code: str) -> None:
    assert list((FOLDER / "bad").glob(f"{code}*.md")), f"write tests/golden/language/bad/{code}.md"
