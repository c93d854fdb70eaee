"""Options that many commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[
    Path,
    typer.Option("-w", "--workspace", help="The workspace: a folder with an ordain.toml.", show_default="this folder"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output, for a machine.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="Calendar date to evaluate for, as 2026-03-01.", show_default="today in the policy's timezone"
    ),
]
HERE = Path()


def read_date(text: str | None) -> date | None:
    """Date of an option. Raises BadParameter (exit 2) unless it is an ISO date."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Python reads week dates and dates without hyphens too; rules know one form, and so do we.
    if day is None or day.isoformat() != text:
        raise typer.BadParameter(f"{text} is no date; write it as 2026-03-01")
    return day
