"""Templates of entitlements: which stand in a grant, what each may become, and how an author writes it."""

from __future__ import annotations

from collections.abc import Iterable

from policy.entitlements import Entitlement, Kind
from policy.rules import Grant, TableGrant, Template


def template_text(template: Template) -> str:
    """Template as an author writes it: `permission "GG-{contract.title.code}" in ad`."""
    if template.kind is not Kind.PERMISSION:
        return f"{template.kind} in {template.target}"
    name = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in template.parts)
    return f'permission "{name}" in {template.target}'


def templates_of(grant: Grant | TableGrant) -> tuple[Template, ...]:
    """Every template of a grant in reading order: one, or those of all rows of a table and its `otherwise`."""
    match grant:
        case Grant():
            return (grant.template,)
        case TableGrant():
            rows: Iterable[tuple[Template, ...]] = (*grant.rows.values(), grant.otherwise)
            return tuple(template for row in rows for template in row)


def may_give(template: Template, entitlement: Entitlement) -> bool:
    """Tell whether some values of the fields in `template` make it `entitlement`."""
    if (template.target, template.kind) != (entitlement.target, entitlement.kind):
        return False
    return template.kind is not Kind.PERMISSION or _may_spell(template, entitlement.name)


def _may_spell(template: Template, name: str) -> bool:
    """Tell whether texts of the template stand in `name` in this order, with at least one sign for each field.

    Each text is taken at its first possible place; only the last one, which must end the name, is looked for there.
    """
    if template.parts and isinstance(template.parts[0], str) and not name.startswith(template.parts[0]):
        return False  # most do not, and are told apart without taking the template to pieces
    texts, gaps = _texts_and_gaps(template)
    if len(texts) == 1:
        return name == texts[0]
    first, last = texts[0], texts[-1]
    if not name.startswith(first) or not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for gap, text in zip(gaps[:-1], texts[1:-1], strict=True):
        found = name.find(text, at + gap, max(end, 0))
        if found < 0:
            return False
        at = found + len(text)
    return at + gaps[-1] <= end


def _texts_and_gaps(template: Template) -> tuple[list[str], list[int]]:
    """Texts around the fields, and how many fields stand between each two of them (one text more than gaps)."""
    texts, gaps = [""], list[int]()
    for part in template.parts:
        if isinstance(part, str):
            texts[-1] += part
        elif texts[-1] == "" and gaps:
            gaps[-1] += 1
        else:
            gaps.append(1)
            texts.append("")
    return texts, gaps
