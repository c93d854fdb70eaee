"""One exported rule as text: a `rule` or `draft rule`, with comments for what is not carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dsl.migrate.applies import Applies, Lost, write_applies
from dsl.migrate.fields import Fields
from dsl.migrate.names import plain_text, text_problem
from dsl.testing.write import quoted
from policy.business_rules import BusinessRule, SystemEntitlement, Unread
from policy.canonical import normal_text

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule as text without a line end at its end.

    `granted` counts its grants; with none the text is a comment, and `id` names nothing. `draft`: it does not hold
    yet. `lost_conditions` and `lost_entitlements` are not carried over, `unseen` are values that nobody in the vault
    has, `notes` tell what was guessed. `apart` is the text of the rule if each of its conditions were asked of all
    contracts by itself, to be compared with; empty when that is no other question.
    """

    rule: BusinessRule
    id: str
    text: str
    granted: int
    draft: bool
    lost_conditions: tuple[Lost, ...]
    lost_entitlements: tuple[Lost, ...]
    unseen: tuple[str, ...]
    notes: tuple[str, ...]
    apart: str = ""


def write_rule(
    rule: BusinessRule, rule_id: str, *, file: str, targets: Mapping[str, str], fields: Fields
) -> WrittenRule:
    """Write a rule of the export called `file`; `targets` are the ids of targets by the names of their systems."""
    applies = write_applies(rule, fields)
    grants, comments, lost = _write_grants(rule, targets)
    # Without one of its conditions a rule would reach more people than it did: it must not hold before somebody looked.
    draft = not rule.published or bool(applies.lost) or not rule.conditions
    lines = [f"# {plain_text(file)}, line {rule.line}"]
    if rule.published and draft:
        lines.append("# Published there, a draft here: without what is missing it would reach more people.")
    if grants:
        lines.append(f"{'draft ' if draft else ''}rule {rule_id} {quoted(plain_text(rule.name) or rule_id)}")
        lines += [_INDENT + line for line in (*_head(rule), *_clauses(applies), *grants, *comments)]
        lines.append("end")
    else:
        lines += _comment_out(rule, (*applies.lost, *lost))
    return WrittenRule(
        rule=rule,
        id=rule_id,
        text="\n".join(lines),
        granted=len(grants),
        draft=draft,
        lost_conditions=applies.lost,
        lost_entitlements=lost,
        unseen=applies.unseen,
        notes=(*applies.notes, *fields.take_notes()),
        apart=_write_apart(rule_id, applies, grants) if grants and applies.apart else "",
    )


def _write_apart(rule_id: str, applies: Applies, grants: list[str]) -> str:
    clauses = _clauses(replace(applies, conditions=applies.apart, lost=()))
    return "\n".join([f"rule {rule_id}", *clauses, grants[0], "end"])


def _head(rule: BusinessRule) -> list[str]:
    first, *others = [name for one in rule.categories if (name := plain_text(one))] or [""]
    lines = [f"category {quoted(first)}"] if first else []
    if others:
        which = f"categories {', '.join(others[:-1])} and {others[-1]}" if len(others) > 1 else f"category {others[0]}"
        lines.append(f"about {quoted(f'Also in the {which}.')}")
    return lines


def _clauses(applies: Applies) -> list[str]:
    lines = [applies.scope]
    lines += [f"when {one}" if n == 0 else f"{_INDENT}and {one}" for n, one in enumerate(applies.conditions)]
    inset = _INDENT if applies.conditions else ""
    lines += [inset + _lost_comment(one) for one in applies.lost]
    return [*lines, *applies.window]


def _write_grants(rule: BusinessRule, targets: Mapping[str, str]) -> tuple[list[str], list[str], tuple[Lost, ...]]:
    """Grants, each once; comments for what is lost; and the lost."""
    grants: dict[str, str] = {}
    lost: list[Lost] = []
    for one in rule.entitlements:
        problem = one.reason if isinstance(one, Unread) else _name_problem(one)
        if problem is not None or isinstance(one, Unread):
            lost.append(Lost(one.text, problem or ""))
            continue
        what = f"permission {quoted(normal_text(one.name))}" if one.name else one.kind.value
        path = plain_text(one.path)
        grants.setdefault(f"grant {what} in {targets[one.system]}", f"  # {path}" if path else "")
    lines = [grant + comment for grant, comment in grants.items()]
    return lines, [_lost_comment(one) for one in lost], tuple(lost)


def _name_problem(one: SystemEntitlement) -> str | None:
    return text_problem(one.name, in_permission=True) if one.name else None


def _lost_comment(one: Lost) -> str:
    return f"# Not carried over: {plain_text(one.text)}: {plain_text(one.reason)}."


def _comment_out(rule: BusinessRule, lost: tuple[Lost, ...]) -> list[str]:
    lines = [f"# Not carried over: rule {plain_text(rule.name)}: there is nothing that it could grant."]
    lines += [f"#   {plain_text(one.text)}" for one in rule.conditions]
    return lines + [f"#   {plain_text(one.text)}: {plain_text(one.reason)}." for one in lost]
