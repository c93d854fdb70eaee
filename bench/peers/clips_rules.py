"""CLIPS: a contract is a fact, a rule a production of the Rete network; all facts are asserted anew each time."""

from __future__ import annotations

import json
from typing import Any

import clips

from bench.peers.answer import Firings, Run, fold
from bench.peers.codes import field_name, window_tests
from bench.peers.expressions import SIGNS
from bench.peers.records import field_names, operand, records
from bench.workload.firings import truths
from bench.workload.plain_rules import All, Op, PlainRule, PlainRules, Term, Test
from engine.columnar.columns import Columns

_ABSENT = clips.Symbol("nil")


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Build the network, and the slots of every fact."""
    writer = _Productions(columns, rules)
    names = field_names(rules)
    rows: list[int] = []
    numbers: list[int] = []

    def hit(row: int, number: int) -> None:
        rows.append(row)
        numbers.append(number)

    environment = clips.Environment()
    environment.define_function(hit, name="hit")
    environment.build(f"(deftemplate contract (slot row) {' '.join(f'(slot {name})' for name in names)})")
    for rule in rules.rules:
        environment.build(writer.production(rule))
    template = environment.find_template("contract")
    facts = [
        {"row": row, **{name: _slot(value) for name, value in zip(names, values, strict=True)}}
        for row, values in enumerate(records(columns, rules))
    ]

    def run() -> Firings:
        rows.clear()
        numbers.clear()
        environment.reset()
        for one in facts:
            template.assert_fact(**one)
        environment.run()
        return rows.copy(), numbers.copy()

    return run


def _slot(value: Any) -> Any:  # noqa: ANN401  # text, number, flag or nothing
    return _ABSENT if value is None else value


class _Productions:
    """Writes productions: what a rule asks of one slot stands in the pattern, what it asks of several in a test."""

    def __init__(self, columns: Columns, rules: PlainRules) -> None:
        self.columns = columns
        self.rules = rules

    def production(self, rule: PlainRule) -> str:
        """Production of a rule."""
        parts = rule.term.parts if isinstance(rule.term, All) else (rule.term,)
        asked = [*window_tests(rule.starts_days, rule.ends_days, self.rules), *parts]
        slots: dict[str, list[str]] = {}
        tests = []
        for part in asked:
            if isinstance(part, Test):
                slots.setdefault(field_name(part.root, part.path), []).append(self._constraint(part))
            else:
                text = fold(part, self._expression, "(and {} {})".format, "(or {} {})".format)
                tests.append(f"(test {text})")
                for name in _names(part):
                    slots.setdefault(name, []).insert(0, f"?{name}")
        pattern = " ".join(f"({name} {'&'.join(dict.fromkeys(found))})" for name, found in slots.items())
        return f"(defrule {rule.id} (contract (row ?row) {pattern}) {' '.join(tests)} => (hit ?row {rule.number}))"

    def _constraint(self, test: Test) -> str:
        if test.op in {Op.IN, Op.TRUE} or test.op not in SIGNS:
            values = self._values(test)
            return "&".join(f"~{one}" for one in values) if test.negated else "|".join(values)
        name = field_name(test.root, test.path)
        return f"?{name}&:{self._expression(test)}"

    def _expression(self, test: Test) -> str:
        name = field_name(test.root, test.path)
        if test.op in SIGNS:
            asked = f"(and (integerp ?{name}) ({SIGNS[test.op]} ?{name} {operand(test)}))"
        else:
            equal = [f"(eq ?{name} {one})" for one in self._values(test)]
            asked = equal[0] if len(equal) == 1 else f"(or {' '.join(equal)})"
        return f"(not {asked})" if test.negated else asked

    def _values(self, test: Test) -> list[str]:
        """Literals of the values that satisfy the test before it is negated."""
        if test.op is Op.TRUE:
            return ["TRUE"]
        if test.op is Op.IN:
            return [json.dumps(one) for one in operand(test)]
        values = self.columns.fields[test.root, test.path].values
        true = truths(Test(test.root, test.path, test.op, test.operand), values)
        return [json.dumps(str(one)) for one, asked in zip(values, true, strict=True) if asked]


def _names(term: Term) -> list[str]:
    if isinstance(term, Test):
        return [field_name(term.root, term.path)]
    return [name for part in term.parts for name in _names(part)]
