"""Carry out what the linter is certain of, again and again until nothing changes; then the files are formatted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.usecases.files import write_whole
from api.usecases.load_policy import LoadedPolicy, compile_files
from dsl.edits import apply_fixes
from dsl.format.source import Formatted, format_source
from policy.lint import Fix, LintFinding
from policy.source import SourceFile

Look = Callable[[LoadedPolicy], Sequence[LintFinding]]


@dataclass(frozen=True, slots=True)
class FixedRules:
    """Rules with all certain fixes in them, formatted.

    `done` are the findings that were solved, in order, each at its place at that time. `changed` are the files that
    differ, each before and after.
    """

    loaded: LoadedPolicy
    done: tuple[LintFinding, ...]
    changed: tuple[tuple[SourceFile, SourceFile], ...]


def fix_rules(loaded: LoadedPolicy, folder: Path, look: Look) -> FixedRules:
    """Fix what `look` finds in rules, in memory; the lookup files they name are read from `folder`.

    Raises PolicyError when the rules have errors: they are left alone.
    """
    loaded.require()
    before = _rules(loaded)
    done: list[LintFinding] = []
    while True:
        fixable: dict[Fix, LintFinding] = {one.fix: one for one in look(loaded) if one.fix is not None}
        texts, carried_out = apply_fixes(fixable, _rules(loaded))
        if not carried_out:
            break
        done += [fixable[fix] for fix in carried_out]
        loaded = _with(loaded, texts, folder)
    looks = [_format(file) for path, file in _rules(loaded).items() if file != before[path]]
    loaded = _with(loaded, {file.path: file for file in looks}, folder)
    changed = tuple((before[file.path], file) for file in looks)
    return FixedRules(loaded, tuple(done), changed)


def write_fixed(fixed: FixedRules, folder: Path) -> None:
    """Write the files that changed whole, with the rights they had. Raises OrdainError when the disk refuses one."""
    for _, after in fixed.changed:
        real = (folder / after.path).resolve()  # behind a link: the link stays one
        write_whole(real, after.text.encode(), mode=real.stat().st_mode & 0o7777)


def _rules(loaded: LoadedPolicy) -> dict[str, SourceFile]:
    return {path: file for path, file in loaded.files.items() if path.endswith(".ordain")}


def _with(loaded: LoadedPolicy, texts: dict[str, SourceFile], folder: Path) -> LoadedPolicy:
    again = compile_files(list((_rules(loaded) | texts).values()), folder)
    assert again.compilation.policy is not None, "a certain fix leaves rules without errors"
    return again


def _format(file: SourceFile) -> SourceFile:
    outcome = format_source(file)
    assert isinstance(outcome, Formatted), "rules without errors can be formatted"
    return SourceFile(file.path, outcome.text)
