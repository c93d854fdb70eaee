"""All files of a workspace together: what every name stands for, and which fields there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from dsl.editor.names import NameKind, Occurrence, occurrences
from dsl.editor.view import FILES_REMEMBERED, View, head_of, real_tokens, view_file
from dsl.names import collect_names
from dsl.problems import Findings
from dsl.read.remembered import read_file
from dsl.read.split import Piece
from dsl.read.texts import decode
from dsl.read.tokens import Shape
from dsl.schema import build_schema
from policy.source import SourceFile, Span
from policy.types import Schema


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration of a name: where it stands, its title, and what it says `about` itself and its owner."""

    kind: NameKind
    name: str
    place: Occurrence
    view: View
    piece: Piece
    title: str = ""

    def said(self, clause: str) -> str:
        """Text behind a clause such as `about` or `owner`; empty when it is not said."""
        tokens = real_tokens(self.piece)
        for token, behind in pairwise(tokens):
            if token.is_word(clause) and behind.shape is Shape.TEXT:
                return decode(behind.words)
        return ""

    @property
    def text(self) -> str:
        """The declaration as it is written."""
        return self.view.text_of(self.piece.span)


@dataclass(frozen=True)
class Library:
    """The files of a workspace, and what they say together. Build one with `Library.of`."""

    views: tuple[View, ...]

    @classmethod
    def of(cls, files: Iterable[SourceFile]) -> Library:
        """Take the files as they stand, whatever is wrong with them."""
        return cls(tuple(view_file(one) for one in sorted(files)))

    @cached_property
    def schema(self) -> Schema:
        """Fields that rules may name, as far as the declarations of fields can be read."""
        trees = [read_file(view.source)[0] for view in self.views]
        findings = Findings()
        schema, _, _ = build_schema(collect_names(trees, findings), findings)
        return schema

    @cached_property
    def declarations(self) -> Mapping[tuple[NameKind, str], Declaration]:
        """First declaration of every name, by kind and name."""
        found: dict[tuple[NameKind, str], Declaration] = {}
        for view in self.views:
            for one in _declarations(view):
                found.setdefault((one.kind, one.name), one)
        return found

    @cached_property
    def occurrences(self) -> Mapping[tuple[NameKind, str], Sequence[Occurrence]]:
        """Every place of every name, by kind and name, in order."""
        found: dict[tuple[NameKind, str], list[Occurrence]] = {}
        for view in self.views:
            for one in occurrences(view):
                found.setdefault((one.kind, one.name), []).append(one)
        return found

    def declared(self, kind: NameKind) -> tuple[Declaration, ...]:
        """Give the declarations of one kind, by name."""
        return tuple(one for (found, _), one in sorted(self.declarations.items()) if found is kind)


@lru_cache(maxsize=FILES_REMEMBERED)
def _declarations(view: View) -> tuple[Declaration, ...]:
    places = {one.span: one for one in occurrences(view) if one.declares}
    found = (_declaration(view, piece, places) for piece in view.pieces)
    return tuple(one for one in found if one is not None)


def _declaration(view: View, piece: Piece, places: Mapping[Span, Occurrence]) -> Declaration | None:
    name, title = head_of(piece)
    place = places.get(name.span) if name is not None else None
    if place is None:
        return None
    return Declaration(place.kind, place.name, place, view, piece, decode(title.words) if title is not None else "")
