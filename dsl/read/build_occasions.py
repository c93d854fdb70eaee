"""Builds nodes of events and tests; `dsl.read.build` builds all others."""

# ruff: noqa: D102  # every method builds the rule of the grammar it is named after
from __future__ import annotations

from itertools import pairwise
from typing import Literal, cast

from dsl.read.parts import Parts, RawEntitlement, TextBuilder, first_of, span_of
from dsl.read.tokens import Shape, Token
from dsl.tree import events, leaves, tests
from dsl.tree.conditions import ChangeNode, Compare, ConditionNode
from policy.catalogue import language
from policy.entitlements import Kind
from policy.moments import Duration
from policy.source import Span
from policy.testing import Expected

_Because = tuple[leaves.Ident, ...]
_Expectation = tuple[Expected, tuple[leaves.EntitlementNode, ...], _Because, leaves.Ident | None]


class OccasionBuilder(TextBuilder):
    """Builds what happens (events) and what is expected (tests)."""

    # --- events ------------------------------------------------------------------------------------------------------

    def event(self, parts: Parts) -> events.EventDeclaration:
        condition = next((part[1] for part in parts if isinstance(part, tuple)), None)
        notify = first_of(parts, events.NotifyNode)
        trigger = first_of(parts, events.LineTriggerNode) or first_of(parts, events.DateTriggerNode)
        assert notify is not None, "the grammar demands `notify`"
        assert trigger is not None, "the grammar demands a trigger"
        return events.EventDeclaration(
            id=self.name(parts[1]),
            title=self.title(parts[2]),
            trigger=trigger,
            condition=cast("ConditionNode | None", condition),
            notify=notify,
            span=span_of(parts),
        )

    def line_trigger(self, parts: Parts) -> events.LineTriggerNode:
        what = "The permission has no name."
        name = next((self.not_empty_text(part, what) for part in parts if part.shape is Shape.TEXT), None)
        op = cast("Literal['grant', 'update', 'revoke']", parts[1].words)
        return events.LineTriggerNode(op, Kind(parts[2].words), name, self.name(parts[-1]), span_of(parts))

    def date_trigger(self, parts: Parts) -> events.DateTriggerNode:
        offset, _ = cast("tuple[Duration, Span]", parts[0])
        direction = cast("Literal['before', 'after']", parts[1].words)
        edge = cast("Literal['onboarding', 'offboarding']", parts[2].words)
        return events.DateTriggerNode(offset, direction, edge, span_of(parts))

    def notify(self, parts: Parts) -> events.NotifyNode:
        whom = self.text(parts[1]) if parts[1].shape is Shape.TEXT else self.path(parts[1])
        return events.NotifyNode(whom, self.text(parts[3]), span_of(parts))

    def change(self, parts: Parts) -> Compare:
        """Build `account.FIELD changes [from "A"] [to "B"]`."""
        span = parts[1][2] if isinstance(parts[1], tuple) else parts[1].span
        asked: dict[str, leaves.Text] = {}
        for word, text in pairwise(parts):
            if isinstance(text, Token) and text.shape is Shape.TEXT:
                asked[word.words.removeprefix("changes ")] = self.text(text)
        operand = ChangeNode(asked.get("from"), asked.get("to"), span)
        return Compare(
            path=self.path(parts[0]),
            operator="changes",
            negated=False,
            operand=operand,
            or_below=False,
            operator_span=span,
            span=span_of(parts),
        )

    # --- tests -------------------------------------------------------------------------------------------------------

    def test(self, parts: Parts) -> tests.TestDeclaration:
        return tests.TestDeclaration(
            title=self.not_empty_text(parts[1], "The test has no title."),
            departments=tuple(part for part in parts if isinstance(part, tests.TestDepartmentNode)),
            snapshots=tuple(part for part in parts if isinstance(part, leaves.Text)),
            persons=tuple(part for part in parts if isinstance(part, tests.TestPersonNode)),
            days=tuple(part for part in parts if isinstance(part, tests.TestDayNode)),
            span=span_of(parts),
        )

    def test_department(self, parts: Parts) -> tests.TestDepartmentNode:
        what = "The department has no id."
        named = [self.not_empty_text(part, what) for part in parts if part.shape is Shape.TEXT]
        return tests.TestDepartmentNode(named[0], named[1] if len(named) > 1 else None, span_of(parts))

    def from_snapshot(self, parts: Parts) -> leaves.Text:
        return self.not_empty_text(parts[1], "The snapshot has no file.")

    def test_person(self, parts: Parts) -> tests.TestPersonNode:
        return tests.TestPersonNode(
            id=self.not_empty_text(parts[1], "The person has no number."),
            holding=tuple(part for part in parts if isinstance(part, leaves.EntitlementNode)),
            facts=tuple(part for part in parts if isinstance(part, tests.FactNode)),
            contracts=tuple(part for part in parts if isinstance(part, tests.TestContractNode)),
            span=span_of(parts),
        )

    def test_contract(self, parts: Parts) -> tests.TestContractNode:
        facts = tuple(part for part in parts if isinstance(part, tests.FactNode))
        return tests.TestContractNode(
            self.not_empty_text(parts[1], "The contract has no number."), facts, span_of(parts)
        )

    def holding(self, parts: Parts) -> leaves.EntitlementNode:
        return self.fixed_entitlement(parts[1])

    def fact(self, parts: Parts) -> tests.FactNode:
        value = parts[2] if isinstance(parts[2], leaves.Flag) else self.list_value(parts[2])
        return tests.FactNode(tests.FactName(parts[0].words, parts[0].span), value, span_of(parts))

    def test_day(self, parts: Parts) -> tests.TestDayNode:
        expectations = tuple(part for part in parts if isinstance(part, tests.ExpectationNode))
        return tests.TestDayNode(leaves.Day(parts[1].value, parts[1].span), expectations, span_of(parts))

    def expectation(self, parts: Parts) -> tests.ExpectationNode:
        person = self.text(parts[1]) if parts[0].words == "person" else None
        (expected, entitlements, because, event), span = parts[-1]
        whole = parts[0].span.through(span)
        return tests.ExpectationNode(person, expected, entitlements, because, event, whole)

    def expect_nothing(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.NOTHING, (), (), None), span_of(parts)

    def expect_only(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.ONLY, self._entitlements(parts), (), None), span_of(parts)

    def expect_not(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.NOT_ENTITLED, self._entitlements(parts), (), None), span_of(parts)

    def expect_entitled(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.ENTITLED, self._entitlements(parts), _because(parts), None), span_of(parts)

    def expect_line(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected(parts[0].words), self._entitlements(parts), (), None), span_of(parts)

    def expect_denied(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.DENIED, self._entitlements(parts), _because(parts), None), span_of(parts)

    def expect_frozen(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.FROZEN, (), _because(parts), None), span_of(parts)

    def expect_event(self, parts: Parts) -> tuple[_Expectation, Span]:
        return (Expected.EVENT, (), (), self.name(parts[1])), span_of(parts)

    def because_ids(self, parts: Parts) -> _Because:
        return tuple(self.name(part) for part in parts[1:] if part.shape is not Shape.SIGN)

    def _entitlements(self, parts: Parts) -> tuple[leaves.EntitlementNode, ...]:
        return tuple(self.fixed_entitlement(part) for part in parts if isinstance(part, RawEntitlement))

    def not_empty_text(self, token: Token, detail: str) -> leaves.Text:
        """Build a text that has to say something."""
        text = self.text(token)
        if not text.value:
            self.report(language.EMPTY_TEXT, token.span, detail, "write it in the quotes")
        return text


def _because(parts: Parts) -> _Because:
    return cast("_Because", parts[-1]) if isinstance(parts[-1], tuple) else ()
