"""What is wrong with a request, in our words: never those of the library that found it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError

from policy.catalogue.service import BAD_REQUEST
from policy.diagnostics import Diagnostic

_HINT = "/docs shows the form and an example of every address"
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is not JSON",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "bool_parsing": "is not true or false",
    "bool_type": "is not true or false",
    "string_type": "is not text",
    "list_type": "is not a list",
    "dict_type": "is not an object",
    "mapping_type": "is not an object",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
    "date_type": "is not a date such as 2026-03-01",
    "date_parsing": "is not a date such as 2026-03-01",
    "date_from_datetime_parsing": "is not a date such as 2026-03-01",
    "date_from_datetime_inexact": "is not a date such as 2026-03-01",
    "string_pattern_mismatch": "does not have the form that stands here",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
    "string_too_short": "is shorter than {min_length}",
    "string_too_long": "is longer than {max_length}",
    "too_short": "has fewer than {min_length}",
    "too_long": "has more than {max_length}",
    "enum": "is not one of {expected}",
    "literal_error": "is not one of {expected}",
    "value_error": "{error}",
}


def describe_invalid(error: RequestValidationError) -> tuple[Diagnostic, ...]:
    """Describe every part of a request that is wrong, one problem each."""
    return tuple(_describe(one) for one in error.errors())


def _describe(one: Mapping[str, Any]) -> Diagnostic:
    where, *parts = [str(part) for part in one["loc"]]
    words = _WORDS.get(one["type"], "has a value that does not fit").format_map(_Context(one.get("ctx") or {}))
    inside = "" if one["type"] == "json_invalid" else ".".join(parts)
    subject = f"{where} {inside}".strip()
    return Diagnostic(BAD_REQUEST, f"In the request, {subject} {words}.", hint=_HINT, subject=subject)


class _Context(dict[str, Any]):
    """What the library tells beside its message; what it does not tell is not said."""

    def __missing__(self, key: str) -> str:
        return "what is allowed"
