"""Which token is the name of what: read from the words around it, so that broken declarations have names too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dsl.editor.view import FILES_REMEMBERED, View, real_tokens
from dsl.read.split import Piece
from dsl.read.texts import find_braces
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord
from policy.source import Span


class NameKind(StrEnum):
    """What a name names."""

    FIELD = "field"
    SET = "set"
    DEFINE = "define"
    ROLE = "role"
    RULE = "rule"
    TARGET = "target"
    EXCLUSION = "exclusion"
    NEVER = "never"
    EVENT = "event"
    DATA = "account data"


_BY_WORD = {
    DeclarationWord.SET: NameKind.SET,
    DeclarationWord.DEFINE: NameKind.DEFINE,
    DeclarationWord.ROLE: NameKind.ROLE,
    DeclarationWord.RULE: NameKind.RULE,
    DeclarationWord.TARGET: NameKind.TARGET,
    DeclarationWord.EXCLUDE: NameKind.EXCLUSION,
    DeclarationWord.NEVER: NameKind.NEVER,
    DeclarationWord.EVENT: NameKind.EVENT,
}
_BEHIND = {
    "role": NameKind.ROLE,
    "depends on": NameKind.TARGET,
    "using": NameKind.DATA,
    "not in": NameKind.SET,
    "event": NameKind.EVENT,
}
_WITH_CONDITIONS = frozenset(
    {DeclarationWord.DEFINE, DeclarationWord.RULE, DeclarationWord.EXCLUDE, DeclarationWord.EVENT}
)
_BECAUSE = {"denied": NameKind.NEVER, "frozen": NameKind.EXCLUSION}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name at a place. `declares` tells that the place declares it. A field is named by its whole path."""

    kind: NameKind
    name: str
    span: Span
    declares: bool = False


@lru_cache(maxsize=FILES_REMEMBERED)
def occurrences(view: View) -> tuple[Occurrence, ...]:
    """Every name in a file, in order."""
    return tuple(one for piece in view.pieces for one in _of_piece(piece))


def occurrence_at(view: View, offset: int) -> Occurrence | None:
    """Name that stands at a place, or ends there."""
    place = view.places.place(offset)
    found = [
        one
        for one in occurrences(view)
        if (one.span.line, one.span.column) <= place <= (one.span.end_line, one.span.end_column)
    ]
    return found[-1] if found else None


def kind_of_name(piece_word: DeclarationWord, tokens: Sequence[Token], index: int) -> NameKind | None:
    """Tell what the word at `index` of a declaration's tokens names; None when no name stands there."""
    if is_head(tokens, index):
        return _BY_WORD.get(piece_word)
    start = _start_of_list(tokens, index)
    before = tokens[start - 1]
    if before.shape is not Shape.TEXT and (before.words in _BEHIND or before.is_word("in", "from", "because")):
        return _kind_behind(piece_word, tokens, start)
    if piece_word is DeclarationWord.POLICY:
        return NameKind.FIELD if before.words in {"by", ","} else None
    return NameKind.DEFINE if piece_word in _WITH_CONDITIONS else None


def _kind_behind(piece_word: DeclarationWord, tokens: Sequence[Token], start: int) -> NameKind | None:
    """Kind of the names that begin at `start`, behind a word that only names follow."""
    match tokens[start - 1].words:
        case "in":
            path, before_path = tokens[start - 2], tokens[max(start - 3, 0)]
            compared = path.type in {"PATH", "DOTTED"} and not before_path.is_word("by")
            return NameKind.SET if compared else NameKind.TARGET
        case "from":
            return NameKind.TARGET if piece_word is DeclarationWord.EXCLUDE else None
        case "because":
            return _cause(tokens, start) if piece_word is DeclarationWord.TEST else None
        case word:
            return _BEHIND[word]


