"""Plain Python: all rules as one function, compiled once; rules of a window stand together behind its test."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bench.peers.answer import Firings, Run, joined
from bench.peers.codes import field_name
from bench.peers.records import field_names, operand, records
from bench.workload.plain_rules import Op, PlainRules, Test
from engine.columnar.columns import Columns

_SIGNS = {Op.LESS: "<", Op.AT_MOST: "<=", Op.MORE: ">", Op.AT_LEAST: ">="}


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Write and compile the function, and put every contract's values in a tuple."""
    names = field_names(rules)
    rows = records(columns, rules)
    scope: dict[str, Any] = {}
    exec(function_text(rules, names, scope), scope)  # noqa: S102  # that it is compiled from text is the point
    decide = scope["decide"]

    def run() -> Firings:
        found, numbers = decide(rows)
        return found, numbers

    return run


def function_text(rules: PlainRules, names: tuple[str, ...], scope: dict[str, Any]) -> str:
    """Text of the function; the patterns it needs are put in `scope`."""
    lines = [
        "def decide(rows):",
        "    found, numbers = [], []",
        "    hit = numbers.append",
        f"    for row, ({', '.join(names)},) in enumerate(rows):",
        "        before = len(numbers)",
    ]
    for starts_days, ends_days in rules.windows:
        latest = (rules.as_of + timedelta(days=starts_days)).toordinal()
        earliest = (rules.as_of - timedelta(days=ends_days)).toordinal()
        lines.append(f"        if contract_start_date <= {latest} and "
                     f"(contract_end_date is None or contract_end_date >= {earliest}):")  # fmt: skip
        for rule in rules.rules:
            if (rule.starts_days, rule.ends_days) == (starts_days, ends_days):
                text = joined(rule.term, lambda test: _test(test, scope), both=" and ", either=" or ")
                lines.append(
                    f"            if {text}: hit({rule.number})" if text else f"            hit({rule.number})"
                )
    lines += ["        found += [row] * (len(numbers) - before)", "    return found, numbers"]
    return "\n".join(lines)


def _test(test: Test, scope: dict[str, Any]) -> str:
    name, right = field_name(test.root, test.path), operand(test)
    match test.op:
        case Op.IN:
            asked = f"{name} == {right[0]!r}" if len(right) == 1 else f"{name} in {{{', '.join(map(repr, right))}}}"
        case Op.KNOWN:
            asked = f"{name} is not None"
        case Op.TRUE:
            asked = name
        case Op.STARTS_WITH:
            asked = f"({name} is not None and {name}.startswith({right!r}))"
        case Op.ENDS_WITH:
            asked = f"({name} is not None and {name}.endswith({right!r}))"
        case Op.CONTAINS:
            asked = f"({name} is not None and {right!r} in {name})"
        case Op.MATCHES:
            pattern = f"pattern_{len(scope)}"
            scope[pattern] = re.compile(right).fullmatch
            asked = f"({name} is not None and {pattern}({name}) is not None)"
        case _:
            asked = f"({name} is not None and {name} {_SIGNS[test.op]} {right!r})"
    return f"(not {asked})" if test.negated else asked
