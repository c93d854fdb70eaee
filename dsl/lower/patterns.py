"""Regular expressions of `matches` (RE2 syntax): tried once, and told in our own words when they cannot be read."""

from __future__ import annotations

from types import MappingProxyType

import re2

_REASONS = MappingProxyType(
    {
        "missing )": "a `(` is not closed",
        "missing ]": "a `[` is not closed",
        "unexpected )": "a `)` closes nothing",
        "no argument for repetition operator": "nothing stands before the sign of repetition that it could repeat",
        "bad repetition operator": "two signs of repetition follow one another",
        "invalid repetition size": "so many repetitions cannot be asked for",
        "invalid perl operator": "`(?` begins nothing that exists here",
        "invalid escape sequence": "a backslash stands before something that has no meaning with it",
        "invalid character class range": "what stands in the brackets is no range or class of characters",
        "trailing \\": "it ends with a lone backslash",
        "invalid named capture group": "a group's name is wrong",
    }
)
"""What RE2 says, without the piece of the pattern that it names behind a colon, and what we say."""


def pattern_problem(pattern: str) -> str | None:
    """Why `pattern` cannot be read, or None when it can."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as problem:
        said = problem.args[0] if problem.args else b""
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        reason, _, piece = words.partition(": ")
        told = _REASONS.get(reason, "it is larger or stranger than a pattern may be")
        return f"{told} (at `{piece}`)" if piece and piece != pattern else told
    return None
