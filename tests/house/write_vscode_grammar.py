"""Writes the colours for editors from the words of the language: `python -m tests.house.write_vscode_grammar`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dsl.read.phrases import ROOTS
from dsl.read.reserved import phrases
from dsl.tree.ast import DeclarationWord
from policy.operators.registry import OPERATORS

GRAMMAR = Path(__file__).resolve().parents[2] / "docs" / "editors" / "vscode" / "syntaxes" / "ordain.tmLanguage.json"
_BEGINS, _ENDS = r"(?<![\w.-])", r"(?![\w-]|\.\w)"
_ID = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
_DECLARATIONS = {*(word.value for word in DeclarationWord), "draft", "end"}
_JOINING = {
    "and",
    "or",
    "not",
    "all of",
    "any of",
    "none of",
    "any contract has",
    "no contract has",
    "holds",
    "or below",
}
_VALUES = {"true", "false", "today", "nothing"}


def grammar() -> dict[str, Any]:
    """Build the TextMate grammar; an earlier pattern wins where two match at one place."""
    operators = {one for entry in OPERATORS.values() for one in (entry.phrase, entry.negation) if one} & phrases()
    asked = operators | (_JOINING & phrases())
    others = phrases() - _DECLARATIONS - asked - _VALUES
    named = "|".join(sorted({word.value for word in DeclarationWord} - {"policy", "field", "test"}))
    no_word = rf"(?!(?:{_any(phrases())}){_ENDS})"
    return {
        "name": "Ordain",
        "scopeName": "source.ordain",
        "patterns": [
            {"name": "comment.line.number-sign.ordain", "match": "#.*$"},
            _text(),
            _pattern("constant.other.date.ordain", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
            _pattern("variable.other.path.ordain", rf"(?:{'|'.join(ROOTS)})(?:\.\w+)+"),
            _pattern("variable.other.property.ordain", r"[A-Za-z_]\w*(?:\.\w+)+"),
            {
                "match": rf"{_BEGINS}({named})\s+{no_word}({_ID}){_ENDS}",
                "captures": {
                    "1": {"name": "keyword.declaration.ordain"},
                    "2": {"name": "entity.name.type.ordain"},
                },
            },
            # The longest phrase at a place wins, so all words stand in one order over the kinds.
            *_keywords({"operator": asked, "declaration": _DECLARATIONS, "value": _VALUES, "clause": others}),
            _pattern("constant.numeric.ordain", r"[0-9]+(?:\.[0-9]+)?"),
            {"name": "keyword.operator.arrow.ordain", "match": "->"},
            {"name": "keyword.operator.percent.ordain", "match": "%"},
            {"name": "punctuation.separator.ordain", "match": "[,:]"},
            {"name": "punctuation.section.parens.ordain", "match": "[()]"},
            _pattern("variable.other.ordain", _ID),
        ],
    }


def grammar_text() -> str:
    """Text of the file."""
    return json.dumps(grammar(), indent=2) + "\n"


def _text() -> dict[str, Any]:
    return {
        "name": "string.quoted.double.ordain",
        "begin": '"',
        "end": '"|$',
        "patterns": [
            {"name": "constant.character.escape.ordain", "match": r'\\["\\nt]'},
            {"name": "invalid.illegal.escape.ordain", "match": r"\\."},
            {
                "name": "variable.other.path.ordain",
                "match": rf"\{{\s*(?:{'|'.join(ROOTS)})(?:\.\w+)+\s*\}}",
            },
        ],
    }


def _keywords(kinds: dict[str, Iterable[str]]) -> list[dict[str, Any]]:
    """One pattern per kind and number of words, those of more words first: `is not in` before `is not` before `is`."""
    by_length: dict[tuple[int, str], list[str]] = {}
    for kind, words in kinds.items():
        for phrase in words:
            by_length.setdefault((-len(phrase.split()), kind), []).append(phrase)
    return [_pattern(f"keyword.{kind}.ordain", _any(found)) for (_, kind), found in sorted(by_length.items()) if found]


def _any(words: Iterable[str]) -> str:
    ordered = sorted(words, key=lambda one: (-len(one), one))
    return "|".join(r"\s+".join(re.escape(part) for part in one.split()) for one in ordered)


def _pattern(name: str, match: str) -> dict[str, Any]:
    return {"name": name, "match": f"{_BEGINS}(?:{match}){_ENDS}"}


if __name__ == "__main__":
    GRAMMAR.write_text(grammar_text(), encoding="utf-8")
