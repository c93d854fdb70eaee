"""Files of a git revision, copied out of the object store: the working tree and the index are not touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from policy.catalogue.comparison import GIT_UNUSABLE
from policy.diagnostics import Diagnostic, UsageError

_BLOB = "100"
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"})


@dataclass(frozen=True, slots=True)
class RevisionFiles:
    """Files below a folder of a repository at a commit: `blobs` are object ids by path relative to that folder.

    `short` is the beginning of the commit's id. Links and sub-repositories are left out.
    """

    repository: Path
    commit: str
    short: str
    blobs: Mapping[str, str]

    def copy(self, folder: Path, wanted: Callable[[str], bool]) -> None:
        """Write the files whose path is `wanted` below `folder`; what lies there already stays."""
        paths = [path for path in self.blobs if wanted(path) and not (folder / path).exists()]
        for path, content in zip(paths, self._read([self.blobs[path] for path in paths]), strict=True):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def _read(self, blobs: Iterable[str]) -> list[bytes]:
        asked = "".join(f"{blob}\n" for blob in blobs).encode()
        answer = _git(self.repository, "cat-file", "--batch", given=asked).stdout
        found, at = [], 0
        while at < len(answer):
            start = answer.index(b"\n", at) + 1
            end = start + int(answer[at:start].split()[-1])  # the size ends the line above the content
            found.append(answer[start:end])
            at = end + 1
        return found


def find_commit(folder: Path, name: str) -> str | None:
    """Id of the commit that a name means in the repository of `folder`; None when it means none there.

    Raises UsageError when git is missing or refuses to look into the repository.
    """
    done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return done.stdout.decode().strip() if done.returncode == 0 else None


def in_repository(folder: Path) -> bool:
    """Tell whether a folder lies in a git repository."""
    return shutil.which("git") is not None and _git(folder, "rev-parse", "--git-dir").returncode == 0


def revision_files(folder: Path, commit: str) -> RevisionFiles:
    """List what lay in `folder` at a commit of its repository."""
    prefix = _words(folder, "rev-parse", "--show-prefix")
    short = _words(folder, "rev-parse", "--short", commit)
    listed = _git(folder, "ls-tree", "-r", "-z", "--full-tree", commit, "--", prefix or ".")
    return RevisionFiles(folder, commit, short, dict(_blobs(listed.stdout, prefix)))


def known_names(folder: Path) -> tuple[str, ...]:
    """Branches and tags of the repository of `folder`."""
    done = _git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
    return tuple(done.stdout.decode(errors="replace").split())


def _blobs(listed: bytes, prefix: str) -> Iterable[tuple[str, str]]:
    for entry in listed.split(b"\0"):
        about, _, name = entry.partition(b"\t")
        path = name.decode("utf-8", errors="surrogateescape")
        if about.decode().startswith(_BLOB) and path.startswith(prefix):
            relative = path.removeprefix(prefix)
            if ".." not in PurePosixPath(relative).parts:
                yield relative, about.split()[2].decode()


def _words(folder: Path, *words: str) -> str:
    done = _git(folder, *words)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        detail = f"Git says of the folder {folder.resolve()}: {said[0] if said else 'nothing'}."
        raise UsageError(Diagnostic(GIT_UNUSABLE, detail, hint="compare two folders instead, or mend the repository"))
    return done.stdout.decode(errors="replace").strip()


def _git(folder: Path, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        detail = "There is no program `git` to read a revision with."
        raise UsageError(Diagnostic(GIT_UNUSABLE, detail, hint="install git, or compare two folders"))
    command = [program, "-C", str(folder), "--no-optional-locks", *words]
    # A hook of git names its own repository in the environment; ours is the one that the folder stands in.
    ours = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return subprocess.run(command, input=given, capture_output=True, check=False, env=ours)  # noqa: S603  # fixed words, ids and a name behind --end-of-options
