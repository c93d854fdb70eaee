"""What a text in quotes is: a value of a field, the name of a permission, a file; read from the words before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dsl.editor.names import fact_root
from dsl.read.texts import decode
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord
from policy.operators.operator import OperandShape
from policy.operators.registry import OPERATORS


class TextKind(StrEnum):
    """What a text stands for."""

    VALUE = "value"  # of the field `about`
    PERMISSION = "permission"  # in the target `about`, where that is known already
    FILE = "file"
    COLUMN = "column"  # of the file `about`
    VAULT = "vault file"
    PERSON = "person"
    DEPARTMENT = "department"
    OWNER = "owner"
    CATEGORY = "category"
    TIMEZONE = "timezone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TextMeaning:
    """What a text stands for, and what that is a part of (a field's path, a target, a file); "" when not known."""

    kind: TextKind
    about: str = ""


_BEHIND = {
    "owner": TextKind.OWNER,
    "category": TextKind.CATEGORY,
    "timezone": TextKind.TIMEZONE,
    "person": TextKind.PERSON,
    "department": TextKind.DEPARTMENT,
    "below": TextKind.DEPARTMENT,
}


def meaning_of_text(word: DeclarationWord, before: Sequence[Token]) -> TextMeaning:
    """Tell what a text means that stands behind the tokens `before` of its declaration; at least one."""
    last = before[-1]
    if last.is_word("permission"):
        return TextMeaning(TextKind.PERMISSION, _target_of_table(before))
    if last.is_word("from"):
        return TextMeaning(TextKind.FILE)
    if last.is_word("from snapshot"):
        return TextMeaning(TextKind.VAULT)
    if last.is_word("column"):
        return TextMeaning(TextKind.COLUMN, decode(before[-2].words))
    if last.shape is Shape.WORD and last.words in _BEHIND:
        return TextMeaning(_BEHIND[last.words])
    if last.is_sign(":") and word is DeclarationWord.TEST:
        return _of_fact(before)
    field = _compared_field(before)
    if field:
        return TextMeaning(TextKind.VALUE, field)
    key = _key_field(before)
    return TextMeaning(TextKind.VALUE, key) if key else TextMeaning(TextKind.OTHER)


def _of_fact(before: Sequence[Token]) -> TextMeaning:
    if len(before) < 2:  # noqa: PLR2004  # a name and its colon
        return TextMeaning(TextKind.OTHER)
    return TextMeaning(TextKind.VALUE, f"{fact_root(before, len(before) - 2)}.{before[-2].words}")


def _compared_field(before: Sequence[Token]) -> str:
    """Field that a comparison which ends in `before` is about: behind its operator, or inside its list."""
    end = len(before)
    if before[-1].is_sign("(") or before[-1].is_sign(","):
        while end > 0 and (before[end - 1].is_sign(",") or before[end - 1].type in {"QUOTED", "DIGITS", "ISO_DATE"}):
            end -= 1
        if end == 0 or not before[end - 1].is_sign("("):
            return ""
        end -= 1
    if end < 2 or before[end - 2].type != "PATH":  # noqa: PLR2004  # a path and its operator
        return ""
    return before[end - 2].words if before[end - 1].words in _phrases_before_text() else ""


@cache
def _phrases_before_text() -> frozenset[str]:
    taking = {OperandShape.VALUE, OperandShape.VALUES, OperandShape.TEXT, OperandShape.PATTERN}
    return frozenset(
        phrase for one in OPERATORS.values() if one.shape in taking for phrase in (one.phrase, one.negation) if phrase
    )


def _open_table(before: Sequence[Token]) -> int | None:
    """Index of the `grant` whose table `by PATH in TARGET` is open at the end of `before`."""
    for index in range(len(before) - 1, -1, -1):
        if before[index].is_word("end", "from"):
            return None
        if before[index].is_word("by") and index > 0 and before[index - 1].is_word("grant"):
            return index - 1 if len(before) > index + 3 else None
    return None


def _target_of_table(before: Sequence[Token]) -> str:
    table = _open_table(before)
    return before[table + 4].words if table is not None else ""


def _key_field(before: Sequence[Token]) -> str:
    """Field of the table of which a key stands behind `before`."""
    table = _open_table(before)
    if table is None or before[-1].is_sign("->") or before[-1].is_word("permission"):
        return ""
    return before[table + 2].words
