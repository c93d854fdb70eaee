"""What git says of the rules: the commit and tree they stand at, and who wrote them since a commit."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Revision:
    """Commit and tree (hex) of the rules folder; `clean` tells whether the files are exactly those of the commit."""

    commit: str
    tree: str
    clean: bool


def find_revision(folder: Path) -> Revision | None:
    """Revision of a folder, or None outside of git or before the first commit."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    tree = _git(folder, "rev-parse", "HEAD:./")
    status = _git(folder, "status", "--porcelain", "--", ".")
    return Revision(commit, tree or "", clean=status == "")


def find_authors(folder: Path, *, since: str | None) -> frozenset[str]:
    """Mail addresses of everybody who changed the folder after commit `since` (None: ever).

    While the folder has uncommitted changes, the person git is set up for counts too.
    """
    span = f"{since}..HEAD" if since else "HEAD"
    log = _git(folder, "log", "--format=%ae%n%ce", span, "--", ".")
    if log is None and since:
        # The commit is gone (history was rewritten): everybody who ever wrote counts.
        log = _git(folder, "log", "--format=%ae%n%ce", "HEAD", "--", ".")
    authors = set((log or "").split())
    if _git(folder, "status", "--porcelain", "--", "."):
        authors |= {_git(folder, "config", "user.email") or ""}
    return frozenset(authors - {""})


def _git(folder: Path, *words: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run([program, "-C", str(folder), *words], capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    return done.stdout.strip() if done.returncode == 0 else None
