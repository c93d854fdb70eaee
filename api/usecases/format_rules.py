"""Format rules files: which ones, what they should look like, and writing those that look otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from api.settings.workspace import Workspace
from api.usecases.files import write_whole
from api.usecases.load_policy import find_not_utf8
from dsl.format.source import Formatted, format_source
from policy.catalogue.formatting import NOT_A_RULES_FILE
from policy.catalogue.service import FILE_NOT_READ
from policy.catalogue.workspace import NO_RULES
from policy.diagnostics import Diagnostic, UsageError
from policy.source import SourceFile

SUFFIX = ".ordain"
Progress = Callable[[str, int, int], None]


class FileState(StrEnum):
    """What became, or would become, of a file."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """A file that was looked at: its text `before`, as it stands on disk, and `after`.

    `path` is None for standard input. With `problems` the text stays what it was.
    """

    source: SourceFile
    path: Path | None
    before: str
    after: str
    problems: tuple[Diagnostic, ...] = ()

    @property
    def state(self) -> FileState:
        """What became of it."""
        if self.problems:
            return FileState.ERROR
        return FileState.UNCHANGED if self.before == self.after else FileState.CHANGED


def find_rules(named: Sequence[Path], here: Path) -> list[Path]:
    """Rules files among files and folders, each once, sorted; paths below `here` are relative to it.

    Raises UsageError with every path that is not there, is no rules file, or a folder without any.
    """
    found: dict[Path, Path] = {}
    problems: list[Diagnostic] = []
    for path in named:
        below = sorted(one for one in path.rglob(f"*{SUFFIX}") if one.is_file()) if path.is_dir() else [path]
        problem = _judge(path, below)
        if problem is not None:
            problems.append(problem)
        found |= {one.resolve(): _from_here(one, here) for one in below if one.resolve() not in found}
    if problems:
        raise UsageError(*problems)
    return sorted(found.values())


def rules_of(workspace: Workspace, here: Path) -> list[Path]:
    """Give the rules files of a workspace. Raises UsageError when there is none."""
    folder = workspace.rules_folder
    if not folder.is_dir():
        raise UsageError(_nothing_in(folder))
    return find_rules([folder], here)


def format_files(paths: Iterable[Path], progress: Progress) -> list[FormattedFile]:
    """Read and format files; nothing is written. Raises UsageError when one cannot be read."""
    ordered = list(paths)
    formatted = []
    for number, path in enumerate(ordered):
        progress("formatting", number, len(ordered))
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(_unreadable(path, error.strerror or "no reason given")) from None
        formatted.append(format_content(content, path.as_posix(), path))
    return formatted


def format_content(content: bytes, name: str, path: Path | None = None) -> FormattedFile:
    """Format the bytes of a rules file; `name` is how its problems call it."""
    before = content.decode("utf-8", errors="replace")
    source = SourceFile.from_text(name, before)
    unreadable = find_not_utf8(content, name)
    if unreadable is not None:
        return FormattedFile(source, path, before, before, (unreadable,))
    outcome = format_source(source)
    if isinstance(outcome, Formatted):
        return FormattedFile(source, path, before, outcome.text)
    return FormattedFile(source, path, before, before, outcome.problems)


def write_formatted(files: Iterable[FormattedFile]) -> None:
    """Write every changed file whole, with the rights it had. Raises OrdainError when the disk does not take one."""
    for file in files:
        if file.path is not None and file.state is FileState.CHANGED:
            real = file.path.resolve()  # behind a link: the link stays one
            write_whole(real, file.after.encode(), mode=real.stat().st_mode & 0o7777)


def _judge(path: Path, below: Sequence[Path]) -> Diagnostic | None:
    if path.is_dir():
        return None if below else _nothing_in(path)
    if not path.exists():
        return _unreadable(path, "there is no such file or folder")
    if path.suffix != SUFFIX:
        hint = f"name files that end in {SUFFIX}, or the folder they stand in"
        return Diagnostic(NOT_A_RULES_FILE, f"{path} does not end in {SUFFIX}.", hint=hint, subject=str(path))
    return None


def _nothing_in(folder: Path) -> Diagnostic:
    detail = f"There is no *{SUFFIX} file under {folder}."
    return Diagnostic(NO_RULES, detail, hint="name another folder, or the files themselves", subject=str(folder))


def _unreadable(path: Path, why: str) -> Diagnostic:
    return Diagnostic(FILE_NOT_READ, f"{path} cannot be read: {why.lower()}.", subject=str(path))


def _from_here(path: Path, here: Path) -> Path:
    whole = here / path
    return whole.relative_to(here) if whole.is_relative_to(here) else path
