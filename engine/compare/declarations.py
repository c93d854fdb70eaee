"""Declarations that are not published rules, held against each other: what was added, removed or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.compare.facts import tell_event, tell_exclusion, tell_field, tell_never, tell_target
from engine.compare.meaning import same_meaning
from engine.compare.merging import HEADER, differs, header_of, merge_policies, restricted
from engine.compare.sources import text_at
from policy.comparison import Clause, DeclarationChange
from policy.rules import CheckedPolicy, FieldDeclaration
from policy.source import Span
from policy.types import STANDARD_SCHEMA, Field

_KINDS: tuple[tuple[str, str, Callable[[Any], dict[str, tuple[str, object]]]], ...] = (
    ("never", "nevers", tell_never),
    ("exclude", "exclusions", tell_exclusion),
    ("target", "targets", tell_target),
    ("event", "events", tell_event),
    ("field", "fields", tell_field),
)
"""Word of the language, attribute of the policy, and what is told of one such declaration."""


def declaration_changes(base: CheckedPolicy, head: CheckedPolicy) -> tuple[DeclarationChange, ...]:
    """Tell changes of nevers, exclusions, targets, events, fields, the `policy` declaration and drafts, in this order.

    Prose (titles, reasons, owners) is no change. What became of a draft is told; that it was published shows in the
    entitlements, too.
    """
    found = [change for kind, name, tell in _KINDS for change in _of_kind((base, head), kind, name, tell)]
    return (*found, *_of_header(base, head), *_of_drafts(base, head))


def _of_kind(
    sides: tuple[CheckedPolicy, CheckedPolicy],
    kind: str,
    attribute: str,
    tell: Callable[[Any], dict[str, tuple[str, object]]],
) -> Iterator[DeclarationChange]:
    base, head = sides
    old, new = (getattr(policy, attribute) for policy in sides)
    for name in sorted({*old, *new}):
        one, other = old.get(name), new.get(name)
        places = (_clause(base, one.span if one else None), _clause(head, other.span if other else None))
        if one is None or other is None:
            binding = _is_binding(kind, one or other, added=one is None)
            yield DeclarationChange(kind, name, "removed" if other is None else "added", (), *places, binding=binding)
            continue
        what = tuple(_compared(tell(one), tell(other)))
        if what:
            yield DeclarationChange(kind, name, "changed", what, *places, binding=kind != "event")


def _is_binding(kind: str, declared: object, *, added: bool) -> bool:
    """Tell of a declaration that one version alone has whether it has a say in what happens to anybody.

    A new target has nobody in it; a field that need not be known freezes nobody who lacks it.
    """
    if kind == "event" or (kind == "target" and added):
        return False
    return not isinstance(declared, FieldDeclaration) or _narrows(declared.field)


def _narrows(field: Field) -> bool:
    return field.required or STANDARD_SCHEMA.find(field.name) is not None


def _compared(before: Mapping[str, tuple[str, object]], after: Mapping[str, tuple[str, object]]) -> Iterator[str]:
    nothing = ("", "")
    for what in {**before, **after}:
        (old, meant), (new, means) = before.get(what, nothing), after.get(what, nothing)
        if same_meaning(meant, means):
            continue
        if old and new:
            yield f"{what}: {new}, was {old}" if old != new else f"{what}: what {new} names changed"
        else:
            yield f"{what}: {new} is new" if new else f"{what}: {old} is gone"


def _of_header(base: CheckedPolicy, head: CheckedPolicy) -> Iterator[DeclarationChange]:
    what = tuple(words for name, words in HEADER.items() if differs(base, head, name))
    if what:
        places = (_clause(base, header_of(base)), _clause(head, header_of(head)))
        yield DeclarationChange("policy", head.title, "changed", what, *places, binding=True)


def _of_drafts(base: CheckedPolicy, head: CheckedPolicy) -> Iterator[DeclarationChange]:
    names = {name for policy in (base, head) for name, rule in policy.rules.items() if rule.draft}
    for name in sorted(names):
        old, new = base.rules.get(name), head.rules.get(name)
        places = (_clause(base, old.span if old else None), _clause(head, new.span if new else None))
        if old is None or new is None:
            yield DeclarationChange(
                "draft rule", name, "removed" if new is None else "added", (), *places, binding=False
            )
            continue
        merge = merge_policies(restricted(base, {name: old}), restricted(head, {name: new}))
        what = tuple(dict.fromkeys(edit.what for edit in merge.edits if edit.rules))
        if what:
            yield DeclarationChange("draft rule", name, "changed", what, *places, binding=False)


def _clause(policy: CheckedPolicy, span: Span | None) -> Clause | None:
    return None if span is None else Clause(span, text_at(policy, span))