def is_head(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether the name of the declaration itself stands at `index`."""
    return index == head_index(tokens)


def head_index(tokens: Sequence[Token]) -> int:
    """Give the index at which the name of a declaration stands."""
    return 2 if tokens[0].words == "draft" else 1


def _start_of_list(tokens: Sequence[Token], index: int) -> int:
    """Index of the first of the names of a list such as `using a, b` or `from ad, entra`."""
    start = index
    while start > 2 and tokens[start - 1].is_sign(",") and tokens[start - 2].type == "IDENT":  # noqa: PLR2004  # `a ,`
        start -= 2
    listed = tokens[start - 1].is_word("using", "from", "because")
    return start if listed else index


def _cause(tokens: Sequence[Token], because: int) -> NameKind:
    """Tell what stands behind the `because` of an expectation: what denied, what froze, or the rules that gave."""
    for token in reversed(tokens[:because]):
        if token.words in _BECAUSE:
            return _BECAUSE[token.words]
        if token.is_word("expect"):
            break
    return NameKind.RULE


def _of_piece(piece: Piece) -> Iterator[Occurrence]:
    tokens = real_tokens(piece)
    for index in range(1, len(tokens)):
        token = tokens[index]
        if token.shape is Shape.TEXT:
            if tokens[index - 1].is_word("permission"):
                yield from _in_template(token)
        elif is_fact(piece.word, tokens, index):
            yield Occurrence(NameKind.FIELD, f"{fact_root(tokens, index)}.{token.words}", token.span)
        elif token.type == "PATH" and token.words.startswith("account."):
            yield Occurrence(NameKind.DATA, token.words.removeprefix("account."), token.span)
        elif token.type == "PATH":
            yield Occurrence(NameKind.FIELD, token.words, token.span, declares=_declares_field(piece, tokens, index))
        elif token.type in {"IDENT", "DOTTED"} and not token.damaged:
            yield from _of_word(piece.word, tokens, index)


def _of_word(word: DeclarationWord, tokens: Sequence[Token], index: int) -> Iterator[Occurrence]:
    token = tokens[index]
    kind = kind_of_name(word, tokens, index)
    if kind is NameKind.FIELD:
        yield Occurrence(kind, f"contract.{token.words}", token.span)
    elif kind is not None and token.type == "IDENT":
        yield Occurrence(kind, token.words, token.span, declares=is_head(tokens, index))


def fact_root(tokens: Sequence[Token], index: int) -> str:
    """Whose fact stands at `index` of a test: that of the person, or of the contract whose block is open."""
    open_blocks: list[str] = []
    for position in range(1, index):
        token = tokens[position]
        if token.is_word("end") and open_blocks:
            open_blocks.pop()
        elif opens_person(tokens, position):
            open_blocks.append(token.words)
    return open_blocks[-1] if open_blocks else "person"


def opens_person(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether the block of a person or a contract of a test opens here, and not `person "P2" expect`."""
    token, *behind = tokens[position : position + 3]
    if not token.is_word("person", "contract") or not behind or behind[0].shape is not Shape.TEXT:
        return False
    return len(behind) == 1 or not behind[1].is_word("expect")


def is_fact(word: DeclarationWord, tokens: Sequence[Token], index: int) -> bool:
    """Tell whether a fact stands at `index`: a name with a colon behind it, in a test."""
    named = tokens[index].shape in {Shape.WORD, Shape.DOTTED}
    return word is DeclarationWord.TEST and named and index + 1 < len(tokens) and tokens[index + 1].is_sign(":")


def _declares_field(piece: Piece, tokens: Sequence[Token], index: int) -> bool:
    return piece.word is DeclarationWord.FIELD and is_head(tokens, index)


def _in_template(token: Token) -> Iterator[Occurrence]:
    for brace in find_braces(token.words):
        if brace.parts is not None:
            inner = brace.written.index(brace.parts[0])
            name = ".".join(brace.parts)
            column = token.span.column + 1 + brace.start + inner
            line = token.span.line
            span = Span(token.span.path, line, column, line, column + len(name))
            yield Occurrence(NameKind.FIELD, name, span)
