"""`ordain show`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.compose import open_tools
from api.render.diff_page import render_page
from api.render.diff_text import render_csv, render_diff
from api.render.diff_view import DiffView, view_json
from api.render.events_text import render_events
from api.render.json_text import json_text
from api.tools import Tools
from api.usecases.bundle import write_bundle
from api.usecases.diffs import disclose_line, read_events, view_diff
from api.usecases.files import write_whole


class ShowFormat(StrEnum):
    """Ways to show a diff."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def show(
    diff: Annotated[
        str | None, typer.Argument(help="Id (or its beginning) or folder; without it, a list of diffs.")
    ] = None,
    *,
    workspace: WorkspaceOption = HERE,
    output_format: Annotated[ShowFormat, typer.Option("--format", help="How it is shown.")] = ShowFormat.TEXT,
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the screen.")] = None,
    disclose: Annotated[
        int | None,
        typer.Option("--disclose", metavar="N", help="Give line N alone, with the proof that it was signed."),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle", metavar="DIR", help="Write everything signed about it to a folder, for `ordain verify DIR`."
        ),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Show the events that fire with it: what would be told to whom.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a diff: every line with its reasons. `--format html` makes a page that needs no server."""
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        if diff is None:
            _list(tools, output)
            return
        if bundle is not None:
            files = write_bundle(tools, diff, bundle)
            output.say(f"{len(files)} files written to {bundle}. Check them: ordain verify {bundle}")
            output.emit({"folder": str(bundle), "files": list(files)})
            return
        if events:
            content = read_events(tools, diff)
            text = json_text([json.loads(one) for one in content.splitlines()]) if as_json else render_events(content)
        elif disclose is not None:
            text = disclose_line(tools, diff, disclose).decode()
        else:
            text = _render(view_diff(tools, diff), ShowFormat.JSON if as_json else output_format)
    if out is None:
        output.raw(text)
    else:
        write_whole(out, text.encode())
        output.say(f"Written to {out}.")


def _render(view: DiffView, chosen: ShowFormat) -> str:
    match chosen:
        case ShowFormat.TEXT:
            return render_diff(view)
        case ShowFormat.JSON:
            return json_text(view_json(view))
        case ShowFormat.CSV:
            return render_csv(view)
        case ShowFormat.HTML:
            return render_page(view)


def _list(tools: Tools, output: Output) -> None:
    with tools.store.read() as tx:
        headings = tx.diffs.list()
    output.table(
        ("diff", "as of", "signed (UTC)", "purpose", "state", "asked for by"),
        [
            (one.id, str(one.as_of), f"{one.created_at:%Y-%m-%d %H:%M}", one.purpose, one.state.value, one.requested_by)
            for one in headings
        ],
    )
    if not headings:
        output.say("There are no diffs yet: `ordain evaluate` makes one.")
    output.emit(
        [
            {
                "diff": one.id,
                "as_of": one.as_of.isoformat(),
                "created_at": one.created_at.isoformat(),
                "purpose": one.purpose,
                "state": one.state.value,
                "requested_by": one.requested_by,
            }
            for one in headings
        ]
    )
