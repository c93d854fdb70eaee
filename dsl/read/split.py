"""Tokens to declarations: where each begins and ends, so that an error in one never hides the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from dsl.read.clauses import opens_table
from dsl.read.phrases import NAME, retype
from dsl.read.split_tests import measure_test, name_facts
from dsl.read.tokens import Shape, Token
from dsl.suggest import suggest
from dsl.tree.ast import DeclarationWord
from policy.catalogue import language
from policy.diagnostics import Diagnostic
from policy.source import Span

_WORDS = tuple(one.value for one in DeclarationWord)
_HEADS = MappingProxyType({word.value: word for word in DeclarationWord} | {"draft": DeclarationWord.RULE})
_OF_BLOCKS = frozenset({*_HEADS, "end", "grant", "starting", "ending"})
"""Words at which a block may end, or a table in it."""
_BEHIND = MappingProxyType({"grant": ("role",), "ending": ("never",), "draft": ("rule",), "expect": ("event",)})
"""Declaration words that go on with the clause of the word before; any word names account data."""
_OF_OTHER_LANGUAGES = frozenset({"select", "let", "def", "else", "elif", "if", "for", "import"})
"""Words that begin something elsewhere; that one is spelt like a declaration word means nothing."""
_LINES = frozenset({DeclarationWord.FIELD, DeclarationWord.SET, DeclarationWord.DEFINE})
"""Declarations without an `end`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The tokens of one declaration, with the `end` of a block (made up where the author forgot it)."""

    word: DeclarationWord
    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        """Stretch of the declaration."""
        return self.tokens[0].span.through(self.tokens[-1].span)


def split_declarations(tokens: Sequence[Token]) -> tuple[list[Piece], list[Diagnostic]]:
    """Cut a file's tokens into declarations; what stands between, and every missing or stray `end`, is a problem."""
    splitter = _Splitter(list(tokens))
    splitter.mend_capitals()
    while splitter.position < len(splitter.tokens):
        splitter.read_next()
    return splitter.pieces, splitter.problems


