"""`ordain fmt`: files, folders, standard input; what is written, and what is left alone."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.acceptance.clinic import Clinic, Ran, run_here

UGLY = 'set  a is "A","B" # twice\r\nrole b account in ad end'
NEAT = 'set a is "A", "B"  # twice\n\nrole b\n    account in ad\nend\n'


@pytest.fixture
def clinic(new: Clinic) -> Clinic:
    """A workspace with one file that is as it should be, and one that is not."""
    new.write("rules/more/ugly.ordain", UGLY)
    return new


def test_what_init_makes_is_formatted(new: Clinic) -> None:
    assert new.fine("fmt", "--check").out == "0 files would change, 2 as they should be\n"


def test_files_are_written_and_then_they_are_as_they_should_be(clinic: Clinic) -> None:
    before = (clinic.root / "rules/harbour.ordain").stat()
    ran = clinic.fine("fmt")
    assert ran.out == f"formatted {clinic.root}/rules/more/ugly.ordain\n1 file changed, 2 as they should be\n"
    assert (clinic.root / "rules/more/ugly.ordain").read_bytes() == NEAT.encode()
    after = (clinic.root / "rules/harbour.ordain").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert clinic.fine("fmt").out == "0 files changed, 3 as they should be\n"
    assert sorted(path.name for path in (clinic.root / "rules/more").iterdir()) == ["ugly.ordain"]


def test_check_writes_nothing_and_fails(clinic: Clinic) -> None:
    ran = run_here("fmt", "--check", cwd=clinic.root)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == "would change rules/more/ugly.ordain\n1 file would change, 2 as they should be\n"
    assert (clinic.root / "rules/more/ugly.ordain").read_bytes() == UGLY.encode()


def test_diff_writes_nothing_and_says_what_would_change(clinic: Clinic) -> None:
    ran = run_here("fmt", "--diff", cwd=clinic.root)
    assert (ran.code, ran.err) == (0, "")
    head, *lines = ran.out.split("\n")
    assert head == "--- rules/more/ugly.ordain"
    assert '-set  a is "A","B" # twice\r' in lines
    assert "\\ No newline at end of file" in lines
    assert "+    account in ad" in lines
    assert (clinic.root / "rules/more/ugly.ordain").read_bytes() == UGLY.encode()
    assert run_here("fmt", "--diff", "--check", cwd=clinic.root).code == 1
    assert run_here("fmt", "--diff", "rules/harbour.ordain", cwd=clinic.root).out == ""


def test_a_file_with_an_error_is_left_alone_and_the_others_are_not(clinic: Clinic) -> None:
    clinic.write("rules/broken.ordain", 'set  b is C\nset  c is "C"\n')
    clinic.write("rules/latin.ordain", "# caf\xe9\n".encode("latin-1"))
    ran = run_here("fmt", cwd=clinic.root)
    assert ran.code == 1
    assert "rules/broken.ordain:1:11: error ORD0121" in ran.err
    assert "    1 | set  b is C\n" in ran.err
    assert "rules/latin.ordain:1:6: error ORD0405" in ran.err
    assert ran.out == (
        "formatted rules/more/ugly.ordain\n1 file changed, 2 as they should be, 2 files with errors left alone\n"
    )
    assert (clinic.root / "rules/broken.ordain").read_text(encoding="utf-8").startswith("set  b is C")
    assert run_here("fmt", "--check", cwd=clinic.root).code == 1


def test_files_and_folders_may_be_named_without_a_workspace(clinic: Clinic) -> None:
    (clinic.root / "ordain.toml").unlink()
    ran = run_here("fmt", "rules/more", "rules/more/ugly.ordain", cwd=clinic.root)
    assert (ran.code, ran.out) == (0, "formatted rules/more/ugly.ordain\n1 file changed, 0 as they should be\n")
    assert run_here("fmt", cwd=clinic.root).code == 2


@pytest.mark.parametrize(
    ("path", "code"),
    [("nowhere", "ORD0934"), ("README.md", "ORD1301"), ("hr", "ORD0408"), ("nowhere.ordain", "ORD0934")],
)
def test_what_cannot_be_formatted_is_told_before_anything_is_written(clinic: Clinic, path: str, code: str) -> None:
    ran = run_here("fmt", "rules", path, "--json", cwd=clinic.root)
    assert (ran.code, ran.problems) == (2, [code])
    assert (clinic.root / "rules/more/ugly.ordain").read_bytes() == UGLY.encode()


def test_rights_and_links_are_kept(clinic: Clinic) -> None:
    real = clinic.write("shared/real.ordain", UGLY)
    real.chmod(0o640)
    link = clinic.root / "rules/link.ordain"
    link.symlink_to(real)
    assert run_here("fmt", "rules/link.ordain", cwd=clinic.root).code == 0
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == NEAT
    assert real.stat().st_mode & 0o777 == 0o640


def test_json(clinic: Clinic) -> None:
    clinic.write("rules/broken.ordain", "set  b is C\n")
    ran = run_here("fmt", "--check", "--diff", "--json", cwd=clinic.root)
    assert (ran.code, ran.err, ran.problems) == (1, "", ["ORD0121"])
    broken, fine, ugly, _ = ran.json["files"]
    assert broken == {"path": "rules/broken.ordain", "state": "error"}
    assert fine == {"path": "rules/harbour.ordain", "state": "unchanged"}
    assert (ugly["path"], ugly["state"]) == ("rules/more/ugly.ordain", "changed")
    assert ugly["diff"].startswith("--- rules/more/ugly.ordain\n+++ ")


def piped(text: str | bytes, *words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ran:
    """Run the command with this on standard input, in a folder that is no workspace."""
    content = text if isinstance(text, bytes) else text.encode()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="ascii"))
        return run_here("fmt", *words, cwd=tmp_path)


def test_standard_input_goes_to_standard_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran = piped(f"\ufeff{UGLY} # é", "-", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert ran == Ran(0, NEAT[:-1] + "  # é\n", "")
    ran = piped(NEAT, "-", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert ran == Ran(0, NEAT, "")
    ran = piped(NEAT, "-", "--check", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert ran == Ran(0, "", "")
    ran = piped(UGLY, "-", "--check", "--stdin-filename", "x.ordain", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert (ran.code, ran.out.split("\n")[0]) == (1, "would change x.ordain")
    ran = piped(UGLY, "-", "--diff", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert (ran.code, ran.out.split("\n")[0]) == (0, "--- standard-input.ordain")
    ran = piped(UGLY, "-", "--json", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert ran.json["files"] == [{"path": "standard-input.ordain", "state": "changed", "text": NEAT}]


@pytest.mark.parametrize("text", ["set a is A", b"# caf\xe9"])
def test_of_wrong_input_nothing_reaches_standard_output(
    text: str | bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = piped(text, "-", "--stdin-filename", "x.ordain", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("x.ordain:1:")


def test_standard_input_stands_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran = piped("", "-", ".", "--json", monkeypatch=monkeypatch, tmp_path=tmp_path)
    assert (ran.code, ran.problems) == (2, ["ORD0941"])


def test_a_file_that_may_not_be_read_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        ran = run_here("fmt", "rules", "--json", cwd=clinic.root)
    assert (ran.code, ran.problems) == (2, ["ORD0934"])
