"""A town for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.town import Town, open_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Town with two targets, of which one depends on the other, and nobody in it yet."""
    with open_town(tmp_path) as opened:
        yield opened
