"""Options that all tests share."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`: write what comes out into the golden documents instead of comparing it."""
    parser.addoption("--update-golden", action="store_true", help="write the output into the golden documents")
