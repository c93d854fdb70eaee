"""Definitions, references and new names."""

from __future__ import annotations

from lsprotocol import types

from api.lsp.desk import Sight
from dsl.editor.navigation import Refusal, definitions, named_file, references, renamable, rename
from policy.source import Span


class Refused(Exception):  # noqa: N818  # an answer, not a failure
    """The author asked for something that cannot be; the words say why."""


def find_definitions(sight: Sight, position: types.Position) -> list[types.Location]:
    """Where the name at a place is declared, or the lookup file that a text names."""
    offset = sight.page.offset(position)
    file = named_file(sight.view, offset)
    if file is not None and file in sight.pages:
        return [types.Location(sight.pages[file].uri, types.Range(types.Position(0, 0), types.Position(0, 0)))]
    return _locations(sight, definitions(sight.library, sight.view, offset))


def find_references(sight: Sight, position: types.Position, *, with_declaration: bool) -> list[types.Location]:
    """Everywhere the name at a place stands."""
    offset = sight.page.offset(position)
    return _locations(sight, references(sight.library, sight.view, offset, with_declaration=with_declaration))


def find_highlights(sight: Sight, position: types.Position) -> list[types.DocumentHighlight]:
    """Where the name at a place stands in this file."""
    found = references(sight.library, sight.view, sight.page.offset(position), with_declaration=True)
    here = sight.page.source.path
    return [types.DocumentHighlight(sight.page.range(one)) for one in found if one.path == here]


def prepare_rename(sight: Sight, position: types.Position) -> types.PrepareRenamePlaceholder:
    """Give the name at a place. Raises Refused when it cannot be changed."""
    one = renamable(sight.library, sight.view, sight.page.offset(position))
    if isinstance(one, Refusal):
        raise Refused(one.why)
    return types.PrepareRenamePlaceholder(sight.page.range(one.span), one.name)


def make_rename(sight: Sight, position: types.Position, name: str) -> types.WorkspaceEdit:
    """Write another name everywhere. Raises Refused when it cannot be."""
    found = rename(sight.library, sight.view, sight.page.offset(position), name)
    if isinstance(found, Refusal):
        raise Refused(found.why)
    edits: dict[str, list[types.TextEdit]] = {}
    for span in found:
        page = sight.pages[span.path]
        edits.setdefault(page.uri, []).append(types.TextEdit(page.range(span), name))
    return types.WorkspaceEdit(changes=edits)


def _locations(sight: Sight, spans: tuple[Span, ...]) -> list[types.Location]:
    found = (sight.location(span) for span in spans)
    return [one for one in found if one is not None]
