"""Where the page of a diagnostic lies: it comes along with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_INSTALLED = Path(__file__).resolve().parent.parent / "diagnostic_pages"
_CHECKOUT = Path(__file__).resolve().parents[2] / "docs" / "diagnostics"


@cache
def page_of_code(code: str) -> Path | None:
    """Page that says what to avoid, what to prefer and why; None when it does not lie here."""
    for folder in (_INSTALLED, _CHECKOUT):
        path = folder / f"{code}.md"
        if path.is_file():
            return path
    return None
