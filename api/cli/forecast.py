"""`ordain forecast`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption, read_date
from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.render.forecast_json import forecast_json
from api.render.forecast_page import MOST_LINES, render_forecast_page
from api.render.forecast_text import render_forecast
from api.render.forecast_view import ForecastView
from api.usecases.files import write_whole
from api.usecases.forecast import ForecastRequest, forecast_workspace
from engine.forecast.selection import Selection

_ALL = 2**53


def forecast(
    *,
    workspace: WorkspaceOption = HERE,
    until: Annotated[
        str | None, typer.Option("--until", help="Last day, as 2026-05-30.", show_default="90 days after the first")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First day.", show_default="today in the policy's timezone")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Show every line with its reasons.")] = False,
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="P", help="Lines of this person alone; may be repeated.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="T", help="Lines of this target alone; may be repeated.")
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="R", help="Lines that name this rule; may be repeated.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with a chart to this file.")
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Let draft rules take part.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with code 1 when a limit would trip or a never be violated.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what will be granted and revoked on which day if nobody changes rules or data.

    Starts from what is managed; with nothing managed, from what the rules give on the first day. Every day is taken as
    enforced in full, so a limit that would trip is told and holds nothing back. Targets are not read.
    """
    output = Output(as_json=as_json)
    selection = Selection(frozenset(person or ()), frozenset(target or ()), frozenset(rule or ()))
    detailed = lines or bool(selection.persons or selection.rules)
    explained = _ALL if detailed else MOST_LINES if html is not None else 0
    request = ForecastRequest(read_date(first), read_date(until), selection, drafts=drafts, most_explained=explained)
    with open_tools(workspace, progress=TerminalProgress(output.errors)) as tools:
        found = forecast_workspace(tools, request)
    view = ForecastView(found.forecast, found.workspace, found.names, found.selection)
    if html is not None:
        write_whole(html, render_forecast_page(view).encode())
    if not as_json:
        output.raw(render_forecast(view, lines=detailed))
    if html is not None:
        output.say(f"Written to {html}.")
    output.emit(forecast_json(view, lines=detailed))
    if strict and (view.tripped or view.violations):
        raise typer.Exit(Exit.PROBLEMS)
