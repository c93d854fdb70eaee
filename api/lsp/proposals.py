"""Completion."""

from __future__ import annotations

from lsprotocol import types

from api.lsp.desk import Sight
from dsl.editor.completion import complete
from dsl.editor.proposals import Proposal, ProposalKind

TRIGGERS = ['"', ".", "{"]
_KINDS = {
    ProposalKind.DECLARATION: types.CompletionItemKind.Keyword,
    ProposalKind.KEYWORD: types.CompletionItemKind.Keyword,
    ProposalKind.OPERATOR: types.CompletionItemKind.Operator,
    ProposalKind.FIELD: types.CompletionItemKind.Field,
    ProposalKind.NAME: types.CompletionItemKind.Reference,
    ProposalKind.VALUE: types.CompletionItemKind.Value,
    ProposalKind.FILE: types.CompletionItemKind.File,
}


def propose(sight: Sight, position: types.Position, *, snippets: bool) -> types.CompletionList:
    """Give everything that fits at a place, in the order of the proposals.

    `snippets`: the editor can jump from place to place in what it inserts.
    """
    found = complete(sight.page.source, sight.page.offset(position), sight.library, sight.surroundings)
    return types.CompletionList(
        is_incomplete=False, items=[_item(one, number, sight, snippets=snippets) for number, one in enumerate(found)]
    )


def _item(one: Proposal, number: int, sight: Sight, *, snippets: bool) -> types.CompletionItem:
    snippet = bool(one.skeleton) and snippets
    return types.CompletionItem(
        label=one.label,
        kind=_KINDS[one.kind],
        detail=one.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, one.documentation) if one.documentation else None,
        sort_text=f"{number:05d}",
        text_edit=types.TextEdit(sight.page.range_at(one.start, one.end), one.skeleton if snippet else one.insert),
        insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
    )
