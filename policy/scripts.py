"""Mapping scripts: people's own JavaScript, run far away from us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.canonical import JsonValue


class ScriptFailure(StrEnum):
    """Why a script gave no value."""

    THROWN = "thrown"  # the script threw; `text` is what it threw
    SYNTAX = "syntax"  # the script cannot be parsed
    TIME = "time"  # it did not end in time
    MEMORY = "memory"  # it took too much memory
    LOST = "lost"  # the child process died some other way


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """Value of one script on one row.

    JSON value (a JavaScript Date as ISO 8601 text, a number with a fraction or from 2^53 on as its decimal text), or a
    failure with a text for the author.
    """

    value: JsonValue = None
    failure: ScriptFailure | None = None
    text: str = ""
