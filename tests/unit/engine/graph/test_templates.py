from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.holds import rule_order
from engine.graph.templates import may_give, template_text
from policy.entitlements import Entitlement, Kind
from policy.expressions import Holds
from policy.rules import Template
from policy.types import Field
from tests.properties.strategies.example import ACCOUNT, GROUP, give, permission, rule
from tests.properties.strategies.policies import field, span

CODE = field("contract.title.code")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "ab", CODE]), min_size=1, max_size=5), st.text("ab", min_size=1, max_size=7))
def test_agrees_with_a_regular_expression(parts: list[str | Field], name: str) -> None:
    template = Template("ad", Kind.PERMISSION, tuple(parts), span())
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".+" for part in parts)

    assert may_give(template, Entitlement("ad", Kind.PERMISSION, name)) == bool(re.fullmatch(pattern, name))


def test_target_and_kind_must_agree() -> None:
    assert may_give(ACCOUNT, Entitlement("ad", Kind.ACCOUNT))
    assert not may_give(ACCOUNT, Entitlement("erp", Kind.ACCOUNT))
    assert not may_give(ACCOUNT, Entitlement("ad", Kind.ACCESS))


def test_a_template_reads_as_its_author_wrote_it() -> None:
    assert template_text(GROUP) == 'permission "GG-{contract.title.code}" in ad'
    assert template_text(ACCOUNT) == "account in ad"


def test_rules_come_after_what_they_hold_and_else_by_id() -> None:
    first = rule("a", give(permission("X")), condition=Holds(Entitlement("ad", Kind.ACCOUNT), span()))
    second = rule("b", give(permission("Y")))
    third = rule("c", give(ACCOUNT))

    assert [one.id for one in rule_order({"c": third, "b": second, "a": first})] == ["b", "c", "a"]


def test_a_circle_is_our_own_bug() -> None:
    first = rule("a", give(permission("X")), condition=Holds(Entitlement("ad", Kind.PERMISSION, "X"), span()))

    with pytest.raises(AssertionError, match="circle"):
        rule_order({"a": first})
