"""Names of entitlements: what a policy can grant, fixed or as a family, and how a name comes from its template."""

from __future__ import annotations

from collections.abc import Iterator

from engine.graph.templates import may_give, templates_of
from policy.canonical import normal_text
from policy.entitlements import Entitlement
from policy.proofs import Family
from policy.rules import CheckedPolicy, Template
from policy.types import Field

Filling = tuple[tuple[Field, str], ...]
"""Fields of a name, in order, each with the text it stands for."""


def entitlements_of(*policies: CheckedPolicy) -> tuple[Entitlement | Family, ...]:
    """Everything that published rules of any of the policies grant, each once: fixed ones in order, then families."""
    fixed: set[Entitlement] = set()
    families: set[Family] = set()
    for policy in policies:
        for template in published_templates(policy):
            found = template.fixed
            if found is not None:
                fixed.add(found)
            else:
                families.add(family_of(template))
    return (*sorted(fixed, key=lambda one: (one.target, one.kind, one.name)), *sorted(families))


def published_templates(policy: CheckedPolicy) -> Iterator[Template]:
    """Templates of all published rules, by rule."""
    for _, rule in sorted(policy.rules.items()):
        if not rule.draft:
            for grant in rule.grants:
                yield from templates_of(grant)


def family_of(template: Template) -> Family:
    """Family of a template with a field in its name."""
    name = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in template.parts)
    return Family(template.target, name)


def fillings(template: Template, entitlement: Entitlement) -> tuple[Filling, ...]:
    """Every way in which the fields of `template` spell `entitlement`; one without fields for a fixed template.

    A field is never filled with a blank text: that is an absent value.
    """
    if not may_give(template, entitlement):
        return ()
    if template.fixed is not None:
        return ((),) if template.fixed == entitlement else ()
    return tuple(_spell(template.parts, entitlement.name))


def _spell(parts: tuple[str | Field, ...], rest: str) -> Iterator[Filling]:
    if not parts:
        if not rest:
            yield ()
        return
    first, *others = parts
    if isinstance(first, str):
        literal = normal_text(first)
        if rest.startswith(literal):
            yield from _spell(tuple(others), rest[len(literal) :])
        return
    for length in range(1, len(rest) + 1):
        if rest[:length].strip():
            for behind in _spell(tuple(others), rest[length:]):
                yield ((first, rest[:length]), *behind)
