"""What somebody waits for goes before what nobody waits for: threads of one process share one core."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType

_REST_SECONDS = 0.02
_LONGEST_SECONDS = 2.0


@dataclass(slots=True)
class Urgent:
    """Counts what is urgent and under way: `with urgent: …`, in the loop alone. Any thread may give way to it."""

    under_way: int = 0

    def __enter__(self) -> None:
        self.under_way += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.under_way -= 1

    def give_way(self) -> None:
        """Wait while something urgent is under way, but not for ever: work that is not urgent comes to its end too."""
        until = time.monotonic() + _LONGEST_SECONDS
        while self.under_way and time.monotonic() < until:
            time.sleep(_REST_SECONDS)
