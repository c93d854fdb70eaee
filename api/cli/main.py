"""The command `ordain`: puts the commands together and turns errors into words and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from api.cli.exits import Exit, exit_of
from api.cli.output import Output
from api.cli.registry import COMMANDS, GROUPS, help_of, load
from api.version import our_version
from policy.catalogue.service import WRONG_CALL
from policy.diagnostics import Diagnostic, OrdainError

_OBJECTS_BETWEEN_LOOKS = 200_000
_NAMES = {**COMMANDS, **GROUPS}
_QUICKER_STARTS = {
    "PYDANTIC_DISABLE_PLUGINS": "__all__",  # looking for some reads the metadata of every installed distribution
    "OPENBLAS_NUM_THREADS": "1",  # numpy starts a thread per processor for products of matrices, of which we have none
}


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # the signature of an option's callback
    if wanted:
        sys.stdout.write(f"ordain {our_version()}\n")
        raise typer.Exit


def _options(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options of `ordain` itself."""


def build_app(words: Sequence[str] = ()) -> typer.Typer:
    """Command line for these words: what they do not name is there for help alone. Without words it is whole."""
    app = typer.Typer(
        name="ordain",
        help="Rules as code for who gets which access: evaluate, sign, approve and enforce entitlement diffs.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Exit codes: 0 fine, 1 problems found in rules or data, 2 wrong usage, 3 refused, 4 the world failed.",
    )
    app.callback()(_options)
    if list(words) == ["--version"]:
        return app
    named = words[0] if words else None
    for name, place in COMMANDS.items():
        if named in {None, name}:
            app.command(name)(load(place))
        elif named not in _NAMES:
            app.command(name, help=help_of(place))(_options)
    for name, place in GROUPS.items():
        if named in {None, name}:
            app.add_typer(load(place), name=name)
        elif named not in _NAMES:
            app.add_typer(typer.Typer(help=help_of(place)), name=name)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code."""
    words = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # an output that cannot take a letter is no failure
    # The tree of a policy is hundreds of thousands of small objects that live as long as the command: looking through
    # them for circles at Python's pace takes a third of the time in which 5,000 rules are read.
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 100)
    for name, value in _QUICKER_STARTS.items():
        os.environ.setdefault(name, value)
    code = _run(words, Output(as_json="--json" in words))
    if arguments is None:
        gc.freeze()  # the process ends: looking for circles among what it leaves takes a fifth of a short command
    sys.exit(code)


def _run(words: list[str], output: Output) -> int:
    try:
        code = _call(words)
        sys.stdout.flush()
    except OrdainError as error:
        output.problems(error.diagnostics, getattr(error, "files", None))  # a PolicyError brings its files
        return exit_of(error)
    except TyperException as error:
        output.problems([_say_usage(error)])
        return Exit.USAGE
    except KeyboardInterrupt:
        output.warn("Stopped. What was done is in the ledger; run the same command again to go on.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not a failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except Exception as error:  # the last door: nobody should see a stack trace
        if os.environ.get("ORDAIN_DEBUG"):
            raise
        output.warn(f"This is a mistake in Ordain itself ({type(error).__name__}: {error}).")
        output.warn("Set ORDAIN_DEBUG=1 and run the command again to see where it happened.")
        return Exit.WORLD
    return code


def _call(words: list[str]) -> int:
    """Call the command that `words` name. The library's own ending of a program is not used: it hides why it ended."""
    if "_ORDAIN_COMPLETE" in os.environ:
        get_command(build_app())(args=words, prog_name="ordain")
    command = get_command(build_app(words or ["--help"]))
    if not words:
        sys.stderr.write(command.get_help(command.make_context("ordain", [], resilient_parsing=True)) + "\n")
        return Exit.USAGE
    try:
        with command.make_context("ordain", list(words)) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    return Exit.FINE


def _say_usage(error: TyperException) -> Diagnostic:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "ordain"
    detail = error.format_message().replace("Value error, ", "").removeprefix("Invalid value: ")
    if detail.startswith("Usage:"):
        detail = f"`{path}` is a group of commands: name one of them."
    return Diagnostic(WRONG_CALL, detail, hint=f"`{path} --help` shows how it is called")
