"""The command `ordain`: puts the commands together and turns errors into words and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.exits import Exit, exit_of
from api.cli.output import Output
from api.cli.registry import COMMANDS, GROUPS, load
from api.usecases.load_policy import PolicyError
from api.version import our_version
from policy.diagnostics import OrdainError


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


def build_app(words: Sequence[str]) -> typer.Typer:
    """Command line for these words: with the one command they name, or with all of them for help and mistakes."""
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
    named = words[0] if words and words[0] in {**COMMANDS, **GROUPS} else None
    for name, place in COMMANDS.items():
        if named in {None, name}:
            app.command(name)(load(place))
    for name, place in GROUPS.items():
        if named in {None, name}:
            app.add_typer(load(place), name=name)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code."""
    words = sys.argv[1:] if arguments is None else arguments
    output = Output(as_json="--json" in words)
    try:
        build_app(words)(args=words, prog_name="ordain")
    except OrdainError as error:
        output.problems(error.diagnostics, error.files if isinstance(error, PolicyError) else None)
        sys.exit(exit_of(error))
    except KeyboardInterrupt:
        output.warn("Stopped. What was done is in the ledger; run the same command again to go on.")
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not a failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.FINE)
    except Exception as error:  # the last door: nobody should see a stack trace
        if os.environ.get("ORDAIN_DEBUG"):
            raise
        output.warn(
            f"This is a mistake in Ordain itself ({type(error).__name__}: {error}). Nothing was left half done."
        )
        output.warn("Set ORDAIN_DEBUG=1 and run the command again to see where it happened.")
        sys.exit(Exit.WORLD)
