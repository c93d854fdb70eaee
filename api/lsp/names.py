"""Definitions, references and new names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from api.lsp.desk import Sight
from api.lsp.pages import Encoding, make_page
from api.settings.schema import FILE_NAME
from dsl.editor.names import NameKind, occurrence_at
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


@dataclass(frozen=True, slots=True)
class Renamed:
    """A new name written everywhere, and what the author has to know about that (empty: nothing)."""

    edit: types.WorkspaceEdit
    warning: str = ""


def make_rename(sight: Sight, position: types.Position, name: str) -> Renamed:
    """Write another name everywhere; that of a target in the settings too. Raises Refused when it cannot be."""
    offset = sight.page.offset(position)
    found = rename(sight.library, sight.view, offset, name)
    if isinstance(found, Refusal):
        raise Refused(found.why)
    edits: dict[str, list[types.TextEdit]] = {}
    for span in found:
        page = sight.pages[span.path]
        edits.setdefault(page.uri, []).append(types.TextEdit(page.range(span), name))
    one = occurrence_at(sight.view, offset)
    if one is None or one.kind is not NameKind.TARGET or sight.files is None or sight.files.workspace is None:
        return Renamed(types.WorkspaceEdit(changes=edits))
    edits |= _in_settings(sight.files.workspace.root / FILE_NAME, one.name, name, sight.page.encoding)
    warning = f"What is managed in {one.name} is known by that name in the ledger: look at the next diff with care."
    return Renamed(types.WorkspaceEdit(changes=edits), warning)


def _in_settings(path: Path, old: str, new: str, encoding: Encoding) -> dict[str, list[types.TextEdit]]:
    """Write another name of a target into the headings of its tables, as far as the settings can be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    page = make_page(from_fs_path(str(path)) or "", FILE_NAME, text, encoding)
    heading = re.compile(rf"^[ \t]*\[[ \t]*targets[ \t]*\.[ \t]*({re.escape(old)})(?=[ \t]*[.\]])", re.MULTILINE)
    edits = [types.TextEdit(page.range_at(*one.span(1)), new) for one in heading.finditer(page.source.text)]
    return {page.uri: edits} if edits else {}


def _locations(sight: Sight, spans: tuple[Span, ...]) -> list[types.Location]:
    found = (sight.location(span) for span in spans)
    return [one for one in found if one is not None]
