"""Reading on behind an error: each problem is said once, its clause repaired or left out, the declaration read again.

Every step either replaces a token the grammar refused by one it takes, moves a clause, or takes tokens away, and the
number of steps is bounded, so reading always ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from dsl.read import texts
from dsl.read.clauses import BEHIND_GRANT, END, HEAD, ROW, TABLE_END, Segment, cut_clauses
from dsl.read.findings import Finding, Situation, find_problem
from dsl.read.nesting import DEEPEST, find_too_deep
from dsl.read.parts import name_problem
from dsl.read.phrases import retype
from dsl.read.split import Piece
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import BrokenDeclaration, DeclarationNode, DeclarationWord, RuleDeclaration
from dsl.tree.leaves import Ident, Path
from policy.catalogue import language
from policy.diagnostics import Diagnostic

MOST_STEPS = 60
"""Repairs of one declaration; the rest of a worse one is not read."""

_ALIKE = (frozenset({"person", "when"}), frozenset({"account", "access", "permission", "role"}))
_MOST_TOKENS = 500_000  # read again and again over all steps
_BLOCKS = frozenset({"person", "contract"})
_STAND_IN = "x"
_NAMED = ("role", "rule", "target", "exclude", "never", "event")
_SHORTEST = MappingProxyType(
    {
        **{word: (word, "NAME") for word in _NAMED},
        "field": ("field", "PATH", "is", "flag"),
        "set": ("set", "NAME", "is", "TEXT"),
        "define": ("define", "NAME", "as", "PATH"),
        "language": ("language", "NUMBER"),
        "grant": ("grant", "account", "in", "NAME"),
        "account": ("account", "in", "NAME"),
        "together with": ("together with", "account", "in", "NAME"),
        "on": ("on", "grant", "account", "in", "NAME"),
        "notify": ("notify", "TEXT", "using", "TEXT"),
        "day": ("on", "DAY", "expect", "nothing"),
        "expect": ("expect", "nothing"),
    }
)
"""Shortest clause of each kind, and the shortest head of each declaration; others are a word and a text."""
_ONE = Decimal(1)
_SOME_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the grammar took no further token: its index, and the terminals that could have stood there."""

    index: int
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Read:
    """A declaration read, and what is wrong with values in it."""

    node: DeclarationNode
    problems: tuple[Diagnostic, ...]


