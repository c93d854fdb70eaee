"""Two policies merged edit by edit: every choice of edits is a policy between BASE and HEAD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.compare.edits import Chosen, Edit, Edits, Made, either, merge_condition, pair_up
from engine.compare.grants import merge_bound, merge_grants
from engine.compare.meaning import meaning_of, same_meaning
from engine.graph.templates import templates_of
from policy.rules import CheckedPolicy, FieldDeclaration, Rule, Window
from policy.source import SourceFile, Span
from policy.types import Field, Schema

HEADER = {
    "primary_contract_by": "the order of the primary contract changed",
    "primary_manager": "where the primary manager comes from changed",
    "timezone": "the timezone changed",
}
"""Clauses of the `policy` declaration that can change what somebody is entitled to, and what to say of it."""


@dataclass(frozen=True, slots=True)
class Merge:
    """All edits between two policies, and the policy that a choice of them (by number) gives."""

    edits: tuple[Edit, ...]
    make: Made[CheckedPolicy]


def merge_policies(base: CheckedPolicy, head: CheckedPolicy) -> Merge:
    """Merge two policies as far as what somebody is entitled to goes: rules, fields, and who is primary.

    Draft rules stay drafts: that a rule is a draft in one version alone is an edit like any other.
    """
    edits = Edits()
    rules = _merge_rules(base, head, edits)
    edits.rule, edits.base, edits.head = "", header_of(base), header_of(head)
    schema = _merge_schema(base, head, edits)
    order, manager, timezone = (
        either(edits.replaced(what, None, None), base, head) if differs(base, head, name) else _newer(head)
        for name, what in HEADER.items()
    )

    def make(chosen: Chosen) -> CheckedPolicy:
        made = [one for one in (rule(chosen) for rule in rules) if one is not None]
        return replace(
            head,
            rules={one.id: one for one in sorted(made, key=lambda one: one.id)},
            schema=schema(chosen),
            primary_contract_by=order(chosen).primary_contract_by,
            primary_manager=manager(chosen).primary_manager,
            timezone=timezone(chosen).timezone,
        )

    return Merge(tuple(edits.found), make)


def pair_rules(base: CheckedPolicy, head: CheckedPolicy) -> tuple[list[tuple[Rule, Rule]], list[Rule], list[Rule]]:
    """Rules of the same id in pairs; then those that were renamed; and those that only one version has."""
    pairs = [(one, head.rules[name]) for name, one in sorted(base.rules.items()) if name in head.rules]
    gone = [one for name, one in sorted(base.rules.items()) if name not in head.rules]
    new = [one for name, one in sorted(head.rules.items()) if name not in base.rules]
    renamed, gone, new = pair_up(gone, new, _likeness)
    return [*pairs, *renamed], gone, new


def _likeness(base: Rule, head: Rule) -> int:
    """Rules of two names are versions of each other when they give the same, or ask the same."""
    if _given(base) == _given(head):
        return 2
    alike = base.condition is not None and head.condition is not None and same_meaning(base.condition, head.condition)
    return int(alike and base.scope is head.scope)


def _given(rule: Rule) -> frozenset[object]:
    return frozenset(meaning_of(one) for grant in rule.grants for one in templates_of(grant))


def _merge_rules(base: CheckedPolicy, head: CheckedPolicy, edits: Edits) -> list[Made[Rule | None]]:
    pairs, gone, new = pair_rules(base, head)
    made: list[Made[Rule | None]] = [_merge_rule(one, other, edits) for one, other in pairs]
    for rule in gone:
        edits.rule, edits.base, edits.head = rule.id, rule.span, header_of(head)
        made.append(either(edits.removed("the rule is gone", rule.span), rule, None))
    for rule in new:
        edits.rule, edits.base, edits.head = rule.id, None, rule.span
        made.append(either(edits.added("the rule is new", rule.span), None, rule))
    return made


def _merge_rule(base: Rule, head: Rule, edits: Edits) -> Made[Rule | None]:
    edits.rule, edits.base, edits.head = head.id, base.span, head.span
    drafted = "the rule is a draft now" if head.draft else "the rule is no draft any more"
    draft = _merge_plain(base, head, drafted, edits) if base.draft != head.draft else None
    scoped = f"the rule is for {head.scope.value} now"
    scope = _merge_plain(base, head, scoped, edits) if base.scope is not head.scope else None
    condition = merge_condition(base.condition, head.condition, edits)
    starting = merge_bound("starting", base.window.starting, head.window.starting, edits)
    ending = merge_bound("ending", base.window.ending, head.window.ending, edits)
    grants = merge_grants(base.grants, head.grants, edits)

    def make(chosen: Chosen) -> Rule:
        return replace(
            head,
            draft=draft(chosen).draft if draft else head.draft,
            scope=scope(chosen).scope if scope else head.scope,
            condition=condition(chosen),
            window=Window(starting(chosen), ending(chosen)),
            grants=grants(chosen),
        )

    return make


def _merge_plain(base: Rule, head: Rule, what: str, edits: Edits) -> Made[Rule]:
    return either(edits.replaced(what, base.span, head.span), base, head)


def differs(base: CheckedPolicy, head: CheckedPolicy, name: str) -> bool:
    """Tell whether a clause of the `policy` declaration says something else."""
    return not same_meaning(getattr(base, name), getattr(head, name))


def _newer(head: CheckedPolicy) -> Made[CheckedPolicy]:
    return lambda _: head


def _merge_schema(base: CheckedPolicy, head: CheckedPolicy, edits: Edits) -> Made[Schema]:
    """Types of fields: a value that is not of its declared type is absent when rules are evaluated."""
    if base.schema == head.schema:
        return lambda _: head.schema
    made: dict[str, Made[Field | None]] = {}
    for name in sorted({*base.schema.fields, *head.schema.fields}):
        one, other = base.schema.find(name), head.schema.find(name)
        if one != other:
            number = _note_field(name, base.fields.get(name), head.fields.get(name), edits)
            made[name] = either(number, one, other)

    def make(chosen: Chosen) -> Schema:
        picked = {**head.schema.fields, **{name: pick(chosen) for name, pick in made.items()}}
        return Schema({name: field for name, field in picked.items() if field is not None})

    return make


def _note_field(name: str, old: FieldDeclaration | None, new: FieldDeclaration | None, edits: Edits) -> int:
    if old is None or new is None:
        if new is not None:
            return edits.added(f"{name} is declared", new.span)
        return edits.removed(f"{name} is no longer declared", old.span if old else None)
    return edits.replaced(f"the declaration of {name} changed", old.span, new.span)


def header_of(policy: CheckedPolicy) -> Span | None:
    """Where the `policy` declaration begins: the checked policy does not keep it."""
    return _header_in(policy.sources)


@lru_cache(maxsize=8)
def _header_in(sources: tuple[SourceFile, ...]) -> Span | None:
    for source in sources:
        for number, line in enumerate(source.text.split("\n"), 1):
            if line.lstrip().startswith("policy "):
                return Span(source.path, number, 1, number, len(line) + 1)
    return None


def restricted(policy: CheckedPolicy, rules: Mapping[str, Rule]) -> CheckedPolicy:
    """Give the policy with these rules alone."""
    return replace(policy, rules=dict(sorted(rules.items())))
