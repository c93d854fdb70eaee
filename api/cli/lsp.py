"""`ordain lsp`."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.version import our_version
from policy.catalogue.service import FILE_NOT_WRITTEN
from policy.diagnostics import Diagnostic, OrdainError


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # the signature of an option's callback
    if wanted:
        sys.stdout.write(f"ordain {our_version()}\n")
        raise typer.Exit


def lsp(
    *,
    log: Annotated[
        Path | None, typer.Option("--log", help="Write the log into this file, instead of standard error.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every message of the protocol.")] = False,
    _stdio: Annotated[bool, typer.Option("--stdio", help="Speak over standard input and output, as always.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Serve editors: problems as you type, completion, hover, definitions, new names, quick fixes, counts and tests.

    An editor starts this itself and speaks the Language Server Protocol with it over standard input and output. Tell
    it to run `ordain lsp` for files that end in .ordain; docs/editor.md shows how for VS Code, Neovim and Helix. The
    server looks for the ordain.toml above a file, shows everything of that workspace, and never writes into it.
    """
    # Loaded here: no other command should wait for it.
    from api.lsp.features import make_server  # noqa: PLC0415

    _begin_log(log, verbose=verbose)
    server = make_server()
    # The protocol has standard output for itself: whatever else would be written there goes to standard error.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, redirect_stdout(sys.stderr):
        server.start_io(stdout=output)
    if not server.was_shut_down:
        raise typer.Exit(Exit.PROBLEMS)


def _begin_log(path: Path | None, *, verbose: bool) -> None:
    """Log into a file, or on standard error. Raises OrdainError when the file cannot be written."""
    try:
        handler = logging.StreamHandler(sys.stderr) if path is None else logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        detail = f"{path} cannot be written: {(error.strerror or 'no reason given').lower()}."
        raise OrdainError(Diagnostic(FILE_NOT_WRITTEN, detail, hint="name another file with --log")) from None
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, format=form, handlers=[handler])
    if not verbose:
        logging.getLogger("pygls").setLevel(logging.CRITICAL)  # what it reports reaches our own log
