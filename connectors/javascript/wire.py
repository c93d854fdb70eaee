"""Rows and results as they cross to the child process and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.javascript.limits import ScriptLimits
from policy.canonical import JsonValue
from policy.records import RawValue
from policy.scripts import ScriptFailure, ScriptResult

_MAX_INTEGER = 2**53
_ESCAPED_SURROGATE = b"\\ud"


def encode_rows(rows: Sequence[Mapping[str, RawValue]], names: Sequence[str]) -> list[str]:
    """One text per row: a line of JSON per name.

    A value that several rows share (the person of several contracts) is written out once.
    """
    written: dict[int, str] = {}

    def line(value: RawValue) -> str:
        found = written.get(id(value))
        if found is None:
            found = written[id(value)] = json.dumps(value, default=_encode_other)
        return found

    return ["\n".join([line(row.get(name)) for name in names]) for row in rows]


def split_batches(texts: Sequence[str], limits: ScriptLimits) -> Iterator[Sequence[str]]:
    """Cut rows into batches of bounded count and size; a row too big for a batch is a batch by itself."""
    start, size = 0, 0
    for index, text in enumerate(texts):
        if index > start and (index - start >= limits.batch_rows or size + len(text) > limits.batch_bytes):
            yield texts[start:index]
            start, size = index, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]


def decode_results(reply: bytes, count: int) -> list[ScriptResult] | None:
    """Results of one batch; None when the reply is not what our harness writes (a script may forge it)."""
    try:
        answer = json.loads(reply, parse_float=str, parse_int=_read_integer)
        if "syntax" in answer:
            return [ScriptResult(failure=ScriptFailure.SYNTAX, text=_clean(str(answer["syntax"])))] * count
        values = answer["values"]
        if _ESCAPED_SURROGATE in reply.lower():
            values = _clean(values)
        results = [ScriptResult(value) for value in values]
        for row, text in answer["failures"]:
            results[row] = ScriptResult(failure=ScriptFailure.THROWN, text=_clean(str(text)))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    return results if len(results) == count else None


def _encode_other(value: object) -> JsonValue | float:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() and abs(value) < _MAX_INTEGER else float(value)
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case Sequence():
            return list(value)
        case _:
            raise AssertionError(f"no row of a script holds a {type(value).__name__}")


def _read_integer(text: str) -> int | str:
    # The canonical profile knows no integers from 2^53 on; JavaScript itself is not exact there.
    if len(text) < len(str(_MAX_INTEGER)):
        return int(text)
    return int(text) if len(text) <= len(str(_MAX_INTEGER)) + 1 and abs(int(text)) < _MAX_INTEGER else text


def _clean(value: Any) -> Any:  # noqa: ANN401  # JSON
    """Replace half characters (lone surrogates), which no text of ours may hold."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_clean(item) for item in value]
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case _:
            return value
