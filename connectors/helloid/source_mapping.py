"""HelloID's exported source mapping: `{"personMappings": […], "contractMappings": […]}`."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from connectors.paths import read_bytes
from policy.catalogue.sources import BROKEN_MAPPING, MAPPED_TWICE, UNKNOWN_MAPPED_FIELD
from policy.diagnostics import DataError, Diagnostic
from policy.mappings import MappingMode, SourceField, SourceMapping
from policy.types import STANDARD_SCHEMA
from policy.vault_names import standard_path


class _Validation(BaseModel):
    model_config = ConfigDict(extra="ignore")

    required: bool = False


class _Entry(BaseModel):
    """One mapping as exported; what an export carries besides is of no meaning here."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field(min_length=1)
    mode: Literal["field", "fixed", "complex"]
    value: str | bool | int | None = None
    validation: _Validation = _Validation()
    convertToString: bool = False  # noqa: N815  # HelloID's name

    @field_validator("mode", mode="before")
    @classmethod
    def _any_case(cls, mode: object) -> object:
        return mode.lower() if isinstance(mode, str) else mode

    @field_validator("validation", mode="before")
    @classmethod
    def _maybe_absent(cls, validation: object) -> object:
        return _Validation() if validation is None else validation


class _Export(BaseModel):
    model_config = ConfigDict(extra="ignore")

    personMappings: list[_Entry]  # noqa: N815  # HelloID's name
    contractMappings: list[_Entry]  # noqa: N815  # HelloID's name


def load_source_mapping(root: Path, path: str) -> tuple[SourceMapping, tuple[Diagnostic, ...]]:
    """Read a mapping file of the workspace `root`.

    The diagnostics are warnings about names that are left out. Raises DataError when the mapping makes no sense,
    OrdainError when it cannot be read.
    """
    return read_source_mapping(read_bytes(root, path), path)


def read_source_mapping(content: bytes, path: str) -> tuple[SourceMapping, tuple[Diagnostic, ...]]:
    """Read the mapping in `content` (UTF-8, with or without a byte-order mark); `path` is its name in messages."""
    try:
        export = _Export.model_validate(json.loads(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise DataError(Diagnostic(BROKEN_MAPPING, f"{path} is not UTF-8 text.", subject=path)) from None
    except (ValueError, RecursionError) as error:
        raise DataError(*_say(error, path)) from None
    warnings: list[Diagnostic] = []
    persons = _read_fields(export.personMappings, "person", path, warnings)
    contracts = _read_fields(export.contractMappings, "contract", path, warnings)
    return SourceMapping(path, persons, contracts), tuple(warnings)


def _read_fields(
    entries: list[_Entry], root: Literal["person", "contract"], path: str, warnings: list[Diagnostic]
) -> tuple[SourceField, ...]:
    found: dict[str, SourceField] = {}
    for entry in entries:
        field = SourceField(
            entry.name,
            standard_path(root, entry.name),
            MappingMode(entry.mode),
            entry.value,
            required=entry.validation.required,
            as_text=entry.convertToString,
        )
        problem = _check(field, root, found, path)
        if problem is None:
            found[field.path] = field
        elif problem.kind is UNKNOWN_MAPPED_FIELD:
            warnings.append(problem)
        else:
            raise DataError(problem)
    return tuple(found.values())


def _check(
    field: SourceField, root: Literal["person", "contract"], before: dict[str, SourceField], path: str
) -> Diagnostic | None:
    subject = f"{path}: {field.name}"
    if field.path in before:
        return Diagnostic(
            MAPPED_TWICE,
            f"{path} fills {root}.{field.path} twice: as {before[field.path].name} and as {field.name}.",
            hint="Leave one of the two out.",
            subject=subject,
        )
    if field.mode is not MappingMode.FIXED and not (isinstance(field.value, str) and field.value.strip()):
        what = "a script" if field.mode is MappingMode.COMPLEX else "the name of a field"
        return Diagnostic(
            BROKEN_MAPPING,
            f"The mapping of {field.name} in {path} has the mode {field.mode} but no value.",
            hint=f"Give it {what} as its value.",
            subject=subject,
        )
    custom = field.path.removeprefix("custom.")
    if (custom != field.path and all(custom.split("."))) or STANDARD_SCHEMA.find(f"{root}.{field.path}") is not None:
        return None
    known = [one.path for one in STANDARD_SCHEMA.fields.values() if one.root == root]
    near = difflib.get_close_matches(field.path, known, n=1)
    return Diagnostic(
        UNKNOWN_MAPPED_FIELD,
        f"{path} fills {field.name}, but a {root} has no such field; it is left out.",
        hint=f"Did you mean {near[0]}?" if near else f"Put a field of your own below Custom: Custom.{field.name}.",
        subject=subject,
    )


_WORDS = {
    "missing": "is missing",
    "list_type": "must be a list",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be field, fixed or complex",
    "model_type": "must be an object",
    "dict_type": "must be an object",
}


def _say(error: Exception, path: str) -> list[Diagnostic]:
    """Tell what is wrong in words of ours, one diagnostic per place."""
    if isinstance(error, json.JSONDecodeError):
        detail = f"{path} is no JSON: line {error.lineno}, column {error.colno} cannot be read."
        return [Diagnostic(BROKEN_MAPPING, detail, hint="Export the mapping again.", subject=path)]
    if not isinstance(error, ValidationError):
        return [Diagnostic(BROKEN_MAPPING, f"{path} is no JSON that a mapping could stand in.", subject=path)]
    said: dict[str, str] = {}
    for one in error.errors(include_url=False, include_context=False):
        location = [part for part in one["loc"] if part not in {"str", "bool", "int"}]
        said.setdefault(_place(location), _WORDS.get(one["type"], "has a value that cannot stand there"))
    return [Diagnostic(BROKEN_MAPPING, f"In {path} {place} {words}.", subject=path) for place, words in said.items()]


def _place(location: list[Any]) -> str:
    text = ""
    for part in location:
        text += f" number {part + 1}" if isinstance(part, int) else f"{', ' if text else ''}{part}"
    return text or "the whole file"
