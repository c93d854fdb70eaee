"""Who holds a lease: this process, named so that another one on the same machine can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_holder() -> str:
    """Name this process: host, process id and the moment it started."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """Tell whether `holder` is a process of this machine that has ended for certain."""
    host, pid, started = holder.rsplit("/", 2)
    if host != socket.gethostname() or not Path("/proc/self/stat").exists():
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """Start of a process in clock ticks since boot (field 22 of proc(5) stat); empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
