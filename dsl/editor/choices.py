"""Texts to choose from: values of fields, permissions, files, people, departments, and what other rules say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from zoneinfo import available_timezones

from dsl.editor.library import Library
from dsl.editor.names import NameKind
from dsl.editor.surroundings import Seen, Surroundings
from dsl.editor.texts import TextKind, TextMeaning, meaning_of_text
from dsl.editor.view import FILES_REMEMBERED, View, real_tokens
from dsl.read.texts import decode
from dsl.read.tokens import Shape
from policy.types import Field, FieldType

_MOST_PERSONS = 500


def choices(meaning: TextMeaning, library: Library, around: Surroundings) -> tuple[Seen, ...]:
    """Texts that may stand where a text means this; empty where any text will do."""
    match meaning.kind:
        case TextKind.VALUE:
            field = library.schema.find(meaning.about)
            return () if field is None else values_of(field, around)
        case TextKind.PERMISSION:
            return _permissions(meaning.about, permission_names(library, around))
        case TextKind.FILE:
            return tuple(Seen(one) for one in around.files())
        case TextKind.VAULT:
            return tuple(Seen(one) for one in around.vault_files())
        case TextKind.COLUMN:
            return tuple(around.columns(meaning.about))
        case TextKind.PERSON:
            return tuple(around.persons())[:_MOST_PERSONS]
        case TextKind.DEPARTMENT:
            return tuple(around.departments())
        case TextKind.OWNER | TextKind.CATEGORY:
            said = {one.said(meaning.kind.value) for one in library.declared(NameKind.RULE)}
            return tuple(Seen(one) for one in sorted(said - {""}))
        case TextKind.TIMEZONE:
            return tuple(Seen(one) for one in _timezones())
        case TextKind.OTHER:
            return ()


def values_of(field: Field, around: Surroundings) -> tuple[Seen, ...]:
    """Values a field may have: those it is closed to, else those the data hold. Private ones are never shown."""
    if field.private:
        return ()
    if field.type is FieldType.DEPARTMENT:
        return tuple(around.departments())
    if field.type is FieldType.PERSON:
        return tuple(around.persons())[:_MOST_PERSONS]
    if field.type is not FieldType.TEXT:
        return ()
    seen = {one.text: one for one in around.values(field)}
    if field.one_of is not None:
        return tuple(seen.get(one, Seen(one)) for one in field.one_of)
    return tuple(seen.values())


def permission_names(library: Library, around: Surroundings) -> Mapping[str, tuple[str, ...]]:
    """Names of permissions by target: those the rules name, and those known from elsewhere; sorted."""
    found: dict[str, set[str]] = {one: set(names) for one, names in around.permissions().items()}
    for view in library.views:
        for target, name in _named_permissions(view):
            found.setdefault(target, set()).add(name)
    return {target: tuple(sorted(names)) for target, names in sorted(found.items())}


@lru_cache(maxsize=FILES_REMEMBERED)
def _named_permissions(view: View) -> frozenset[tuple[str, str]]:
    """Target and name of every permission that a file names; a name that is not written yet is none."""
    found: set[tuple[str, str]] = set()
    for piece in view.pieces:
        tokens = real_tokens(piece)
        for index in range(1, len(tokens)):
            token = tokens[index]
            if token.shape is not Shape.TEXT or not token.words or not tokens[index - 1].is_word("permission"):
                continue
            target = meaning_of_text(piece.word, tokens[:index]).about
            if not target and index + 2 < len(tokens) and tokens[index + 1].is_word("in"):
                target = tokens[index + 2].words
            found.add((target, decode(token.words)))
    return frozenset(found)


def _permissions(target: str, by_target: Mapping[str, tuple[str, ...]]) -> tuple[Seen, ...]:
    if target:
        return tuple(Seen(one, f"in {target}") for one in by_target.get(target, ()))
    targets: dict[str, list[str]] = {}
    for one, names in by_target.items():
        for name in names:
            targets.setdefault(name, []).append(one)
    return tuple(Seen(name, f"in {', '.join(found)}") for name, found in sorted(targets.items()))


@cache
def _timezones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))
