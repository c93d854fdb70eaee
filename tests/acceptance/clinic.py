"""The real command, in this process for speed: what it printed, and its exit code."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-03-02"
REVIEWER = "rita@harbour.example"


@dataclass(frozen=True)
class Ran:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # JSON
        return json.loads(self.out)

    @property
    def problems(self) -> list[str]:
        """Codes of the problems a command with `--json` ended with."""
        return [one["code"] for one in self.json["problems"]]


class Terminal(io.StringIO):
    """Text that a terminal would have got."""

    def isatty(self) -> bool:
        return True


def without_progress(text: str) -> str:
    """Standard error without the lines that tell how far long work is: on a busy machine anything may be long."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("… "))


def run_here(*words: object, cwd: Path | None = None, terminal: bool = False) -> Ran:
    """Run `ordain` with these words. No stack trace may ever reach anybody."""
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    code = 0
    with chdir(cwd or Path.cwd()), redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    ran = Ran(code, out.getvalue(), without_progress(err.getvalue()))
    told = ran.out + ran.err
    assert "Traceback" not in told, told
    assert "mistake in Ordain itself" not in told, told
    return ran


@dataclass
class Clinic:
    """A workspace of its own, and the command working in it."""

    root: Path

    def __call__(self, *words: object, terminal: bool = False) -> Ran:
        """Run a command on this workspace."""
        return run_here(*words, "-w", self.root, terminal=terminal)

    def fine(self, *words: object) -> Ran:
        """Run a command that has to end well."""
        ran = self(*words)
        assert ran.code == 0, f"{words} ended with {ran.code}:\n{ran.out}{ran.err}"
        return ran

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file of the workspace."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> Path:
        """Write a file of the workspace."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    @property
    def vault(self) -> Any:  # noqa: ANN401  # JSON
        return json.loads((self.root / "hr" / "vault.json").read_text(encoding="utf-8"))

    @vault.setter
    def vault(self, document: object) -> None:
        self.write("hr/vault.json", json.dumps(document))

    def without_tests(self) -> Clinic:
        """Take away the tests that came with the rules, for stories that change what these say."""
        (self.root / "rules" / "tests.ordain").unlink()
        return self

    def evaluate(self, day: str = DAY, *more: object) -> Any:  # noqa: ANN401  # JSON
        """Evaluate and give the JSON object of the diff."""
        return self.fine("evaluate", "--as-of", day, "--json", *more).json

    def approve(self, diff: str, person: str = REVIEWER, *more: object) -> Ran:
        """Approve a diff."""
        return self.fine("approve", diff, "--as", person, *more)

    def enforce(self, day: str = DAY) -> Any:  # noqa: ANN401  # JSON
        """Evaluate, approve and enforce; gives the JSON object of the run."""
        diff = self.evaluate(day)["diff"]
        self.approve(diff)
        return self.fine("enforce", diff, "--json").json

    def copy(self, folder: Path) -> Clinic:
        """Copy the whole workspace."""
        shutil.copytree(self.root, folder)
        return Clinic(folder)
