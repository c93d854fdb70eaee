"""Edits of what a rule gives: grants, their windows, and the rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.compare.edits import Chosen, Edits, Made, either, pair_up
from engine.compare.meaning import same_meaning
from engine.graph.templates import template_text
from policy.rules import Grant, TableGrant, Template, Window, WindowBound
from policy.source import Span

_Given = Grant | TableGrant


def merge_bound(
    which: str, base: WindowBound | None, head: WindowBound | None, edits: Edits
) -> Made[WindowBound | None]:
    """Merge a bound of a window; None is one that is not said."""
    if same_meaning(base, head):
        return lambda _: head
    if head is None:
        number = edits.removed(f"the window has no own `{which}` any more", base.span if base else None)
    elif base is None:
        number = edits.added(f"the window has its own `{which}` now", head.span)
    else:
        number = edits.replaced(f"the `{which}` of the window moved", base.span, head.span)
    return either(number, base, head)


def merge_grants(base: Sequence[_Given], head: Sequence[_Given], edits: Edits) -> Made[tuple[_Given, ...]]:
    """Merge what a rule gives, grant by grant."""
    pairs, gone, new = pair_up(base, head, _likeness)
    made: list[Made[_Given | None]] = [_merge_grant(one, other, edits) for one, other in pairs]
    made += [either(edits.removed("the grant is gone", place_of(grant)), grant, None) for grant in gone]
    made += [either(edits.added("the grant is new", place_of(grant)), None, grant) for grant in new]

    def make(chosen: Chosen) -> tuple[_Given, ...]:
        given = (one(chosen) for one in made)
        return tuple(one for one in given if one is not None)

    return make


def place_of(grant: _Given) -> Span:
    """Where a grant stands: one that came through a role stands there."""
    return grant.template.span if isinstance(grant, Grant) and grant.via else grant.span


def _likeness(base: _Given, head: _Given) -> int:
    match base, head:
        case Grant(), Grant():
            return int(same_meaning(base.template, head.template))
        case TableGrant(), TableGrant():
            return int(base.field.name == head.field.name) + int(same_meaning(base.window, head.window))
        case _:
            return 0


def _merge_grant(base: _Given, head: _Given, edits: Edits) -> Made[_Given | None]:
    inner = edits.within(place_of(base), place_of(head))
    starting = merge_bound("starting", base.window.starting, head.window.starting, inner)
    ending = merge_bound("ending", base.window.ending, head.window.ending, inner)
    if isinstance(base, Grant) or isinstance(head, Grant):
        return lambda chosen: replace(head, window=Window(starting(chosen), ending(chosen)))
    rows = {key: _merge_row(key, base, head, inner) for key in sorted({*base.rows, *head.rows})}
    otherwise = _merge_otherwise(base, head, inner)
    field = None
    if base.field.name != head.field.name:
        number = inner.replaced(f"the table goes by {head.field.name} now", base.span, head.span)
        field = either(number, base.field, head.field)

    def make(chosen: Chosen) -> TableGrant:
        return replace(
            head,
            field=field(chosen) if field else head.field,
            rows={key: found for key, row in rows.items() if (found := row(chosen)) is not None},
            otherwise=otherwise(chosen),
            window=Window(starting(chosen), ending(chosen)),
        )

    return make


def _merge_row(key: str, base: TableGrant, head: TableGrant, edits: Edits) -> Made[tuple[Template, ...] | None]:
    """Merge one row; a key without a row takes `otherwise`."""
    old, new = base.rows.get(key), head.rows.get(key)
    if old is None or new is None:
        if old is None:
            number = edits.added(f'the row "{key}" is new', _first(new), whole_lines=True)
        else:
            number = edits.removed(f'the row "{key}" is gone', _first(old), whole_lines=True)
        return either(number, old, new)
    if _told(old) == _told(new):
        return lambda _: new
    number = edits.replaced(f'the row "{key}" gives something else', _first(old), _first(new), whole_lines=True)
    return either(number, old, new)


def _merge_otherwise(base: TableGrant, head: TableGrant, edits: Edits) -> Made[tuple[Template, ...]]:
    old, new = base.otherwise, head.otherwise
    if _told(old) == _told(new):
        return lambda _: new
    number = edits.replaced("what `otherwise` gives changed", _first(old), _first(new), whole_lines=True)
    return either(number, old, new)


def _first(templates: tuple[Template, ...] | None) -> Span | None:
    return templates[0].span if templates else None


def _told(templates: tuple[Template, ...]) -> frozenset[str]:
    return frozenset(template_text(one) for one in templates)
