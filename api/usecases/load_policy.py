"""Load the policy of a workspace: its rules files, the lookup files they name, and the commit they stand at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from api.settings.workspace import Workspace
from dsl.compile import Compilation, compile_policy, lookup_names
from policy.catalogue.workspace import FILE_MISSING, NO_RULES
from policy.diagnostics import DataError, Diagnostic, UsageError
from policy.rules import CheckedPolicy
from policy.source import SourceFile, Span


class PolicyError(DataError):
    """The rules have errors; `files` are the files they stand in, by path, so that lines can be shown."""

    def __init__(self, diagnostics: Sequence[Diagnostic], files: Mapping[str, SourceFile]) -> None:
        super().__init__(*diagnostics)
        self.files = files


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A compilation and the files it came from, by path."""

    compilation: Compilation
    files: Mapping[str, SourceFile]

    def require(self) -> CheckedPolicy:
        """Give the policy. Raises DataError with every problem when there are errors."""
        if self.compilation.policy is None:
            raise PolicyError(self.compilation.diagnostics, self.files)
        return self.compilation.policy


def load_policy(workspace: Workspace) -> LoadedPolicy:
    """Read and compile every `*.ordain` file under the rules folder. Raises UsageError when there is none."""
    folder = workspace.rules_folder
    paths = [path for path in sorted(folder.rglob("*.ordain")) if path.is_file()]
    if not paths:
        detail = f"There is no *.ordain file under {workspace.settings.workspace.rules}."
        hint = "add one with a policy declaration, or correct workspace.rules in ordain.toml"
        raise UsageError(Diagnostic(NO_RULES, detail, hint=hint, subject=workspace.settings.workspace.rules))
    files = [read_source(path, folder) for path in paths]
    unreadable = [
        problem
        for path, file in zip(paths, files, strict=True)
        if (problem := find_not_utf8(path.read_bytes(), file.path))
    ]
    loaded = compile_files(files, folder)
    return _with_unreadable(loaded, unreadable) if unreadable else loaded


def compile_files(
    files: list[SourceFile], folder: Path, *, open_lookups: Mapping[str, SourceFile] | None = None
) -> LoadedPolicy:
    """Compile rules that were read already; the lookup files they name are read from `folder`.

    `open_lookups` are lookup files, by path, that stand in for those of the folder.
    """
    lookups = dict(open_lookups or {})
    for name in set(lookup_names(files)) - lookups.keys():
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(folder.resolve()):
            lookups[name] = read_source(path, folder.resolve())
    return LoadedPolicy(compile_policy(files, lookups), {file.path: file for file in (*files, *lookups.values())})


def read_source(path: Path, folder: Path) -> SourceFile:
    """Read a text file as UTF-8; a byte that is none becomes U+FFFD, so that the rest can still be checked.

    Raises UsageError when the file cannot be read at all.
    """
    name = path.relative_to(folder).as_posix()
    try:
        return SourceFile.from_text(name, path.read_bytes().decode("utf-8", errors="replace"))
    except OSError as error:
        detail = f"{name} cannot be read: {error.strerror}."
        raise UsageError(Diagnostic(FILE_MISSING, detail, subject=name)) from None


def find_not_utf8(content: bytes, name: str) -> Diagnostic | None:
    """Problem of a rules file with a byte that is no text: rules are never read with a guess in them."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        *_, line = content[: error.start].decode("utf-8").split("\n")
        number, column = content.count(b"\n", 0, error.start) + 1, len(line) + 1
        span = Span(name, number, column, number, column + 1)
        detail = "Here stands a byte that is no text in UTF-8."
        return Diagnostic(FILE_MISSING, detail, span=span, hint="save the file as UTF-8")
    return None


def _with_unreadable(loaded: LoadedPolicy, unreadable: list[Diagnostic]) -> LoadedPolicy:
    """Add the files that are not UTF-8; what the compiler made of the same place says nothing more."""
    places = {(one.span.path, one.span.line, one.span.column) for one in unreadable if one.span}
    others = [
        one
        for one in loaded.compilation.diagnostics
        if one.span is None or (one.span.path, one.span.line, one.span.column) not in places
    ]
    together = tuple(sorted([*unreadable, *others], key=lambda one: one.sort_key))
    return replace(loaded, compilation=replace(loaded.compilation, policy=None, diagnostics=together))
