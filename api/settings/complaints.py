"""What is wrong in `ordain.toml`, in our own words: one diagnostic per key, with the name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.settings.schema import FILE_NAME
from policy.catalogue.workspace import BAD_SETTING
from policy.diagnostics import Diagnostic

_SHAPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, such as [ … ]",
    "list_type": "a list, such as [ … ]",
    "dict_type": "a table, such as { … }",
    "model_type": "a table, such as { … }",
    "model_attributes_type": "a table, such as { … }",
}
"""What a value has to be, by the kind of error that says it is something else."""
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def explain_settings(
    error: ValidationError, model: type[BaseModel], data: object, *, within: tuple[str, ...] = ()
) -> list[Diagnostic]:
    """One diagnostic per key that is wrong. `data` is what `model` was made from, `within` the table it stood in."""
    by_key: dict[tuple[str, ...], list[ErrorDetails]] = {}
    for one in error.errors(include_url=False):
        by_key.setdefault(_key_of(one, data), []).append(one)
    told = {key: errors for key, errors in by_key.items() if not _is_told_below(key, errors, by_key)}
    return [_explain(key, errors, model, within) for key, errors in told.items()]


def _is_told_below(
    key: tuple[str, ...], errors: Sequence[ErrorDetails], by_key: Mapping[tuple[str, ...], object]
) -> bool:
    """Tell whether a value is wrong inside, so that it is of no use to say that it could have been something else."""
    below = any(len(other) > len(key) and other[: len(key)] == key for other in by_key)
    return below and all(one["type"] in _SHAPES for one in errors)


def _explain(
    key: tuple[str, ...], errors: Sequence[ErrorDetails], model: type[BaseModel], within: tuple[str, ...]
) -> Diagnostic:
    name = ".".join((*within, *key))
    hint: str | None = None
    match errors[0]["type"]:
        case "extra_forbidden":
            known = _names_in(model, key[:-1])
            meant = difflib.get_close_matches(key[-1], known, n=1)
            text = "is not a setting here"
            hint = f"did you mean `{meant[0]}`?" if meant else f"remove it, or choose one of {', '.join(known)}"
        case "missing":
            text, hint = "is missing", f"add {name} to {FILE_NAME}"
        case _:
            text = _wrong(errors)
    return Diagnostic(BAD_SETTING, f"{FILE_NAME}: {name} {text}.", hint=hint, subject=name)


def _wrong(errors: Sequence[ErrorDetails]) -> str:
    """Say what a value has to be. Where it may be one of several things, a mistake inside one of them tells most."""
    inside = [one for one in errors if one["type"] not in _SHAPES]
    if inside:
        return _requirement(inside[0])
    shapes = dict.fromkeys(_SHAPES[one["type"]] for one in errors)
    return f"has to be {' or '.join(shapes)}"


def _requirement(one: ErrorDetails) -> str:
    context = one.get("ctx", {})
    kind = one["type"]
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"has to be {words} {context[bound]:g}"
    match kind:
        case "literal_error" | "enum":
            return f"has to be {context['expected']}"
        case "string_pattern_mismatch" if str(context["pattern"]).startswith("^[a-z]"):
            return "has to be small letters and digits, with single - or _ between them, such as care-north"
        case "string_pattern_mismatch":
            return f"has not the form {str(context['pattern']).strip('^$')}"
        case "string_too_short":
            return "is empty"
        case "string_too_long":
            most = context["max_length"]
            return f"is longer than {most} character{'' if most == 1 else 's'}"
        case "value_error":
            return f"is wrong: {context['error']}"
        case _:
            message = one["msg"]
            return f"is wrong: {message[:1].lower()}{message[1:]}"


def _key_of(one: ErrorDetails, data: object) -> tuple[str, ...]:
    """Key as it stands in the file; what the library adds for the members of a union is left out."""
    found: list[str] = []
    here = data
    missing = one["type"] == "missing"
    for number, part in enumerate(one["loc"]):
        last = number == len(one["loc"]) - 1
        named = isinstance(here, Mapping) and part in here
        if named or (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            here = here[part]  # type: ignore[index]  # looked at in the line above
            found.append(str(part))
        elif missing and last:
            found.append(str(part))
    return tuple(found)


def _names_in(model: type[BaseModel], key: Sequence[str]) -> list[str]:
    """List the settings that are known in a table of the file."""
    models = [model]
    for part in key:
        fields = [field for one in models for name, field in one.model_fields.items() if part in {name, field.alias}]
        # Below a table of named parts (`sources.hr`) or a list the part itself is no field.
        models = [inner for field in fields for inner in _models_of(field.annotation)] or models
    return sorted({field.alias or name for one in models for name, field in one.model_fields.items()})


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  # any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_of(inner)
