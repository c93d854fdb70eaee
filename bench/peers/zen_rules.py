"""ZEN: one decision table that collects, a row to a rule, asked for all contracts in one batch."""

from __future__ import annotations

import json
from typing import Any

import zen

from bench.peers.answer import Firings, Run
from bench.peers.expressions import Language, Writer
from bench.peers.records import field_names, records
from bench.workload.plain_rules import Op, PlainRules
from engine.columnar.columns import Columns

LANGUAGE = Language(
    both=" and ",
    either=" or ",
    opposite="not ({})",
    known="{name} != null",
    words={
        Op.KNOWN: "{name} == {right}",
        Op.IN: "{name} in [{right}]",
        Op.TRUE: "{name} == true",
        Op.STARTS_WITH: "startsWith({name}, {right})",
        Op.ENDS_WITH: "endsWith({name}, {right})",
        Op.CONTAINS: "contains({name}, {right})",
    },
    text=lambda text: f"'{text}'",
)


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Make the decision, and a context of every contract."""
    writer = Writer(LANGUAGE, columns, rules)
    table = [{"_id": rule.id, "if": writer.condition(rule), "number": str(rule.number)} for rule in rules.rules]
    content = zen.ZenDecisionContent(json.dumps(_graph(table)))
    engine = zen.ZenEngine({"loader": lambda _: content})
    names = field_names(rules)
    asked = [{"key": "rules", "context": dict(zip(names, values, strict=True))} for values in records(columns, rules)]

    def run() -> Firings:
        fired = [[hit["number"] for hit in one["data"]["result"]] for one in engine.evaluate_batch(asked)]
        return [row for row, found in enumerate(fired) for _ in found], [number for found in fired for number in found]

    return run


def _graph(table: list[dict[str, str]]) -> dict[str, Any]:
    """Graph of input, table and output."""
    place = {"x": 0, "y": 0}
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": "if", "name": "if"}],
        "outputs": [{"id": "number", "name": "number", "field": "number"}],
        "rules": table,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {"id": "rules", "name": "rules", "type": "decisionTableNode", "position": place, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": "first", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "last", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
