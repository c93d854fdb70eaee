"""What long work costs, stage by stage: a progress that measures while it tells."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field

from api.render.work_text import Stage
from api.tools import Progress

_KIB = 1024


@dataclass(slots=True)
class StageMeter:
    """A progress that passes on what it is told, and measures from one stage to the next.

    The first stage is what came before: from the start of the process to the first stage that was told.
    """

    told: Progress
    stages: list[Stage] = field(default_factory=list)
    _name: str = "starting"
    _began: float = field(default_factory=lambda: time.monotonic() - _age_seconds())
    _processor: float = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of how far the work is."""
        if stage != self._name:
            self._end(stage)
        self.told(stage, done, total)

    def finish(self) -> tuple[Stage, ...]:
        """End the last stage; gives all of them, those of one name together."""
        self._end("")
        return tuple(self.stages)

    def _end(self, following: str) -> None:
        now, processor = time.monotonic(), time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
        self.stages.append(Stage(self._name, now - self._began, processor - self._processor, peak))
        self._name, self._began, self._processor = following, now, processor


def _age_seconds() -> float:
    """Seconds since this process began; 0 where the system does not tell."""
    try:
        with open("/proc/self/stat", encoding="ascii") as file:  # noqa: PTH123  # a device of the system
            ticks = int(file.read().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0.0
    return max(time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / _TICKS, 0.0)


_TICKS = 100
"""Clock ticks per second in which Linux tells when a process began (USER_HZ, proc(5))."""
