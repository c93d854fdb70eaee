"""Outline and folding."""

from __future__ import annotations

from lsprotocol import types

from api.lsp.desk import Sight
from api.lsp.pages import Page
from api.lsp.project import Files
from dsl.editor.outline import Symbol, folds, outline
from dsl.editor.view import view_file
from dsl.tree.ast import DeclarationWord

_KINDS = {
    DeclarationWord.POLICY: types.SymbolKind.Package,
    DeclarationWord.FIELD: types.SymbolKind.Field,
    DeclarationWord.SET: types.SymbolKind.Array,
    DeclarationWord.DEFINE: types.SymbolKind.Boolean,
    DeclarationWord.ROLE: types.SymbolKind.Class,
    DeclarationWord.RULE: types.SymbolKind.Function,
    DeclarationWord.TARGET: types.SymbolKind.Module,
    DeclarationWord.EXCLUDE: types.SymbolKind.Key,
    DeclarationWord.NEVER: types.SymbolKind.Interface,
    DeclarationWord.EVENT: types.SymbolKind.Event,
    DeclarationWord.TEST: types.SymbolKind.Method,
}


def document_symbols(sight: Sight) -> list[types.DocumentSymbol]:
    """Every declaration with what stands below it."""
    return [_symbol(one, sight.page) for one in outline(sight.view)]


def workspace_symbols(files: Files, query: str) -> list[types.WorkspaceSymbol]:
    """Give the declarations of a workspace whose name or title holds what is looked for, in capitals or not."""
    wanted = query.casefold()
    return [
        types.WorkspaceSymbol(
            types.Location(page.uri, page.range(one.name)), one.label, _KINDS[one.word], container_name=one.detail
        )
        for page in files.rules.values()
        for one in outline(view_file(page.source))
        if wanted in one.label.casefold() or wanted in one.detail.casefold()
    ]


def folding_ranges(sight: Sight) -> list[types.FoldingRange]:
    """Give what can be folded away."""
    return [
        types.FoldingRange(
            one.first - 1,
            one.last - 1,
            kind=types.FoldingRangeKind.Comment if one.comment else types.FoldingRangeKind.Region,
        )
        for one in folds(sight.view)
    ]


def _symbol(one: Symbol, page: Page, *, below: bool = False) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=one.label or one.word.value,
        kind=types.SymbolKind.Property if below else _KINDS[one.word],
        range=page.range(one.span),
        selection_range=page.range(one.name),
        detail=one.detail or (None if below else one.word.value),
        children=[_symbol(child, page, below=True) for child in one.below],
    )
