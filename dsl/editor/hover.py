"""What a word is, in Markdown: a declaration with its title, a field with its type, an operator with its meaning."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.editor.completion import operators
from dsl.editor.field_words import describe_field, describe_type
from dsl.editor.library import Declaration, Library
from dsl.editor.names import NameKind, occurrence_at
from dsl.editor.view import View
from policy.operators.operator import Operator
from policy.source import Span

_MOST_LINES = 12
_WHOLE = frozenset({NameKind.SET, NameKind.DEFINE, NameKind.ROLE, NameKind.TARGET})
"""Declarations that say most by themselves: they are shown as they are written."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What is said of the stretch `span`, in Markdown."""

    text: str
    span: Span


def explain_place(library: Library, view: View, offset: int) -> Explained | None:
    """Say what stands at a place; None where there is nothing to say."""
    one = occurrence_at(view, offset)
    if one is not None:
        text = _of_field(library, one.name) if one.kind is NameKind.FIELD else _of_name(library, one.kind, one.name)
        return Explained(text, one.span) if text else None
    token = view.token_at(offset)
    operator = operators().get(token.words) if token is not None and token.type != "IDENT" else None
    if token is None or operator is None or token.type == "QUOTED":
        return None
    return Explained(_of_operator(token.words, operator), token.span)


def _of_field(library: Library, name: str) -> str:
    field = library.schema.find(name)
    if field is None:
        return ""
    lines = [f"**{field.name}** — {describe_type(field)}"]
    about = describe_field(field)
    if about:
        lines.append(about)
    declared = library.declarations.get((NameKind.FIELD, name))
    if declared is not None:
        lines.append(f"Declared in {declared.place.span.at}.")
    return "\n\n".join(lines)


def _of_name(library: Library, kind: NameKind, name: str) -> str:
    declared = library.declarations.get((kind, name))
    if declared is None:
        return f"**{name}** — {kind.value}" if kind is NameKind.DATA else ""
    lines = [f"**{name}** — {kind.value}" + (f": {_plain(declared.title)}" if declared.title else "")]
    lines += [_plain(declared.said(clause)) for clause in ("about", "because") if declared.said(clause)]
    if declared.said("owner"):
        lines.append(f"Owner: {_plain(declared.said('owner'))}")
    if kind in _WHOLE:
        lines.append(_code(declared))
    lines.append(f"Declared in {declared.place.span.at}.")
    return "\n\n".join(lines)


def _of_operator(phrase: str, operator: Operator) -> str:
    types = ", ".join(sorted(one.value for one in operator.types))
    example = "\n".join(dict.fromkeys(one.source for one in operator.examples))
    negation = f" Its negation is `{operator.negation}`." if operator.negation and operator.negation != phrase else ""
    says = f"The negation of `{operator.phrase}`: " if phrase == operator.negation else ""
    return (
        f"**{phrase}** — for fields of type {types}\n\n{says}{operator.documentation}{negation}\n\n{_fenced(example)}"
    )


def _code(declared: Declaration) -> str:
    lines = declared.text.split("\n")
    shown = lines[:_MOST_LINES] + (["…"] if len(lines) > _MOST_LINES else [])
    return _fenced("\n".join(shown))


def _fenced(code: str) -> str:
    longest = max((len(run) for run in code.split() if set(run) == {"`"}), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}ordain\n{code}\n{fence}"


def _plain(text: str) -> str:
    """Text of an author, with what Markdown would take for a sign of its own made harmless."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+-!|~" else letter for letter in text)
