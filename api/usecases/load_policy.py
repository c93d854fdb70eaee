"""Load the policy of a workspace: its rules files, the lookup files they name, and the commit they stand at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.settings.workspace import Workspace
from dsl.compile import Compilation, compile_policy, lookup_names
from policy.catalogue.workspace import FILE_MISSING, NO_RULES
from policy.diagnostics import DataError, Diagnostic, UsageError
from policy.rules import CheckedPolicy
from policy.source import SourceFile


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
    files = [read_source(path, folder) for path in sorted(folder.rglob("*.ordain")) if path.is_file()]
    if not files:
        detail = f"There is no *.ordain file under {workspace.settings.workspace.rules}."
        hint = "add one with a policy declaration, or correct workspace.rules in ordain.toml"
        raise UsageError(Diagnostic(NO_RULES, detail, hint=hint, subject=workspace.settings.workspace.rules))
    return compile_files(files, folder)


def compile_files(files: list[SourceFile], folder: Path) -> LoadedPolicy:
    """Compile rules that were read already; the lookup files they name are read from `folder`."""
    lookups = {}
    for name in lookup_names(files):
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(folder.resolve()):
            lookups[name] = read_source(path, folder.resolve())
    return LoadedPolicy(compile_policy(files, lookups), {file.path: file for file in (*files, *lookups.values())})


def read_source(path: Path, folder: Path) -> SourceFile:
    """Read a text file as UTF-8. Raises UsageError that names it."""
    name = path.relative_to(folder).as_posix()
    try:
        return SourceFile.from_text(name, path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        detail = f"{name} is not UTF-8: byte {error.start} cannot be read."
        raise UsageError(Diagnostic(FILE_MISSING, detail, hint="save it as UTF-8", subject=name)) from None
    except OSError as error:
        detail = f"{name} cannot be read: {error.strerror}."
        raise UsageError(Diagnostic(FILE_MISSING, detail, subject=name)) from None
