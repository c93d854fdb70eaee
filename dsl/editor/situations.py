"""What may stand at a place: the text before it is read, and the grammar is asked what it takes next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsl.editor.view import is_closed, real_tokens
from dsl.read.clauses import HEAD, cut_clauses
from dsl.read.expected import keywords
from dsl.read.parse import parse_tokens
from dsl.read.phrases import UNKNOWN, join_words
from dsl.read.recovery import Stop
from dsl.read.scan import scan_text
from dsl.read.split import split_declarations
from dsl.read.texts import find_text
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord
from policy.source import SourceFile, Span

_WORDS = "|".join(one.value for one in DeclarationWord)
_HEAD = re.compile(rf"^(?:draft[ \t]+)?(?:{_WORDS})\b", re.MULTILINE)
_PREFIX = re.compile(r"[\w.-]*\Z")
_MOST_CLAUSES_LEFT_OUT = 20
_NOWHERE = Span("", 1, 1, 1, 2)
_MOST_WORDS = 6  # no phrase has more


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at a place of a file.

    `word` is the declaration it lies in, None between declarations; `tokens` are those of that declaration up to the
    place. `accepted` are the terminals the grammar takes next. `start` and `end` are offsets: what is chosen replaces
    the characters between them. `in_text`: they stand between quotes. `leads`: nothing stands before on the line.
    """

    word: DeclarationWord | None
    tokens: tuple[Token, ...]
    accepted: frozenset[str]
    start: int
    end: int
    in_text: bool = False
    leads: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Keywords, phrases and signs that the grammar takes next."""
        return tuple(keywords(self.accepted))


@dataclass(frozen=True, slots=True)
class Begun:
    """A phrase of several words of which the first stand there already, from the offset `start`."""

    phrase: str
    start: int


def situation_at(source: SourceFile, offset: int) -> Situation | None:
    """Look at a place; None inside a comment. Only the declaration around it is read, however long the file is."""
    text = source.text
    begin = _begin_of_declaration(text, offset)
    before = text[begin:offset]
    scan = scan_text(SourceFile(source.path, before))
    if scan.comments and scan.comments[-1].span.end_line == before.count("\n") + 1:
        return None
    opened = _open_text(before, scan.tokens)
    if opened is not None:
        tokens, start = [one for one in scan.tokens if one.start < opened], opened + 1
        end = max(_end_inside(text, begin + start), offset)
    else:
        prefix = _PREFIX.search(before)
        assert prefix is not None, "an empty stretch matches"
        start = prefix.start()
        tokens = [one for one in scan.tokens if one.start < start]
        end = offset
    leads = not before[:start].rpartition("\n")[2].strip()
    moved = [replace(one, start=one.start + begin) for one in tokens]
    word, own = _own_tokens(join_words(moved))
    return Situation(word, own, _accepted(word, own), begin + start, end, in_text=opened is not None, leads=leads)


def phrases_begun(situation: Situation) -> tuple[Begun, ...]:
    """Phrases whose first words stand before the place: `starts` waits for `with`."""
    found: dict[str, Begun] = {}
    tokens = situation.tokens
    for count in range(1, min(_MOST_WORDS, len(tokens))):
        last = tokens[len(tokens) - count :]
        if any(one.shape is not Shape.WORD for one in last) or situation.word is None:
            break
        begun = " ".join(one.words for one in last) + " "
        for phrase in keywords(_accepted(situation.word, tokens[: len(tokens) - count])):
            if phrase.startswith(begun):
                found.setdefault(phrase, Begun(phrase, last[0].start))
    return tuple(found[one] for one in sorted(found))


def _begin_of_declaration(text: str, offset: int) -> int:
    """Offset of the last line before the place that begins as a declaration does, at the margin."""
    at = offset
    while at > 0:
        line = text.rfind("\n", 0, at) + 1
        if _HEAD.match(text, line) and line + len(_HEAD.match(text, line).group()) < offset:  # type: ignore[union-attr]  # it matched
            return line
        at = line - 1
    return 0


def _open_text(before: str, tokens: Sequence[Token]) -> int | None:
    """Offset of the opening quote of the text in which `before` ends."""
    if not tokens or tokens[-1].shape is not Shape.TEXT:
        return None
    start = tokens[-1].start
    if find_text(before, start).closed or "\n" in before[start:]:
        return None
    return start


def _end_inside(text: str, start: int) -> int:
    """Offset of the closing quote of the text that begins at `start`; `start` when it has none on its line."""
    found = find_text(text, start - 1)
    return found.inner_end if found.closed else start


def _own_tokens(tokens: list[Token]) -> tuple[DeclarationWord | None, tuple[Token, ...]]:
    pieces, _ = split_declarations(tokens)
    if not pieces or is_closed(pieces[-1]):
        return None, ()
    own = real_tokens(pieces[-1])
    if tokens and own[-1].start != tokens[-1].start:
        return None, ()  # something that begins no declaration stands behind it
    return pieces[-1].word, own


def _accepted(word: DeclarationWord | None, tokens: Sequence[Token]) -> frozenset[str]:
    """Terminals the grammar takes behind `tokens`; clauses before the last that it refuses are left out."""
    if word is None:
        return frozenset()
    mark = Token(Shape.UNREADABLE, "", _NOWHERE, 0, type=UNKNOWN)
    left = list(tokens)
    for _ in range(_MOST_CLAUSES_LEFT_OUT):
        outcome = parse_tokens([*left, mark])
        if not isinstance(outcome, Stop) or outcome.index >= len(left):
            return outcome.accepted if isinstance(outcome, Stop) else frozenset()
        segments = cut_clauses(word, left)
        broken = next((one for one in segments if one.start <= outcome.index < one.end), segments[-1])
        if broken.end >= len(left):
            break
        del left[outcome.index if broken.kind == HEAD else broken.start : broken.end]
    return frozenset()
