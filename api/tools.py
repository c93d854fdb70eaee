"""What every use case needs of the world, put together by `api.compose`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api.settings.workspace import Workspace
from policy.ports import ScriptRunner

if TYPE_CHECKING:  # commands that open no store do not wait for it
    from api.store.store import Store

Progress = Callable[[str, int, int], None]
"""Told the stage in plain words, how much is done and how much there is (0 = not known)."""


def no_progress(stage: str, done: int, total: int) -> None:  # the signature of Progress
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Workspace, store, scripts, clock, patience, randomness, and who is acting (a name for audit entries).

    `now` gives aware UTC times; `random_bytes` gives that many unpredictable bytes.
    """

    workspace: Workspace
    store: Store
    scripts: ScriptRunner
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    actor: str
    progress: Progress = no_progress
    sleep: Callable[[float], None] = time.sleep

    def today(self, timezone: str) -> date:
        """Calendar date of now in a timezone."""
        return self.now().astimezone(ZoneInfo(timezone)).date()

    def new_id(self, prefix: str) -> str:
        """Make an id that sorts by time and never meets another one."""
        return f"{prefix}-{self.now():%Y%m%d%H%M%S}-{self.random_bytes(5).hex()}"
