"""The extension for Visual Studio Code: it builds, and it colours every example as the parser reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dsl.grammar.tables import phrase_by_terminal
from dsl.read.phrases import join_words
from dsl.read.scan import scan_text
from dsl.read.tokens import Shape, Token
from policy.source import SourceFile, Span
from tests.acceptance.clinic import ROOT

EXTENSION = ROOT / "docs" / "editors" / "vscode"
MODULES = EXTENSION / "node_modules"
GOOD = ROOT / "tests" / "golden" / "language" / "good"
_BLOCK = re.compile(r"^```ordain[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OF_SHAPE = {
    Shape.TEXT: "string.quoted.",
    Shape.DATE: "constant.other.date.",
    Shape.NUMBER: "constant.numeric.",
}
_OF_TYPE = {"PATH": "variable.other.path.", "DOTTED": "variable.other.property."}

Colours = list[list[tuple[int, int, list[str]]]]


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    """Node and what `npm ci` brings: the one command installs them; elsewhere these tests may be left out."""
    if shutil.which("node") and MODULES.is_dir():
        return
    assert "ORDAIN_REQUIRE_SERVERS" not in os.environ, "run `npm ci` in docs/editors/vscode"
    pytest.skip("node or its modules are missing: run `npm ci` in docs/editors/vscode")


def examples() -> Iterator[tuple[str, str]]:
    """Name and text of every example."""
    for path in sorted(ROOT.glob("rules/**/*.ordain")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted(GOOD.glob("*.md")):
        for number, found in enumerate(_BLOCK.findall(path.read_text(encoding="utf-8"))):
            yield f"{path.name}, block {number + 1}", found


EXAMPLES = dict(examples())


@cache
def coloured() -> dict[str, Colours]:
    """Colours of all examples, in one call."""
    texts = [SourceFile.from_text("x", text).text for text in EXAMPLES.values()]
    ran = subprocess.run(
        ["node", "test/tokenise.mjs"],
        cwd=EXTENSION,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(EXAMPLES, json.loads(ran.stdout), strict=True))


def scopes_in(colours: Colours, source: SourceFile, span: Span) -> Iterator[str]:
    """Innermost scopes, joined, of every letter of a stretch that is no space."""
    for line in range(span.line, span.end_line + 1):
        text = source.line(line)
        start = span.column - 1 if line == span.line else 0
        end = span.end_column - 1 if line == span.end_line else len(text)
        for column in range(start, end):
            if not text[column].isspace():
                at = len(text[:column].encode("utf-16-le")) // 2  # the editor counts in UTF-16
                yield next(" ".join(scopes) for first, last, scopes in colours[line - 1] if first <= at < last)


def wanted(token: Token) -> str | None:
    """Beginning of the scope that a token must have; None where anything but a keyword will do."""
    if token.shape in _OF_SHAPE:
        return _OF_SHAPE[token.shape]
    phrase = phrase_by_terminal().get(token.type, "")
    return "keyword." if phrase[:1].isalpha() or phrase in {"->", "%"} else _OF_TYPE.get(token.type)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_word_is_coloured_as_it_is_read(name: str) -> None:
    source = SourceFile.from_text("x", EXAMPLES[name])
    scan, colours = scan_text(source), coloured()[name]
    wrong: list[str] = []
    for comment in scan.comments:
        wrong += [
            f"{comment.span.at}: {one}" for one in scopes_in(colours, source, comment.span) if "comment." not in one
        ]
    in_data = False
    for token in join_words(scan.tokens):
        found = set(scopes_in(colours, source, token.span))
        scope = wanted(token)
        if scope is not None:
            wrong += [f"{token.span.at} {token.words}: {one}" for one in found if f" {scope}" not in one]
        elif token.type == "IDENT" and not in_data:
            wrong += [f"{token.span.at} {token.words}: {one}" for one in found if " keyword." in one]
        # Behind `using` any word names account data, also one that is a keyword elsewhere.
        in_data = token.words == "using" or (in_data and (token.type == "IDENT" or token.is_sign(",")))
    assert wrong == []


def test_the_examples_hold_every_declaration_and_most_words() -> None:
    words = {token.words for text in EXAMPLES.values() for token in join_words(scan_text(SourceFile("x", text)).tokens)}
    keywords = {phrase for phrase in phrase_by_terminal().values() if phrase[0].isalpha()}
    assert len(keywords & words) > 0.8 * len(keywords), sorted(keywords - words)


def test_every_keyword_alone_is_a_keyword() -> None:
    keywords = sorted(phrase for phrase in phrase_by_terminal().values() if phrase[0].isalpha())
    ran = subprocess.run(
        ["node", "test/tokenise.mjs"],
        cwd=EXTENSION,
        input=json.dumps([f" {one.replace(' ', '  ')} " for one in keywords]),
        capture_output=True,
        text=True,
        check=True,
    )
    for phrase, (line,) in zip(keywords, json.loads(ran.stdout), strict=True):
        (found,) = [(last - first, scopes) for first, last, scopes in line if len(scopes) > 1]
        assert found[0] == len(phrase.replace(" ", "  ")), phrase
        assert found[1][1].startswith("keyword."), phrase


def test_the_extension_builds(tmp_path: Path) -> None:
    shutil.copytree(
        EXTENSION, tmp_path / "vscode", symlinks=True, ignore=shutil.ignore_patterns("dist", "node_modules")
    )
    (tmp_path / "vscode" / "node_modules").symlink_to(MODULES)
    subprocess.run(["npm", "run", "-s", "build"], cwd=tmp_path / "vscode", check=True)
    bundle = (tmp_path / "vscode" / "dist" / "extension.js").read_text(encoding="utf-8")
    assert 'require("vscode")' in bundle
    assert "vscode-languageclient/node" not in bundle, "the client is in the bundle"


def test_what_the_manifest_names_is_there() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    contributed = manifest["contributes"]
    (grammar,), (language,) = contributed["grammars"], contributed["languages"]
    assert (EXTENSION / grammar["path"]).is_file()
    json.loads((EXTENSION / language["configuration"]).read_text(encoding="utf-8"))
    assert manifest["main"] == "./dist/extension.js"


def test_the_lock_names_no_host() -> None:
    lock = (EXTENSION / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "://" not in lock


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as an editor loads it."""
    made = tmp_path_factory.mktemp("bundle") / "extension.js"
    subprocess.run(["npm", "run", "-s", "bundle", "--", f"--outfile={made}"], cwd=EXTENSION, check=True)
    return made


def start(bundle: Path, command: list[str], folder: Path) -> list[str]:
    """Start the extension in something like an editor, and stop it; gives what it told the person."""
    words = ["node", EXTENSION / "test" / "start.mjs", bundle, json.dumps(command)]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    return list(json.loads(ran.stdout))


def test_the_extension_starts_the_language_server_and_stops_it(bundle: Path, tmp_path: Path) -> None:
    log, program = tmp_path / "server.log", tmp_path / "ordain"
    ordain = Path(sys.executable).with_name("ordain")
    program.write_text(f'#!/bin/sh\nexec "{ordain}" "$@" --verbose --log "{log}"\n', encoding="utf-8")
    program.chmod(0o755)
    assert start(bundle, [str(program)], tmp_path) == []
    written = log.read_text(encoding="utf-8")
    assert "initialized" in written
    assert "shutdown" in written


def test_a_server_that_does_not_start_is_told(bundle: Path, tmp_path: Path) -> None:
    why, what_to_do = start(bundle, [str(tmp_path / "nowhere")], tmp_path)
    assert "nowhere failed" in why
    assert "ordain.command" in what_to_do
