"""The most memory that a process ever had.

A process tells its own: what the system counts for a child begins with the memory of who started it.
"""

from __future__ import annotations

import atexit
import os
from pathlib import Path

TOLD_IN = "ORDAIN_BENCH_PEAK"
"""Environment variable that names the file in which a command tells its peak."""
_STATUS = Path("/proc/self/status")


def peak_mb() -> int:
    """Most memory of this process so far, in MB."""
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError(f"{_STATUS} tells no VmHWM: peaks can be measured on Linux alone")


def tell_peak_at_exit() -> None:
    """Write the peak where it is asked for, when this process ends."""
    place = os.environ.get(TOLD_IN)
    if place:
        atexit.register(lambda: Path(place).write_text(str(peak_mb()), encoding="ascii"))
