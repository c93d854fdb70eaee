from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from lark import Lark
from lark.exceptions import GrammarError

from dsl.grammar import build, store, tables
from dsl.grammar.moves import Moves, read_moves, write_moves
from dsl.grammar.store import cache_folder, load_or_build


def test_the_grammar_has_no_conflict() -> None:
    assert build.build_parser(strict=True).rules


def test_a_conflict_would_be_seen() -> None:
    ambiguous = "%declare A\nstart: one | two\none: A\ntwo: A"
    with pytest.raises(GrammarError):
        Lark(ambiguous, parser="lalr", lexer=build.NoLexer, strict=True)


def test_the_lexer_gives_nothing() -> None:
    assert list(build.NoLexer(None).lex(None)) == []


def test_every_phrase_has_one_terminal() -> None:
    assert {tables.terminal_by_phrase()[phrase]: phrase for phrase in tables.terminal_by_phrase()} == dict(
        tables.phrase_by_terminal()
    )


def test_moves_are_kept_whole() -> None:
    built = build.build_moves()
    assert len(built.behind_token) > 500
    assert read_moves(write_moves(built)) == built


def test_rules_are_read_without_lark_once_tables_are_kept(tmp_path: Path) -> None:
    code = (
        "import sys; from dsl.compile import compile_policy; from policy.source import SourceFile\n"
        "compile_policy([SourceFile('a.ordain', 'policy \"A\"\\n language 1\\nend\\n')], {})\n"
        "print('lark' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "ORDAIN_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]


def counted(builds: list[int]) -> Moves:
    builds.append(1)
    return Moves(0, 1, ({"A": 1}, {}), ({}, {}), ({}, {}), {"a": "A"})


def test_tables_are_built_once_and_kept(tmp_path: Path) -> None:
    builds: list[int] = []
    folder = tmp_path / "cache"
    for _ in range(2):
        assert load_or_build("g", lambda: counted(builds), folder=folder).terminals
    assert builds == [1]
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    load_or_build("another grammar", lambda: counted(builds), folder=folder)
    assert builds == [1, 1]


@pytest.mark.parametrize("damage", [b"", b"garbage\n", b"0" * 64 + b"\nbody"])
def test_a_damaged_file_is_built_anew(tmp_path: Path, damage: bytes) -> None:
    builds: list[int] = []
    load_or_build("g", lambda: counted(builds), folder=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    load_or_build("g", lambda: counted(builds), folder=tmp_path)
    load_or_build("g", lambda: counted(builds), folder=tmp_path)
    assert builds == [1, 1]


@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_others_may_write_is_not_read(tmp_path: Path, which: str) -> None:
    builds: list[int] = []
    folder = tmp_path / "cache"
    load_or_build("g", lambda: counted(builds), folder=folder)
    (file,) = folder.iterdir()
    (file if which == "file" else folder).chmod(0o777)
    load_or_build("g", lambda: counted(builds), folder=folder)
    assert builds == [1, 1]


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    builds: list[int] = []
    (tmp_path / "file").write_text("")
    for _ in range(2):
        assert load_or_build("g", lambda: counted(builds), folder=tmp_path / "file" / "below").terminals
    assert builds == [1, 1]


def test_a_file_that_cannot_be_moved_into_place_leaves_no_draft(tmp_path: Path) -> None:
    builds: list[int] = []
    load_or_build("g", lambda: counted(builds), folder=tmp_path)
    (file,) = tmp_path.iterdir()
    file.unlink()
    file.mkdir()
    (file / "occupied").write_text("")
    load_or_build("g", lambda: counted(builds), folder=tmp_path)
    assert builds == [1, 1]
    assert list(tmp_path.iterdir()) == [file]


def test_the_place_of_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("ORDAIN_CACHE_DIR", str(tmp_path / "chosen"))
    assert cache_folder() == tmp_path / "chosen"
    monkeypatch.delenv("ORDAIN_CACHE_DIR")
    assert cache_folder() == tmp_path / "ordain"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "ordain"

    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.setattr(store.Path, "home", no_home)
    assert cache_folder() is None
    assert load_or_build("g", lambda: counted([])).terminals