def read_declaration(
    piece: Piece, parse: Callable[[Sequence[Token]], Read | Stop]
) -> tuple[DeclarationNode | BrokenDeclaration, list[Diagnostic]]:
    """Read one declaration and report every problem in it."""
    too_deep = find_too_deep(piece.tokens)
    if too_deep is not None:
        detail = f"The condition has more than {DEEPEST} levels of parentheses and `not`."
        hint = "give an inner part a name with `define`"
        return _broken(piece, None), [Diagnostic(language.NESTED_TOO_DEEP, detail, too_deep.span, hint)]
    outcome = parse(piece.tokens)
    if isinstance(outcome, Read):
        return outcome.node, list(outcome.problems)
    recovery = _Recovery(piece)
    for _ in range(max(5, min(MOST_STEPS, _MOST_TOKENS // len(piece.tokens)))):
        if isinstance(outcome, Read):
            node = None if recovery.is_made_up else recovery.without_stand_ins(outcome.node)
            return _broken(piece, node), [*recovery.problems, *outcome.problems]
        recovery.step(outcome)
        outcome = parse(recovery.tokens)
    return _broken(piece, None), recovery.problems


class _Recovery:
    def __init__(self, piece: Piece) -> None:
        self.word = piece.word
        self.tokens = list(piece.tokens)
        self.problems: list[Diagnostic] = []
        self.is_made_up = False  # something stands in that the author did not write
        self.has_no_grant = False
        self._removed: set[str] = set()
        self._furthest = -1

    def step(self, stop: Stop) -> None:
        """Report the problem at `stop`, and change the tokens so that reading comes further."""
        segments = cut_clauses(self.word, self.tokens)
        here = next((n for n, one in enumerate(segments) if one.start <= stop.index < one.end), len(segments) - 1)
        situation = Situation(self.word, tuple(self.tokens), stop.index, stop.accepted, tuple(segments), here)
        finding = Finding(None) if self._is_follow_up(situation) else find_problem(situation)
        if finding.problem is not None and not self._may_be_swallowed(finding.missing):
            self.problems.append(finding.problem)
        if finding.missing is not None:
            self._fill(situation, finding.missing)
        elif finding.moved is not None:
            self._move(*(segments[n] for n in finding.moved))
        elif finding.replaced is not None and stop.index > self._furthest:
            first, behind, tokens = finding.replaced
            self.tokens[first:behind] = tokens
        else:
            foreign = finding.problem is not None and finding.problem.kind is language.FOREIGN_CLAUSE
            self._remove(situation, to_line_end=foreign)
        self._furthest = max(self._furthest, stop.index) if finding.moved is None else -1

    def without_stand_ins(self, node: DeclarationNode) -> DeclarationNode:
        """Leave out the grant that stands in for one the author forgot."""
        if self.has_no_grant and isinstance(node, RuleDeclaration):
            return replace(node, grants=())
        return node

    def _may_be_swallowed(self, missing: str | None) -> bool:
        """Tell whether a clause that is missing stands in a text that was not closed."""
        return missing is not None and any(
            token.damaged and token.shape is Shape.TEXT and missing in token.words for token in self.tokens
        )

    def _is_follow_up(self, situation: Situation) -> bool:
        """Tell whether what is wrong here follows from something reported already."""
        clause = situation.segments[situation.here]
        if not situation.between_clauses and situation.index == clause.start and situation.here:
            clause = situation.segments[situation.here - 1]
        return any(token.damaged for token in self.tokens[clause.start : situation.index + 1])

    def _fill(self, situation: Situation, clause: str) -> None:
        """Put a clause in that must be there, so that what follows can be read."""
        position = situation.index
        was_there = any(not group.isdisjoint(self._removed) for group in _ALIKE if clause in group)
        if (
            (was_there or clause in self._removed)
            and self.problems
            and self.problems[-1].kind is language.MISSING_CLAUSE
        ):
            self.problems.pop()  # it was there, but could not be read
        near = self.tokens[min(position, len(self.tokens) - 1)]
        self.tokens[position:position] = _made_up(
            "day" if (self.word, clause) == (DeclarationWord.TEST, "on") else clause, near
        )
        if clause == "grant":
            self.has_no_grant = True
        elif clause != "because":
            self.is_made_up = True

    def _move(self, clause: Segment, before: Segment) -> None:
        moved = self.tokens[clause.start : clause.end]
        del self.tokens[clause.start : clause.end]
        self.tokens[before.start : before.start] = moved

    def _remove(self, situation: Situation, *, to_line_end: bool) -> None:
        """Leave out the clause that cannot be read, or what stands too much behind a complete one.

        With `to_line_end` also the words on the same line that would begin a clause of their own.
        """
        segments, here, index = situation.segments, situation.here, situation.index
        segment = segments[here]
        if situation.between_clauses and segment.start < index and not self._holds_condition(segment):
            end = segment.end
            while to_line_end and end < len(self.tokens) - 1 and not self.tokens[end].leads:
                end += 1
            del self.tokens[index:end]
            return
        if situation.between_clauses and segment.start == index and segment.kind not in {END, TABLE_END, HEAD}:
            self._remove_clause(segments, here)
            return
        broken = here if index > segment.start else here - 1
        if broken < 0 or segments[broken].kind == HEAD:
            self._replace_head(segments[0], index)
        else:
            self._remove_clause(segments, broken)

    def _holds_condition(self, segment: Segment) -> bool:
        """Tell whether what is left of a clause, when its end is cut off, could mean something else."""
        return segment.kind == "when" or self.word is DeclarationWord.DEFINE

    def _remove_clause(self, segments: Sequence[Segment], broken: int) -> None:
        """Remove a clause, with the rows of its table and the window of its grant."""
        segment = segments[broken]
        end = broken + 1
        if segment.kind == TABLE_END:
            broken, segment = next(
                (n, one) for n, one in reversed(list(enumerate(segments[:broken]))) if not one.of_table
            )
        if segment.kind == "grant":
            while end < len(segments) and (segments[end].of_table or segments[end].kind in BEHIND_GRANT):
                end += 1
        elif self.word is DeclarationWord.TEST and segment.kind in _BLOCKS:
            end = _behind_block(segments, broken)
        elif segment.kind == ROW and _is_only_row(segments, broken):
            self._remove_clause(segments, next(n for n in range(broken, -1, -1) if segments[n].kind == "grant"))
            return
        self._removed.add(segment.kind)
        last = segments[end - 1]
        stop = last.start if last.kind == END and last is segments[-1] else last.end
        del self.tokens[segment.start : max(stop, segment.start + 1)]

    def _replace_head(self, head: Segment, index: int) -> None:
        """Go on with a made-up head, or leave a declaration that is one clause."""
        self.is_made_up = True
        if self.word is DeclarationWord.EVENT:
            self._removed.add("on")  # `14 days before …` has no word of its own, so it counts as the head
        first = self.tokens[0]
        end = max(head.end, min(index, len(self.tokens) - 1))
        self.tokens[head.start : end] = _made_up(self.word.value, first)


def _behind_block(segments: Sequence[Segment], opener: int) -> int:
    """Find the segment behind the `end` of a test's `person` or `contract`."""
    depth, position = 1, opener + 1
    while position < len(segments) - 1 and depth:
        depth += (segments[position].kind in _BLOCKS) - (segments[position].kind == END)
        position += 1
    return position


def _is_only_row(segments: Sequence[Segment], row: int) -> bool:
    before, behind = segments[row - 1], segments[row + 1] if row + 1 < len(segments) else None
    return before.kind != ROW and (behind is None or behind.kind != ROW)


def _made_up(clause: str, near: Token) -> list[Token]:
    """Tokens of the shortest clause of this kind, all at the place of `near`."""
    name = replace(near, shape=Shape.WORD, words=_STAND_IN, type="IDENT", value=None, damaged=False)
    made: dict[str, Token] = {
        "NAME": name,
        "TEXT": replace(name, shape=Shape.TEXT, type="QUOTED"),
        "PATH": replace(name, shape=Shape.DOTTED, words="person.excluded", type="PATH"),
        "NUMBER": replace(name, shape=Shape.NUMBER, words="1", type="DIGITS", value=_ONE),
        "DAY": replace(name, shape=Shape.DATE, words="2000-01-01", type="ISO_DATE", value=_SOME_DAY),
    }
    return [made.get(one) or retype(name, one) for one in _SHORTEST.get(clause, (clause, "TEXT"))]


def _broken(piece: Piece, readable: DeclarationNode | None) -> BrokenDeclaration:
    tokens = piece.tokens
    position = 2 if tokens[0].words == "draft" else 1
    token = tokens[position] if position < len(tokens) else None
    name = path = None
    if token is not None and token.type == "IDENT" and name_problem(token) is None:
        name = Ident(token.words, token.span)
    elif token is not None and token.type == "PATH" and piece.word is DeclarationWord.FIELD:
        path = Path(tuple(token.words.split(".")), token.span)
    elif token is not None and token.shape is Shape.TEXT and piece.word is DeclarationWord.TEST:
        name = Ident(texts.decode(token.words), token.span)  # a test goes by its title
    return BrokenDeclaration(piece.word, name, path, readable, piece.span)