class _Splitter:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.pieces: list[Piece] = []
        self.problems: list[Diagnostic] = []

    def mend_capitals(self) -> None:
        """Take `END` and `Rule` at the start of a line for what they are meant to be."""
        for position, token in enumerate(self.tokens):
            if not (token.leads and token.type == "IDENT"):
                continue
            word = token.words.lower()
            if word != token.words and word in (*_WORDS, "draft", "end"):
                detail = f"`{token.words}`: the words of the language are written in small letters."
                problem = Diagnostic(language.MISSPELT_WORD, detail, token.span, f"write `{word}`")
                self.problems.append(problem)
                self.tokens[position] = _as_keyword(token, word)

    def read_next(self) -> None:
        """Read one declaration, or what stands before the next."""
        word = self._head_at(self.position)
        if word is None:
            self._read_stray()
        elif word in _LINES:
            self._take(word, self._end_of_line_declaration(word))
        elif word is DeclarationWord.TEST:
            self._read_test()
        else:
            self._read_block(word)

    # --- heads -------------------------------------------------------------------------------------------------------

    def _token(self, position: int) -> Token | None:
        return self.tokens[position] if 0 <= position < len(self.tokens) else None

    def _head_at(self, position: int) -> DeclarationWord | None:
        token = self._token(position)
        if token is None or token.shape is not Shape.WORD or token.type == "IDENT":
            return None
        return _HEADS.get(token.words)

    def _begins_next(self, position: int, inside: DeclarationWord) -> bool:
        """Tell whether a new declaration begins here although the block before it has no `end` yet."""
        token, before, behind = self._token(position), self._token(position - 1), self._token(position + 1)
        if token is None or not token.leads or self._head_at(position) is None or token.type == NAME:
            return False  # (a word of the language is a name behind `using`)
        joined = before is not None and before.shape is Shape.WORD and token.words in _BEHIND.get(before.words, ())
        if joined and token.is_word("rule") and before is not None and position - 1 != self.position:
            earlier = self._token(position - 2)  # else `draft` stands where a name or something else belongs
            joined = earlier is None or earlier.is_word("end") or (before.leads and self._head_at(position - 2) is None)
        if behind is None or behind.is_sign(":") or joined:
            return False
        if token.is_word("role") and inside is DeclarationWord.ROLE:
            title = self._token(position + 2)
            return title is not None and title.shape is Shape.TEXT
        return behind.shape is Shape.WORD or behind.shape is Shape.DOTTED or token.is_word("policy", "test")

    # --- ends --------------------------------------------------------------------------------------------------------

    def _take(self, word: DeclarationWord, end: int, forgotten: Sequence[int] = ()) -> None:
        """Take the tokens up to `end`, with a made-up `end` before each of the positions `forgotten`."""
        tokens: list[Token] = []
        start = self.position
        for position in forgotten:
            tokens += self.tokens[start:position]
            tokens.append(_made_up_end(self.tokens[position - 1]))
            start = position
        whole = (*tokens, *self.tokens[start:end])
        self.pieces.append(Piece(word, name_facts(whole) if word is DeclarationWord.TEST else whole))
        self.position = end

    def _end_of_line_declaration(self, word: DeclarationWord) -> int:
        end = self.position + 2
        if self._begins_next(self.position + 1, word):
            return self.position + 1
        while end < len(self.tokens):
            token, behind = self.tokens[end], self._token(end + 1)
            if token.is_word("end") or (self._head_at(end) is not None and not self._goes_on(end)):
                break
            named = behind is not None and token.type == behind.type == "IDENT"
            if token.leads and (named or self._begins_misspelt(end)):
                break  # a misspelt declaration word: no condition or list goes on like this
            end += 1
        return min(end, len(self.tokens))

    def _goes_on(self, position: int) -> bool:
        """Tell whether a declaration word stands, on the same line, where a name belongs."""
        before = self.tokens[position - 1]
        joined = before.is_word("as", "and", "or", "not", "in", "not in", "is", "from")
        return not self.tokens[position].leads and (joined or before.is_sign("(") or before.is_sign(","))

    def _read_test(self) -> None:
        extent = measure_test(self.tokens, self.position, lambda at: self._begins_next(at, DeclarationWord.TEST))
        self.problems += extent.problems
        if not extent.closed:
            self._report_missing_end(extent.end)
        self._take(DeclarationWord.TEST, extent.end, extent.forgotten)

    def _read_block(self, word: DeclarationWord) -> None:
        end, table = self.position + 1, None
        forgotten: list[int] = []
        while end < len(self.tokens):
            token = self.tokens[end]
            if token.shape is not Shape.WORD or token.words not in _OF_BLOCKS:
                end += 1
                continue
            if self._begins_next(end, word):
                break
            if table is not None and token.is_word("grant", "starting", "ending"):
                self._report_open_table(table, end)
                forgotten.append(end)
                table = end if opens_table(self.tokens, end) else None
            elif token.is_word("end") and not self._is_meant_as_name(end):
                if table is None:
                    self._take(word, end + 1, forgotten)
                    return
                table = None
            elif opens_table(self.tokens, end):
                table = end
            end += 1
        self._report_missing_end(end)
        forgotten += [end] * (1 if table is None else 2)
        self._take(word, end, forgotten)

    def _is_meant_as_name(self, position: int) -> bool:
        """Tell whether an `end` stands, on the same line, where a name belongs."""
        before = self.tokens[position - 1]
        named = before.type != "IDENT" and before.is_word("in", "role", "depends on", "target", "rule")
        return named and not self.tokens[position].leads

    def _report_open_table(self, table: int, position: int) -> None:
        span = self.tokens[table].span.through(self.tokens[table + 1].span)
        line = self.tokens[position].span.line
        detail = f"The table `grant by` is not closed before `{self.tokens[position].words}` in line {line}."
        hint = f"write `end` behind its last row, before line {line}"
        self.problems.append(Diagnostic(language.MISSING_END, detail, span, hint))

    def _report_missing_end(self, end: int) -> None:
        last = self.tokens[end - 1]
        if last.damaged and last.shape is Shape.TEXT and "end" in last.words.split():
            return  # it stands in a text that was not closed, which is said already
        head = self.tokens[self.position : self.position + 2]
        name = " ".join(f'"{one.words}"' if one.shape is Shape.TEXT else one.words for one in head)
        following = self._token(end)
        if following is None:
            detail, hint = f"`{name}` is not closed before the file ends.", "write `end` behind its last line"
        else:
            detail = f"`{name}` is not closed before `{following.words}` in line {following.span.line}."
            hint = f"write `end` before line {following.span.line}"
        tables = [n for n in range(self.position, end) if opens_table(self.tokens, n)]
        related = tuple(("this table takes an `end` of its own", self.tokens[n].span) for n in tables)
        span = head[0].span.through(head[-1].span)
        self.problems.append(Diagnostic(language.MISSING_END, detail, span, hint, related=related))

    # --- what stands between declarations ----------------------------------------------------------------------------

    def _read_stray(self) -> None:
        token = self.tokens[self.position]
        if token.is_word("end"):
            self._report_stray_end(token)
            self.position += 1
            return
        meant = _meant(token.words) if token.type == "IDENT" else None
        if meant is not None and self._names_something(self.position + 1):
            detail = f"`{token.words}` begins no declaration."
            hint = f"did you mean `{meant}`?"
            self.problems.append(Diagnostic(language.MISSPELT_WORD, detail, token.span, hint))
            self.tokens[self.position] = _as_keyword(token, meant)
            return
        start = self.position
        while self.position < len(self.tokens):
            self.position += 1
            if self._begins_misspelt(self.position):
                break
            if self._head_at(self.position) is not None and self.tokens[self.position].leads:
                break
        self._report_stray(self.tokens[start : self.position])

    def _begins_misspelt(self, position: int) -> bool:
        token = self._token(position)
        if token is None or not token.leads or token.type != "IDENT" or not self._names_something(position + 1):
            return False
        return not self.tokens[position + 1].leads and _meant(token.words) is not None

    def _names_something(self, position: int) -> bool:
        token = self._token(position)
        if token is None or token.is_word("and", "or") or self._head_at(position) is not None:
            return False
        return token.shape in {Shape.WORD, Shape.DOTTED, Shape.TEXT}

    def _report_stray_end(self, token: Token) -> None:
        before = self.pieces[-1] if self.pieces else None
        if before is None:
            detail, hint = "No block is open here.", "delete it"
        elif before.word in _LINES:
            detail, hint = f"`{before.word}` is a clause of its own and has no `end`.", "delete this `end`"
        else:
            line = before.tokens[-1].span.line
            detail = f"The block `{before.word}` before it is closed by the `end` in line {line} already."
            hint = "delete one of the two"
        self.problems.append(Diagnostic(language.STRAY_END, detail, token.span, hint))

    def _report_stray(self, stray: Sequence[Token]) -> None:
        if all(token.damaged for token in stray):
            return
        first = stray[0]
        before = self.pieces[-1] if self.pieces else None
        related: tuple[tuple[str, Span], ...] = ()
        if before is not None and before.tokens[-1].is_word("end"):
            related = ((f"the block `{before.word}` before it ends here", before.tokens[-1].span),)
        shown = f'"{first.words}"' if first.shape is Shape.TEXT else first.words
        detail = f"`{shown}` begins no declaration."
        hint = "begin with one of " + ", ".join(f"`{one}`" for one in _WORDS)
        span = first.span.through(stray[-1].span)
        self.problems.append(Diagnostic(language.NO_DECLARATION, detail, span, hint, related=related))


@lru_cache(maxsize=1024)
def _meant(word: str) -> str | None:
    """Find the declaration word that was most likely meant."""
    return None if word.lower() in _OF_OTHER_LANGUAGES else suggest(word, _WORDS)


def _as_keyword(token: Token, word: str) -> Token:
    return retype(token, word)


def _made_up_end(before: Token) -> Token:
    span = replace(before.span, line=before.span.end_line, column=before.span.end_column)
    return replace(retype(before, "end"), span=span, leads=True, value=None, damaged=False)
