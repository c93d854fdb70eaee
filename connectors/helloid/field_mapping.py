"""`fieldMapping.json` of a target: checked with pydantic, read as a `FieldMapping`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from policy.canonical import JsonValue
from policy.catalogue import enforcement as kinds
from policy.diagnostics import DataError, Diagnostic
from policy.field_mapping import AccountAction, AccountField, FieldMapping, MappingAction, MappingMode

_Name = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    """A part of the file. What we do not know is somebody else's and is left alone."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore", frozen=True)


class _Action(_Part):
    map_for_actions: Annotated[list[AccountAction], Field(min_length=1)]
    mapping_mode: MappingMode
    value: str | None = None
    used_in_notifications: bool = False
    store_in_account_data: bool = False


class _Field(_Part):
    name: _Name
    description: str | None = None
    type: Literal["Text", "Array"]
    mapping_actions: list[_Action]


class _File(_Part):
    version: Literal["v1"]
    mapping_fields: list[_Field]
    unique_field_names: list[str] = []


def read_field_mapping(text: str, path: str) -> FieldMapping:
    """Read the text of `fieldMapping.json`; `path` names it in messages.

    `Value` is JSON text inside JSON. Raises DataError with every problem found: not JSON or another shape, a value
    that fits neither mode nor type, a field or an action mapped twice, a unique field that nobody maps.
    """
    try:
        file = _File.model_validate_json(text.removeprefix("\ufeff"))
    except ValidationError as error:
        first, *more = [_wrong_shape(one["loc"], one["type"], path) for one in error.errors(include_url=False)]
        raise DataError(first, *more) from None
    problems: list[Diagnostic] = []
    fields = tuple(_read_field(one, path, problems) for one in file.mapping_fields)
    problems += _doubles(file, path)
    names = {one.name for one in fields}
    problems += [_unmapped_unique(one, path) for one in file.unique_field_names if one not in names]
    if problems:
        raise DataError(*problems)
    return FieldMapping(fields, tuple(file.unique_field_names))


def _read_field(field: _Field, path: str, problems: list[Diagnostic]) -> AccountField:
    mappings = tuple(_read_action(field, one, path, problems) for one in field.mapping_actions)
    return AccountField(field.name, field.type == "Array", mappings, field.description or "")


def _read_action(field: _Field, action: _Action, path: str, problems: list[Diagnostic]) -> MappingAction:
    value: JsonValue = None
    if action.mapping_mode is not MappingMode.NONE:
        try:
            value = json.loads(action.value if action.value is not None else "null")
            wrong = _why_wrong(field, action.mapping_mode, value)
        except ValueError:
            wrong = f"{_cut(action.value)} is not JSON text; a text stands in quotes inside the quotes"
        if wrong is not None:
            detail = f"Value of field “{field.name}” ({action.mapping_mode} mapping): {wrong}."
            hint = 'Write it as in "Value": "\\"Person.ExternalId\\"".'
            problems.append(Diagnostic(kinds.BAD_MAPPED_VALUE, detail, hint=hint, subject=path))
    return MappingAction(
        frozenset(action.map_for_actions),
        action.mapping_mode,
        value,
        stored=action.store_in_account_data,
        in_notifications=action.used_in_notifications,
    )


def _why_wrong(field: _Field, mode: MappingMode, value: JsonValue) -> str | None:
    """Tell what is wrong with a decoded value, if anything."""
    if mode is MappingMode.FIELD:
        right = isinstance(value, str) and value.startswith("Person.")
        return None if right else f"{_cut(json.dumps(value))} is no path that begins with Person"
    if mode is MappingMode.COMPLEX:
        return None if isinstance(value, str) and value.strip() else "a script belongs here"
    texts = value if isinstance(value, list) and field.type == "Array" else [value]
    if all(one is None or isinstance(one, str | bool | int) for one in texts):
        return None
    return f"{_cut(json.dumps(value))} does not fit the type {field.type}"


def _cut(text: str | None) -> str:
    shown = text or ""
    return shown if len(shown) <= 60 else f"{shown[:57]}…"  # noqa: PLR2004  # one line on a screen


def _doubles(file: _File, path: str) -> list[Diagnostic]:
    found = []
    for name, count in Counter(one.name for one in file.mapping_fields).items():
        if count > 1:
            found.append(_twice(f"Field “{name}” stands {count} times in the file", path))
    for field in file.mapping_fields:
        actions = Counter(action for one in field.mapping_actions for action in set(one.map_for_actions))
        found += [
            _twice(f"Field “{field.name}” has {count} mappings for the action {action}", path)
            for action, count in sorted(actions.items())
            if count > 1
        ]
    return found


def _twice(what: str, path: str) -> Diagnostic:
    hint = "Leave one of them, so that it is clear which value is meant."
    return Diagnostic(kinds.MAPPED_TWICE, f"{what}.", hint=hint, subject=path)


def _unmapped_unique(name: str, path: str) -> Diagnostic:
    detail = f"“{name}” must be unique, but the file maps no field of that name."
    hint = f"Map “{name}”, or take it out of UniqueFieldNames."
    return Diagnostic(kinds.UNKNOWN_UNIQUE_FIELD, detail, hint=hint, subject=path)


_WRONG = {
    "missing": "is missing",
    "enum": "is no word that belongs here",
    "literal_error": "is no word that belongs here",
    "string_type": "is no text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "list_type": "is no list",
    "model_type": "is no object",
    "too_short": "is empty",
    "string_too_short": "is empty",
}


def _wrong_shape(place: tuple[int | str, ...], wrong: str, path: str) -> Diagnostic:
    if not place:
        detail = "The file is not the JSON of a field mapping: an object with Version, MappingFields, UniqueFieldNames."
    else:
        where = ".".join(str(one + 1) if isinstance(one, int) else one for one in place)
        detail = f"{where} (items counted from 1) {_WRONG.get(wrong, 'is not what belongs here')}."
    hint = "Export the field mapping again, or correct it by hand."
    return Diagnostic(kinds.BAD_FIELD_MAPPING, detail, hint=hint, subject=path)
