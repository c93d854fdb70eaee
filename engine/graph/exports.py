"""Written forms of a policy graph: text, Mermaid, DOT and JSON, each in one order and safe for any name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.graph.build import PolicyGraph
from engine.graph.nodes import Node, NodeKind
from policy.canonical import JsonValue

_SHAPES = {
    NodeKind.TARGET: ("[(", ")]", "cylinder"),
    NodeKind.FIELD: ("(", ")", "ellipse"),
    NodeKind.SET: ("[/", "/]", "parallelogram"),
    NodeKind.DEFINE: ("{{", "}}", "hexagon"),
    NodeKind.ROLE: ("[[", "]]", "folder"),
    NodeKind.RULE: ("[", "]", "box"),
    NodeKind.ENTITLEMENT: ("([", "])", "note"),
    NodeKind.EXCLUSION: (">", "]", "octagon"),
    NodeKind.NEVER: ("[\\", "/]", "doubleoctagon"),
    NodeKind.EVENT: (">", "]", "cds"),
}


def graph_text(graph: PolicyGraph) -> str:
    """Every node by kind with its place, below it what it uses; LF line ends."""
    return "".join(f"{line}\n" for line in _text_lines(graph))


def graph_mermaid(graph: PolicyGraph) -> str:
    """Mermaid flowchart; nodes are numbered, names stand in quoted labels with every special sign escaped."""
    numbers = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node, number in numbers.items():
        opening, closing, _ = _SHAPES[node.kind]
        lines.append(f'    {number}{opening}"{node.kind}<br/>{_mermaid_text(_label(graph, node))}"{closing}')
    lines += [f"    {numbers[edge.user]} -- {edge.relation} --> {numbers[edge.used]}" for edge in graph.edges]
    return "".join(f"{line}\n" for line in lines)


def graph_dot(graph: PolicyGraph) -> str:
    """DOT digraph (Graphviz); names stand in double-quoted strings."""
    numbers = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["digraph policy {", "    rankdir=LR;"]
    for node, number in numbers.items():
        label = f"{node.kind}\\n{_dot_text(_label(graph, node))}"
        lines.append(f'    {number} [shape={_SHAPES[node.kind][2]}, label="{label}"];')
    lines += [f'    {numbers[edge.user]} -> {numbers[edge.used]} [label="{edge.relation}"];' for edge in graph.edges]
    return "".join(f"{line}\n" for line in (*lines, "}"))


def graph_json(graph: PolicyGraph) -> dict[str, JsonValue]:
    """JSON object: `nodes` with name, kind, id, title, place and draft; `edges` by name; `order`: used before user."""
    return {
        "nodes": [
            {
                "name": str(node),
                "kind": node.kind.value,
                "id": node.id,
                "title": facts.title,
                "at": facts.span.at if facts.span else None,
                "draft": facts.draft,
            }
            for node, facts in graph.facts.items()
        ],
        "edges": [
            {"user": str(edge.user), "used": str(edge.used), "relation": edge.relation.value} for edge in graph.edges
        ],
        "order": [str(node) for node in graph.in_order()],
    }


def _text_lines(graph: PolicyGraph) -> Iterator[str]:
    for node, facts in graph.facts.items():
        title = f" “{_one_line(facts.title)}”" if facts.title else ""
        place = f"  ({facts.span.at})" if facts.span else ""
        yield f"{node.kind} {_one_line(_label(graph, node))}{title}{place}"
        for edge in graph.edges:
            if edge.user == node:
                yield f"    {edge.relation} {edge.used.kind} {_one_line(edge.used.id)}"


def _label(graph: PolicyGraph, node: Node) -> str:
    return f"{node.id} (draft)" if graph.facts[node].draft else node.id


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def _mermaid_text(text: str) -> str:
    """Escape all but letters, digits and a few harmless signs as entities, which Mermaid writes `#number;`."""
    return "".join(sign if sign.isalnum() or sign in " -_.:" else f"#{ord(sign)};" for sign in text)


def _dot_text(text: str) -> str:
    return _one_line(text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
