"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Join number and noun, in the plural unless it is one: `1 person`, `1,200 persons`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
