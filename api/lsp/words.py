"""Hover: what a word is, and for how many people of the snapshot a condition holds today."""

from __future__ import annotations

from lsprotocol import types

from api.lsp.census import Census
from api.lsp.desk import Sight
from dsl.editor.hover import explain_place
from engine.evaluate.count import Asked, condition_at
from engine.explain.wording import condition_text
from policy.source import Span

_WAIT_SECONDS = 0.3


def hover(sight: Sight, position: types.Position, census: Census) -> types.Hover | None:
    """Say what stands at a place; None where there is nothing to say."""
    offset = sight.page.offset(position)
    said = explain_place(sight.library, sight.view, offset)
    asked = _condition(sight, offset)
    counted = _count(sight, asked, census) if asked is not None else ""
    texts = [text for text in (said.text if said is not None else "", counted) if text]
    if not texts:
        return None
    span: Span | None = said.span if said is not None else asked.condition.span if asked is not None else None
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(texts))
    return types.Hover(content, sight.page.range(span) if span is not None else None)


def _condition(sight: Sight, offset: int) -> Asked | None:
    policy = sight.policy
    if policy is None:
        return None
    line, column = sight.view.places.place(offset)
    return condition_at(policy, sight.page.source.path, line, column)


def _count(sight: Sight, asked: Asked, census: Census) -> str:
    setting = sight.setting
    if setting is None:
        return ""
    words = f"`{condition_text(asked.condition)}`"
    count = census.condition(setting, asked, wait_seconds=_WAIT_SECONDS)
    if count is None:
        return f"{words}: still counting, look again in a moment"
    verb = "matches" if count.found == 1 else "match"
    return f"{words}: {count.words} of {count.total:,} {verb} today{_through(asked)}"


def _through(asked: Asked) -> str:
    if asked.rule is not None:
        return f", in the window of rule {asked.rule.id}"
    return ", through a contract that is active"
