"""What fits at a place: words of the language, names, fields and values, each ready to be put there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from dsl.editor.choices import choices
from dsl.editor.field_words import describe_field, describe_type
from dsl.editor.library import Library
from dsl.editor.names import NameKind, fact_root, head_index, kind_of_name
from dsl.editor.proposals import Proposal, ProposalKind
from dsl.editor.situations import Situation, phrases_begun, situation_at
from dsl.editor.skeletons import SKELETONS, filled
from dsl.editor.surroundings import NOTHING_KNOWN, Surroundings
from dsl.editor.texts import TextKind, meaning_of_text
from dsl.read.expected import is_operator_wanted
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord
from policy.operators.operator import Operator
from policy.operators.registry import OPERATORS
from policy.source import SourceFile, Span
from policy.types import Field, FieldType

_SIGNS = frozenset({"(", ")", ",", "%", ":", "->"})
_SAID_IN_RULES = frozenset({TextKind.PERMISSION, TextKind.OWNER, TextKind.CATEGORY})
_BEGINNINGS = (*(one.value for one in DeclarationWord), "draft rule")
_NOWHERE = Span("", 1, 1, 1, 2)
_STAND_IN = Token(Shape.WORD, "x", _NOWHERE, 0, type="IDENT")


@dataclass(frozen=True, slots=True)
class _Known:
    library: Library
    around: Surroundings


def complete(
    source: SourceFile, offset: int, library: Library, around: Surroundings = NOTHING_KNOWN
) -> tuple[Proposal, ...]:
    """Everything that fits at a place, best first; nothing inside a comment or where the grammar takes nothing."""
    at = situation_at(source, offset)
    if at is None:
        return ()
    if at.in_text:
        return tuple(_inside_text(source.text, offset, at, _Known(library, around)))
    names = [*_names(at, library), *_fields(at, library), *_account_data(at, library, around)]
    found = [*names, *_texts(at, library, around), *_words(at, library)]
    return tuple(dict.fromkeys(found))


# --- words of the language -------------------------------------------------------------------------------------------


def _words(at: Situation, library: Library) -> Iterator[Proposal]:
    compared = _compared_field(at, library)
    for phrase in at.words:
        if phrase == "or below" and not _speaks_of_department(at, library):
            continue
        if phrase not in _SIGNS and (compared is None or _fits(phrase, at, compared)):
            operator = operators().get(phrase)
            kind = ProposalKind.KEYWORD if operator is None else ProposalKind.OPERATOR
            documentation = operator.documentation if operator is not None else ""
            yield Proposal(kind, phrase, phrase, at.start, at.end, documentation=documentation)
    for begun in phrases_begun(at):
        fits = compared is None or begun.phrase not in operators() or compared.type in operators()[begun.phrase].types
        if fits:
            yield Proposal(ProposalKind.KEYWORD, begun.phrase, begun.phrase, begun.start, at.end)
    if at.word is None or (at.leads and "$END" in at.accepted):
        for word in _BEGINNINGS:
            skeleton = SKELETONS.get(word, "")
            shown = filled(skeleton)
            if shown:
                detail = "declaration, to be filled in"
                whole = Proposal(
                    ProposalKind.DECLARATION, f"{word} …", shown, at.start, at.end, detail, skeleton=skeleton
                )
                yield replace(whole, documentation=f"```ordain\n{shown}\n```")
            yield Proposal(ProposalKind.DECLARATION, word, word, at.start, at.end)


@cache
def operators() -> MappingProxyType[str, Operator]:
    """Operators by their phrase, and by that of their negation."""
    return MappingProxyType(
        {phrase: one for one in OPERATORS.values() for phrase in (one.phrase, one.negation) if phrase}
    )


def _compared_field(at: Situation, library: Library) -> Field | None:
    """Field that stands right before the place, or before the operator that does."""
    tokens = at.tokens[-1:] if is_operator_wanted(at.accepted) else at.tokens[-2:-1]
    if not tokens or tokens[0].type != "PATH":
        return None
    if not is_operator_wanted(at.accepted) and at.tokens[-1].words not in operators():
        return None
    return library.schema.find(tokens[0].words)


def _speaks_of_department(at: Situation, library: Library) -> bool:
    path = next((one.words for one in reversed(at.tokens) if one.type == "PATH"), "")
    field = library.schema.find(path)
    return field is None or field.type is FieldType.DEPARTMENT


def _fits(phrase: str, at: Situation, field: Field) -> bool:
    """Tell whether a word can mean something for the type of the field it stands behind."""
    if phrase in operators() and is_operator_wanted(at.accepted):
        return field.type in operators()[phrase].types
    if phrase in {"true", "false"}:
        return field.type is FieldType.FLAG
    if phrase == "today":
        return field.type is FieldType.DATE
    return not is_operator_wanted(at.accepted) or field.type is FieldType.FLAG


# --- names and fields ------------------------------------------------------------------------------------------------


def _names(at: Situation, library: Library) -> Iterator[Proposal]:
    if "IDENT" not in at.accepted or at.word is None:
        return
    kind = kind_of_name(at.word, [*at.tokens, _STAND_IN], len(at.tokens))
    if kind is None or len(at.tokens) == head_index(at.tokens):
        return
    if kind is NameKind.FIELD:
        yield from _sort_keys(at, library)
        return
    own = at.tokens[head_index(at.tokens)].words
    for one in library.declared(kind):
        if one.name == own and kind is kind_of_name(at.word, at.tokens, head_index(at.tokens)):
            continue  # nothing includes, or rests on, itself
        yield Proposal(
            ProposalKind.NAME, one.name, one.name, at.start, at.end, kind.value, one.title or one.said("about")
        )


def _fields(at: Situation, library: Library) -> Iterator[Proposal]:
    if at.word is DeclarationWord.TEST and "FACT" in at.accepted:
        yield from _facts(at, library)
    if "PATH" not in at.accepted or at.word is DeclarationWord.POLICY:
        return
    wanted = _wanted_types(at, library)
    for field in library.schema.fields.values():
        if wanted is None or field.type in wanted:
            yield _field(field, field.name, at)


def _wanted_types(at: Situation, library: Library) -> frozenset[FieldType] | None:
    """Types that a field may have at the place; None = any."""
    last = at.tokens[-1]
    if last.is_word("starting", "ending", "before", "after") or "TODAY" in at.accepted:
        compared = _compared_field(at, library)
        date_alone = compared is None or compared.type is FieldType.DATE
        return frozenset({FieldType.DATE}) if date_alone else frozenset()
    if last.is_word("by"):
        return frozenset({FieldType.TEXT, FieldType.DEPARTMENT})
    return None


def _account_data(at: Situation, library: Library, around: Surroundings) -> Iterator[Proposal]:
    """Names of account data: behind `using`, and as `account.NAME` in the condition of an event."""
    if at.word is DeclarationWord.EVENT and "PATH" in at.accepted and "NOT" in at.accepted:
        root = "account."
    elif "IDENT" in at.accepted and at.word is not None:
        kind = kind_of_name(at.word, [*at.tokens, _STAND_IN], len(at.tokens))
        if kind is not NameKind.DATA:
            return
        root = ""
    else:
        return
    used = {name for kind, name in library.occurrences if kind is NameKind.DATA}
    for name in sorted(used | set(around.account_data())):
        yield Proposal(ProposalKind.FIELD, root + name, root + name, at.start, at.end, NameKind.DATA.value)


def _facts(at: Situation, library: Library) -> Iterator[Proposal]:
    """Facts of the person or contract whose block is open."""
    root = fact_root(at.tokens, len(at.tokens))
    for field in library.schema.fields.values():
        if field.root == root and field.path not in {"external_id", "primary_manager"}:
            yield replace(_field(field, field.path, at), insert=f"{field.path}: ")


def _sort_keys(at: Situation, library: Library) -> Iterator[Proposal]:
    for field in library.schema.fields.values():
        if field.root == "contract" and field.type in {FieldType.NUMBER, FieldType.DATE}:
            yield _field(field, field.path, at)


def _field(field: Field, shown: str, at: Situation) -> Proposal:
    about = describe_field(field)
    return Proposal(ProposalKind.FIELD, shown, shown, at.start, at.end, describe_type(field), about)


# --- texts -----------------------------------------------------------------------------------------------------------


def _texts(at: Situation, library: Library, around: Surroundings) -> Iterator[Proposal]:
    """Texts with their quotes, where one may stand."""
    if "QUOTED" not in at.accepted or at.word is None:
        return
    meaning = meaning_of_text(at.word, at.tokens)
    kind = ProposalKind.FILE if meaning.kind is TextKind.FILE else ProposalKind.VALUE
    for one in choices(meaning, library, around):
        yield Proposal(kind, f'"{one.text}"', f'"{_escaped(one.text)}"', at.start, at.end, one.detail)


def _inside_text(text: str, offset: int, at: Situation, known: _Known) -> Iterator[Proposal]:
    """Texts without their quotes, where one has begun."""
    if at.word is None:
        return
    meaning = meaning_of_text(at.word, at.tokens)
    inner = text[at.start : offset]
    brace = inner.rfind("{")
    if meaning.kind is TextKind.PERMISSION and brace > inner.rfind("}"):
        closed = text[offset : offset + 1] == "}"
        yield from _in_braces(replace(at, start=at.start + brace + 1, end=offset + closed), known.library)
        return
    kind = ProposalKind.FILE if meaning.kind is TextKind.FILE else ProposalKind.VALUE
    own = text[at.start : at.end] if meaning.kind in _SAID_IN_RULES else None
    for one in choices(meaning, known.library, known.around):
        if _escaped(one.text) != own:  # what is being typed is no choice
            yield Proposal(kind, one.text, _escaped(one.text), at.start, at.end, one.detail)


def _in_braces(at: Situation, library: Library) -> Iterator[Proposal]:
    """Fields that may fill in a permission's name, with the brace that closes them."""
    for field in library.schema.fields.values():
        if field.type is FieldType.TEXT and not field.private:
            one = _field(field, field.name, at)
            yield replace(one, insert=f"{one.insert}}}")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
