"""`ordain fmt`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output, TerminalProgress
from api.render.counting import counted
from api.render.diagnostics import render_json
from api.render.file_diff import render_file_diff
from api.settings.workspace import open_workspace
from api.usecases.format_rules import (
    FileState,
    FormattedFile,
    find_rules,
    format_content,
    format_files,
    rules_of,
    write_formatted,
)
from policy.canonical import JsonValue

_STANDARD_INPUT = Path("-")


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Rules files, folders of them, or - for standard input to standard output.",
            metavar="PATH",
            show_default="the rules of the workspace",
        ),
    ] = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list the files that would change, and fail if any.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
    stdin_filename: Annotated[
        str, typer.Option("--stdin-filename", help="With -: how problems name the text.", metavar="NAME")
    ] = "standard-input.ordain",
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Format rules files in the one style, comments kept. It never changes what they mean.

    A file with an error is left as it is and the error is shown: exit code 1. With --check, 1 too when a file would
    change.
    """
    output = Output(as_json=as_json)
    named = paths or []
    if _STANDARD_INPUT in named:
        if len(named) > 1:
            raise typer.BadParameter("- stands for standard input and goes with no other path")
        files = [format_content(sys.stdin.buffer.read(), stdin_filename)]
    else:
        here = Path.cwd()
        found = find_rules(named, here) if named else rules_of(open_workspace(workspace), here)
        files = format_files(found, TerminalProgress(output.errors))
        if not (check or diff):
            write_formatted(files)
    _show(output, files, check=check, diff=diff)
    states = {file.state for file in files}
    if FileState.ERROR in states or (check and FileState.CHANGED in states):
        raise typer.Exit(Exit.PROBLEMS)


def _show(output: Output, files: list[FormattedFile], *, check: bool, diff: bool) -> None:
    problems = [problem for file in files for problem in file.problems]
    changed = [file for file in files if file.state is FileState.CHANGED]
    if output.as_json:
        output.emit({"files": [_as_json(file, diff=diff) for file in files], "problems": render_json(problems)})
        return
    output.problems(problems, {file.source.path: file.source for file in files})
    if diff:
        for file in changed:
            output.raw(render_file_diff(file.source.path, file.before, file.after))
    elif files[0].path is None and not check:
        output.exact("" if problems else files[0].after)
    elif files[0].path is not None or changed:
        for file in changed:
            output.say(f"{'would change' if check else 'formatted'} {file.source.path}")
        output.say(_count(files, wrote=not check))


def _count(files: list[FormattedFile], *, wrote: bool) -> str:
    number = {state: sum(file.state is state for file in files) for state in FileState}
    changed = counted(number[FileState.CHANGED], "file") + (" changed" if wrote else " would change")
    broken = counted(number[FileState.ERROR], "file") + " with errors left alone" if number[FileState.ERROR] else ""
    parts = (changed, f"{number[FileState.UNCHANGED]:,} as they should be", broken)
    return ", ".join(part for part in parts if part)


def _as_json(file: FormattedFile, *, diff: bool) -> JsonValue:
    value: dict[str, JsonValue] = {"path": file.source.path, "state": file.state.value}
    if file.path is None:
        value["text"] = file.after
    if diff and file.state is FileState.CHANGED:
        value["diff"] = render_file_diff(file.source.path, file.before, file.after)
    return value
