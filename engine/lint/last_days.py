"""How near a last day is."""

from __future__ import annotations

SOON_DAYS = 30


def in_words(days: int) -> str:
    """Tell when a day comes that lies `days` (0 or more) ahead: `today`, `tomorrow`, `in 5 days`."""
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
