"""CEL: rules as a few expressions, lists of truths (one may not be longer), asked contract by contract."""

from __future__ import annotations

import json
from itertools import chain, compress

from cel_expr_python import cel

from bench.peers.answer import Firings, Run
from bench.peers.expressions import Language, Writer
from bench.peers.records import field_names, fields_of, records
from bench.workload.plain_rules import Op, PlainRules
from engine.columnar.columns import Columns

LANGUAGE = Language(
    both=" && ",
    either=" || ",
    opposite="!({})",
    known="{name} != null",
    words={
        Op.KNOWN: "{name} == {right}",
        Op.IN: "{name} in [{right}]",
        Op.TRUE: "{name}",
        Op.STARTS_WITH: "{name}.startsWith({right})",
        Op.ENDS_WITH: "{name}.endsWith({right})",
        Op.CONTAINS: "{name}.contains({right})",
    },
    text=json.dumps,
)
_AT_ONCE = 200
_TYPES = {"f": cel.Type.BOOL, "t": cel.Type.STRING, "n": cel.Type.INT, "d": cel.Type.INT}


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Compile the expression, and bind every contract's values."""
    writer = Writer(LANGUAGE, columns, rules)
    names = field_names(rules)
    types = [columns.fields[one].tag for one in fields_of(rules)]
    environment = cel.NewEnv(
        variables={
            name: cel.Type.DYN if name in writer.absent else _TYPES[tag] for name, tag in zip(names, types, strict=True)
        }
    )
    conditions = [writer.condition(rule) for rule in rules.rules]
    expressions = [
        environment.compile(f"[{', '.join(conditions[start : start + _AT_ONCE])}]")
        for start in range(0, len(conditions), _AT_ONCE)
    ]
    contexts = [dict(zip(names, values, strict=True)) for values in records(columns, rules)]
    numbers = range(len(rules.rules))

    def run() -> Firings:
        rows: list[int] = []
        fired: list[int] = []
        for row, context in enumerate(contexts):
            values = environment.Activation(context)
            truths = chain.from_iterable(one.eval(values).plain_value() for one in expressions)
            found = list(compress(numbers, truths))
            fired += found
            rows += [row] * len(found)
        return rows, fired

    return run
