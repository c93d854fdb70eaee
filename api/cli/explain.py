"""`ordain explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import HERE, AsOfOption, JsonOption, WorkspaceOption, read_date
from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.usecases.explain import explain_person
from engine.explain.text import explanation_text
from policy.explanations import explanation_json


def explain(
    person: Annotated[str, typer.Argument(help="External id of the person.")],
    entitlement: Annotated[
        str | None,
        typer.Argument(help='In the words of the rules: "account in ad", "permission SEC-Nurse in ad".'),
    ] = None,
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why a person is entitled to something, or why not.

    Names the rule, its file and line, the contract, and each condition with the value it saw; for what somebody does
    not get, the nearest rule and what failed. Without an entitlement: everything the person is entitled to.
    """
    output = Output(as_json=as_json)
    with open_tools(workspace, progress=TerminalProgress(output.errors)) as tools:
        explanation = explain_person(tools, person, entitlement, as_of=read_date(as_of))
    output.say(explanation_text(explanation).rstrip("\n"))
    output.emit(explanation_json(explanation))
