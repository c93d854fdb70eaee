"""Cedar: a rule is a policy, a contract a principal; the policies that permit it are the rules that fire."""

from __future__ import annotations

import json

import cedarpy

from bench.peers.answer import Firings, Run
from bench.peers.expressions import Language, Writer
from bench.peers.records import field_names, records
from bench.workload.plain_rules import Op, PlainRules
from engine.columnar.columns import Columns

LANGUAGE = Language(
    both=" && ",
    either=" || ",
    opposite="!({})",
    known="principal has {name}",
    words={
        Op.KNOWN: "principal.{name} == {right}",
        Op.IN: "[{right}].contains(principal.{name})",
        Op.TRUE: "principal.{name}",
        **{op: f"principal.{{name}} {sign} {{right}}" for op, sign in
           ((Op.LESS, "<"), (Op.AT_MOST, "<="), (Op.MORE, ">"), (Op.AT_LEAST, ">="))},
    },
    text=json.dumps,
)  # fmt: skip
_HEAD = "permit(principal, action, resource) when {{ {} }};"


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Parse policies and entities once, and keep the handles."""
    writer = Writer(LANGUAGE, columns, rules)
    policies = cedarpy.PolicySet.from_str("\n".join(_HEAD.format(writer.condition(rule)) for rule in rules.rules))
    names, rows = field_names(rules), records(columns, rules)
    entities = cedarpy.Entities.from_json_str(json.dumps([
        {
            "uid": {"type": "Contract", "id": str(row)},
            "attrs": {name: value for name, value in zip(names, values, strict=True) if value is not None},
            "parents": [],
        }
        for row, values in enumerate(rows)
    ]))  # fmt: skip
    asked = [
        {
            "principal": {"type": "Contract", "id": str(row)},
            "action": {"type": "Action", "id": "hold"},
            "resource": {"type": "System", "id": "all"},
            "context": {},
        }
        for row in range(len(rows))
    ]

    def run() -> Firings:
        found = cedarpy.is_authorized_batch(asked, policies, entities)
        fired = [one.diagnostics.reasons for one in found]
        numbers = [int(policy.removeprefix("policy")) for reasons in fired for policy in reasons]
        return [row for row, reasons in enumerate(fired) for _ in reasons], numbers

    return run
