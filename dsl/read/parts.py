"""Values of tokens: names, texts, numbers, paths and templates, checked where the grammar cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

from dsl.read import lexical, texts
from dsl.read.reserved import reserved_words
from dsl.read.tokens import Shape, Token
from dsl.tree.conditions import OperandNode
from dsl.tree.leaves import Day, EntitlementNode, Flag, Ident, Integer, MomentNode, Number, Path, TemplateText, Text
from policy.catalogue import language
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.entitlements import Kind
from policy.operators.registry import OPERATORS
from policy.source import Span

Parts = list[Any]
"""What a rule of the grammar is made of: tokens, and what other rules were built to."""
_N = TypeVar("_N")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class RawEntitlement:
    """An entitlement of which is not known yet whether fields may stand in its name."""

    kind: Kind
    name: Token | None
    target: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class Budget:
    """`in DAYS days`."""

    days: Integer
    span: Span


def span_of(parts: Parts) -> Span:
    """Stretch from the first to the last of `parts` that has a place."""
    spans = _spans(parts)
    first = last = spans[0]
    for span in spans:
        if span.line < first.line or (span.line == first.line and span.column < first.column):
            first = span
        if span.end_line > last.end_line or (span.end_line == last.end_line and span.end_column > last.end_column):
            last = span
    return first.through(last)


def first_of(parts: Parts, kind: type[_N]) -> _N | None:
    """Give the first part of this type, or None."""
    return next((part for part in parts if isinstance(part, kind)), None)


def name_problem(token: Token) -> Diagnostic | None:
    """Tell why a word cannot be a name, or None when it can."""
    word = token.words
    if word in reserved_words():
        detail = f"`{word}` is a word of the language."
        return Diagnostic(language.RESERVED_WORD, detail, token.span, f"choose another name, such as `{word}-1`")
    if lexical.ID.fullmatch(word):
        return None
    proposal = lexical.as_id(word)
    hint = f"did you mean `{proposal}`?" if proposal else "choose another name"
    detail = f"`{word}` is no name: a name has small letters a to z, digits, and single `-` or `_` between them."
    return Diagnostic(language.BAD_NAME, detail, token.span, hint)


class TextBuilder:
    """Builds the smallest nodes from tokens."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []

    def build(self, rule: str, parts: Parts) -> object:
        """Build what the rule of this name is made of."""
        return getattr(self, rule)(parts)

    def report(self, kind: DiagnosticKind, span: Span, detail: str, hint: str) -> None:
        """Note a problem."""
        self.problems.append(Diagnostic(kind, detail, span, hint))

    def name(self, token: Token) -> Ident:
        """Build an id."""
        problem = None if token.damaged else name_problem(token)
        if problem is not None:
            self.problems.append(problem)
        return Ident(token.words, token.span)

    def data_name(self, token: Token) -> Ident:
        """Build the name of account data: like an id, but any word of the language will do."""
        problem = name_problem(token)
        if problem is not None and problem.kind is not language.RESERVED_WORD:
            self.problems.append(problem)
        return Ident(token.words, token.span)

    def title(self, part: object) -> Text | None:
        """Build a title, if it is one."""
        return self.text(part) if isinstance(part, Token) and part.shape is Shape.TEXT else None

    def text(self, token: Token) -> Text:
        """Build a text in which no field may stand."""
        for brace in texts.find_braces(token.words):
            if brace.parts is not None:
                detail = (
                    f"`{brace.written}` names a field, which stands only in the name of a permission that is granted."
                )
                self.report(language.BAD_TEMPLATE, _inside(token, brace), detail, "leave the braces out")
        return Text(texts.decode(token.words), token.span)

    def texts(self, parts: Parts) -> tuple[Text, ...]:
        """Build every text among `parts`."""
        return tuple(self.text(part) for part in parts if isinstance(part, Token) and part.shape is Shape.TEXT)

    def template(self, token: Token) -> TemplateText:
        """Build the name of a permission that is granted."""
        pieces: list[str | Path] = []
        behind = 0
        for brace in texts.find_braces(token.words):
            span = _inside(token, brace)
            if brace.parts is None:
                detail = f"`{brace.written}` is no field of a person or contract."
                hint = "write a path in braces, such as `{contract.department.external_id}`"
                self.report(language.BAD_TEMPLATE, span, detail, hint)
                continue
            if brace.start > behind:
                pieces.append(texts.decode(token.words[behind : brace.start]))
            pieces.append(Path(brace.parts, span))
            behind = brace.end
        if behind < len(token.words):
            pieces.append(texts.decode(token.words[behind:]))
        return TemplateText(self._not_empty(pieces, token), token.span)

    def entitlement_of(self, raw: RawEntitlement) -> EntitlementNode:
        """Build an entitlement that is granted: fields may stand in its name."""
        name = None if raw.name is None else self.template(raw.name)
        return EntitlementNode(raw.kind, name, raw.target, raw.span)

    def fixed_entitlement(self, raw: RawEntitlement) -> EntitlementNode:
        """Build an entitlement that is spoken of: its name is a plain text."""
        if raw.name is None:
            return EntitlementNode(raw.kind, None, raw.target, raw.span)
        text = self.text(raw.name)
        pieces: list[str | Path] = [text.value] if text.value else []
        return EntitlementNode(
            raw.kind, TemplateText(self._not_empty(pieces, raw.name), text.span), raw.target, raw.span
        )

    def _not_empty(self, pieces: list[str | Path], token: Token) -> tuple[str | Path, ...]:
        if not pieces:
            self.report(language.EMPTY_TEXT, token.span, "The permission has no name.", "write its name in the quotes")
            return ("?",)
        return tuple(pieces)

    def path(self, token: Token) -> Path:
        """Build a path with its root."""
        return Path(tuple(token.words.split(".")), token.span)

    def sort_path(self, token: Token) -> Path:
        """Build the path of a sort key; authors leave its root out."""
        parts = tuple(token.words.split("."))
        if token.type != "PATH":
            return Path(("contract", *parts), token.span)
        root, rest = parts[0], ".".join(parts[1:])
        if root == "contract":
            detail, hint = f"`{token.words}`: a sort key leaves `contract.` out.", f"write `{rest}`"
        else:
            detail, hint = f"`{token.words}` is no field of a contract.", "sort contracts by one of their own fields"
        self.report(language.BAD_PATH, token.span, detail, hint)
        return Path(parts, token.span)

    def integer(self, token: Token) -> Integer:
        """Build a whole number."""
        number = Number(token.value, token.span)  # type: ignore[arg-type]  # the terminal DIGITS carries a Decimal
        whole = int(number.value)
        if whole != number.value:
            detail, hint = f"`{token.words}` is not a whole number.", f"write `{whole}` or `{whole + 1}`"
            self.report(language.BAD_NUMBER, token.span, detail, hint)
        return Integer(whole, token.span)

    def language_version(self, token: Token) -> Integer:
        """Build the version behind `language`."""
        number = self.integer(token)
        if number.value != _VERSION:
            detail = f"Version {number.value} of the language is not known here."
            self.report(language.UNKNOWN_VERSION, token.span, detail, f"write `language {_VERSION}`")
        return number

    def moment_of(self, part: Token | MomentNode) -> MomentNode:
        """Build a moment of a date, `today` or a path alone; a moment stays what it is."""
        if isinstance(part, MomentNode):
            return part
        base: Day | Literal["today"] | Path
        if isinstance(part.value, date):
            base = Day(part.value, part.span)
        else:
            base = "today" if part.words == "today" else self.path(part)
        return MomentNode(base, None, "after", part.span)

    def operand(self, part: Any) -> OperandNode:  # noqa: ANN401  # a token or what it was built to
        """Build what stands behind an operator."""
        if not isinstance(part, Token):
            return cast("OperandNode", part)
        if part.shape is Shape.TEXT:
            return self.text(part)
        return Number(part.value, part.span)  # type: ignore[arg-type]  # DIGITS carries a Decimal

    def operator(self, parts: Parts) -> tuple[str, bool, Span]:
        """Build an operator of its phrase: name, whether it is the negation, and place."""
        name, negated = operator_by_phrase()[parts[0].words]
        return name, negated, parts[0].span

    def list_value(self, part: Token | Flag) -> Text | Number | Day | Flag:
        """Build one value of a list."""
        if isinstance(part, Flag):
            return part
        if isinstance(part.value, date):
            return Day(part.value, part.span)
        value = self.operand(part)
        assert isinstance(value, Text | Number), "the grammar allows nothing else in a list"
        return value


@cache
def operator_by_phrase() -> MappingProxyType[str, tuple[str, bool]]:
    """Name of the operator, and whether it is its negation, by phrase."""
    positive = {one.phrase: (one.name, False) for one in OPERATORS.values()}
    return MappingProxyType(positive | {one.negation: (one.name, True) for one in OPERATORS.values() if one.negation})


def _inside(token: Token, brace: texts.Brace) -> Span:
    """Place of braces in a text, whose quote takes one column and which never goes over a line end."""
    line, column = token.span.line, token.span.column + 1
    return Span(token.span.path, line, column + brace.start, line, column + brace.end)


def _spans(parts: Iterable[Any]) -> list[Span]:
    """Every place among `parts`, and among the parts of those that are tuples or lists."""
    found: list[Span] = []
    for part in parts:
        span = getattr(part, "span", None)
        if span is not None:
            found.append(span)
        elif isinstance(part, Span):
            found.append(part)
        elif isinstance(part, (tuple, list)):
            found += _spans(part)
    return found
