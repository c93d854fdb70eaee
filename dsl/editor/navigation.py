"""From a name to where it is declared, to everywhere it stands, and to another name for it."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.editor.library import Library
from dsl.editor.names import NameKind, Occurrence, occurrence_at
from dsl.editor.texts import TextKind, meaning_of_text
from dsl.editor.view import View, real_tokens
from dsl.read import lexical
from dsl.read.reserved import reserved_words
from dsl.read.texts import decode
from dsl.read.tokens import Shape
from policy.source import Span

_GIVEN = {
    NameKind.FIELD: "a field's name comes from the source of people: change it in the mapping",
    NameKind.DATA: "account data are named by the field mapping of the target: change it there",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a name cannot be changed, in words for the author."""

    why: str


def definitions(library: Library, view: View, offset: int) -> tuple[Span, ...]:
    """Where the name at a place is declared; empty when there is no name, or nobody declares it."""
    one = occurrence_at(view, offset)
    if one is None:
        return ()
    return tuple(found.span for found in library.occurrences.get((one.kind, one.name), ()) if found.declares)


def named_file(view: View, offset: int) -> str | None:
    """Give the path of the lookup file that the text at a place names; None when it names none."""
    piece = view.piece_at(view.places.place(offset)[0])
    tokens = real_tokens(piece) if piece is not None else ()
    for index, token in enumerate(tokens):
        if index and token.shape is Shape.TEXT and token.start <= offset <= view.end_of(token):
            assert piece is not None, "its token was found"
            meaning = meaning_of_text(piece.word, tokens[:index])
            return decode(token.words) if meaning.kind is TextKind.FILE else None
    return None


def references(library: Library, view: View, offset: int, *, with_declaration: bool) -> tuple[Span, ...]:
    """Everywhere the name at a place stands, in every file."""
    one = occurrence_at(view, offset)
    if one is None:
        return ()
    found = library.occurrences.get((one.kind, one.name), ())
    return tuple(place.span for place in found if with_declaration or not place.declares)


def renamable(library: Library, view: View, offset: int) -> Occurrence | Refusal:
    """Give the name at a place that can be changed, or why none can."""
    one = occurrence_at(view, offset)
    if one is None:
        return Refusal("no name stands here")
    if one.kind in _GIVEN:
        return Refusal(_GIVEN[one.kind])
    if (one.kind, one.name) not in library.declarations:
        return Refusal(f"no {one.kind.value} is called `{one.name}`")
    return one


def rename(library: Library, view: View, offset: int, name: str) -> tuple[Span, ...] | Refusal:
    """Give the places where `name` is to be written instead, in every file, or why it cannot be."""
    one = renamable(library, view, offset)
    if isinstance(one, Refusal):
        return one
    if name in reserved_words():
        return Refusal(f"`{name}` is a word of the language")
    if not lexical.ID.fullmatch(name):
        return Refusal(f"`{name}` is no name: write small letters a to z, digits, and single `-` or `_` between them")
    if name != one.name and (one.kind, name) in library.declarations:
        return Refusal(f"there is a {one.kind.value} called `{name}` already")
    return tuple(place.span for place in library.occurrences[one.kind, one.name])
