"""`ordain graph`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.render.json_text import json_text
from api.settings.workspace import open_workspace
from api.usecases.load_policy import load_policy
from engine.graph.build import PolicyGraph, build_graph
from engine.graph.exports import graph_dot, graph_json, graph_mermaid, graph_text


class GraphFormat(StrEnum):
    """Ways to print the graph."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


def graph(
    node: Annotated[
        str | None, typer.Argument(help="Only around this part, such as rule:account or set:sites.")
    ] = None,
    *,
    workspace: WorkspaceOption = HERE,
    depth: Annotated[int, typer.Option("--depth", min=1, help="How many steps around it.")] = 1,
    output_format: Annotated[GraphFormat, typer.Option("--format", help="How it is printed.")] = GraphFormat.TEXT,
    as_json: JsonOption = False,
) -> None:
    """Print what uses what: fields, sets, defines, roles, rules, entitlements, targets, exclusions and nevers."""
    policy = load_policy(open_workspace(workspace)).require()
    whole = build_graph(policy)
    part = whole.around(whole.find(node), depth) if node else whole
    Output().raw(render_graph(part, GraphFormat.JSON if as_json else output_format))


def render_graph(part: PolicyGraph, chosen: GraphFormat) -> str:
    """Write a graph in the chosen format."""
    match chosen:
        case GraphFormat.TEXT:
            return graph_text(part)
        case GraphFormat.MERMAID:
            return graph_mermaid(part)
        case GraphFormat.DOT:
            return graph_dot(part)
        case GraphFormat.JSON:
            return json_text(graph_json(part))
