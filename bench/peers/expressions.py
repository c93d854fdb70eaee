"""Conditions as text for engines with a language of their own: what they have no word for is a list of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.peers.answer import joined
from bench.peers.codes import field_name, window_tests
from bench.peers.records import absent_fields, operand
from bench.workload.firings import truths
from bench.workload.plain_rules import Op, PlainRule, PlainRules, Test
from engine.columnar.columns import Columns

SIGNS = {Op.LESS: "<", Op.AT_MOST: "<=", Op.MORE: ">", Op.AT_LEAST: ">="}


@dataclass(frozen=True, slots=True)
class Language:
    """How an engine says things, by templates with `{name}` and `{right}` (a literal, or several).

    `words` say an operator for a value that is there; `known` guards a field that some contracts have no value in.
    """

    both: str
    either: str
    opposite: str
    known: str
    words: Mapping[Op, str]
    text: Callable[[str], str]
    separator: str = ", "


@dataclass(frozen=True, eq=False)
class Writer:
    """Writes conditions on the contracts of `columns` in a language."""

    language: Language
    columns: Columns
    rules: PlainRules
    absent: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "absent", absent_fields(self.columns, self.rules))

    def condition(self, rule: PlainRule) -> str:
        """Window and condition of a rule."""
        tests = window_tests(rule.starts_days, rule.ends_days, self.rules)
        parts = [self.test(one) for one in tests]
        own = joined(rule.term, self.test, both=self.language.both, either=self.language.either)
        return self.language.both.join((*parts, own) if own else parts)

    def test(self, test: Test) -> str:
        """Say one test."""
        language, name = self.language, field_name(test.root, test.path)
        known = language.known.format(name=name)
        if test.op is Op.KNOWN:
            asked = known if name in self.absent else language.words[Op.TRUE].format(name=name)
        else:
            asked = self._compared(test, name)
            asked = f"({known}{language.both}{asked})" if name in self.absent else asked
        return language.opposite.format(asked) if test.negated else asked

    def _compared(self, test: Test, name: str) -> str:
        words, right = self.language.words, operand(test)
        if test.op is Op.TRUE:
            return words[Op.TRUE].format(name=name)
        if test.op in SIGNS:
            return words.get(test.op, f"{{name}} {SIGNS[test.op]} {{right}}").format(name=name, right=right)
        if test.op is not Op.IN and test.op in words:
            return words[test.op].format(name=name, right=self.language.text(right))
        values = right if test.op is Op.IN else self._values(test)
        texts = self.language.separator.join(self.language.text(one) for one in values)
        return (words[Op.KNOWN] if len(values) == 1 else words[Op.IN]).format(name=name, right=texts)

    def _values(self, test: Test) -> Sequence[str]:
        """Values that satisfy a test for which the language has no word."""
        values = self.columns.fields[test.root, test.path].values
        asked = Test(test.root, test.path, test.op, test.operand)
        return [str(one) for one, true in zip(values, truths(asked, values), strict=True) if true]
