"""Events that fire, for people to read before anything is sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from api.render.counting import counted
from policy.events import FiredEvent


def count_events(fired: Iterable[FiredEvent]) -> list[tuple[str, int]]:
    """How often each event fires, by id."""
    return sorted(Counter(one.event for one in fired).items())


def render_event_counts(fired: Iterable[FiredEvent]) -> list[str]:
    """One line that counts what would be told, or none."""
    counts = count_events(fired)
    if not counts:
        return []
    each = ", ".join(f"{event} {count:,}" for event, count in counts)
    return [f"{counted(sum(count for _, count in counts), 'event')}: {each}."]


def render_events(content: bytes) -> str:
    """Text of an `events.ndjson`: a line per event."""
    records = [json.loads(line) for line in content.splitlines()]
    if not records:
        return "No event fires with this diff.\n"
    return "".join(f"{_sentence(one)}\n" for one in records)


def _sentence(record: Mapping[str, Any]) -> str:
    on = record["on"]
    about = f"line {on['line']}" if "line" in on else f"{on['edge']} on {on['day']}, due {on['due']}"
    through = f", contract {record['contract']}" if record["contract"] else ""
    told = f"tell {_whom(record['notify'])} using {record['using']}"
    return f"{record['person']}  {record['event']} ({record['at']}): {about}{through}; {told}"


def _whom(recipient: Mapping[str, Any]) -> str:
    if "field" not in recipient:
        return str(recipient["address"])
    if recipient.get("hidden"):
        return f"{recipient['field']} (private)"
    value = recipient["person"] if "person" in recipient else recipient["address"]
    kind = "person " if "person" in recipient else ""
    return f"{recipient['field']} ({kind}{value})" if value is not None else f"{recipient['field']} (nobody)"
