"""`and` and `or` mixed without parentheses: both readings, so that the author can choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsl.grammar.tables import terminal_by_phrase
from dsl.read.tokens import Shape, Token

_MOST = 60
_BEFORE = ("when", "as")


@dataclass(frozen=True, slots=True)
class Mixture:
    """A chain of conditions joined by both words: tokens `start` up to `end`, cut at them."""

    start: int
    end: int
    operands: tuple[tuple[Token, ...], ...]
    joints: tuple[Token, ...]

    def reading(self, tighter: str) -> str:
        """Write the chain with parentheses, as if `tighter` (`and` or `or`) bound its neighbours first."""
        groups = self._groups(tighter)
        other = "or" if tighter == "and" else "and"
        return f" {other} ".join(f"({f' {tighter} '.join(group)})" if len(group) > 1 else group[0] for group in groups)

    def _groups(self, tighter: str) -> list[list[str]]:
        groups = [[show(self.operands[0])]]
        for joint, operand in zip(self.joints, self.operands[1:], strict=True):
            if joint.words == tighter:
                groups[-1].append(show(operand))
            else:
                groups.append([show(operand)])
        return groups

    def grouped(self) -> list[Token]:
        """Give the chain's tokens with the parentheses of the reading in which `and` binds first."""
        found: list[Token] = []
        group: list[Token] = [*self.operands[0]]
        joined = False
        for joint, operand in zip(self.joints, self.operands[1:], strict=True):
            if joint.words == "and":
                group += [joint, *operand]
                joined = True
            else:
                found += [*_in_parentheses(group, wanted=joined), joint]
                group, joined = [*operand], False
        return found + _in_parentheses(group, wanted=joined)


def find_mixture(tokens: Sequence[Token], joint: int, clause_end: int) -> Mixture:
    """Find the chain in which the `and` or `or` at `joint` stands, on its own level of parentheses."""
    start = joint
    depth = 0
    while start > 0:
        token = tokens[start - 1]
        depth += token.is_sign(")") - token.is_sign("(")
        if depth < 0 or (depth == 0 and (token.is_sign(",") or token.is_word(*_BEFORE))):
            break
        start -= 1
    end, depth = start, 0
    operands: list[list[Token]] = [[]]
    joints: list[Token] = []
    while end < clause_end:
        token = tokens[end]
        depth += token.is_sign("(") - token.is_sign(")")
        if depth < 0 or (depth == 0 and token.is_sign(",")):
            break
        if depth == 0 and token.is_word("and", "or"):
            joints.append(token)
            operands.append([])
        else:
            operands[-1].append(token)
        end += 1
    return Mixture(start, end, tuple(tuple(one) for one in operands), tuple(joints))


def show(tokens: Sequence[Token]) -> str:
    """Write tokens as an author would, on one line, comments left out, shortened."""
    text = ""
    for token in tokens:
        word = f'"{token.words}"' if token.shape is Shape.TEXT else token.words
        glued = not text or text.endswith("(") or word in {")", ","}
        text += word if glued else f" {word}"
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _in_parentheses(group: list[Token], *, wanted: bool) -> list[Token]:
    if not wanted:
        return group
    return [_sign("(", group[0]), *group, _sign(")", group[-1])]


def _sign(sign: str, near: Token) -> Token:
    return replace(near, shape=Shape.SIGN, words=sign, type=terminal_by_phrase()[sign], value=None, damaged=False)
