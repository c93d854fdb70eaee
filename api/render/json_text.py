"""JSON as text for a machine: one value, indented, with nothing in it that a terminal would obey."""

from __future__ import annotations

import json
import re

from policy.canonical import JsonValue

_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Controls behind ASCII and letters that steer the direction of text: JSON allows them raw, a terminal acts on them."""


def json_text(value: JsonValue, *, ascii_only: bool = False) -> str:
    """Write a value; `ascii_only` for an output that cannot take every letter."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
