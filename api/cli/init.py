"""`ordain init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import Output
from api.usecases.examples import copy_example


def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")] = Path()) -> None:
    """Make a workspace to begin with: a small clinic with rules, people and one target, to be changed into yours."""
    copy_example("first-steps", folder)
    output = Output()
    output.say(f"Made a workspace in {folder.resolve()}.")
    output.say("")
    output.say("  ordain.toml            where people come from, where access lives")
    output.say("  rules/harbour.ordain   who gets what: read it aloud")
    output.say("  hr/vault.json          invented people")
    output.say("")
    here = "" if folder == Path() else f" -w {folder}"
    output.say(f"Next: ordain check{here}, then ordain evaluate{here}")
