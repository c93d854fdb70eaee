"""Who holds a lease: this process, named so that another one on the same machine can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PARTS = 4


def this_holder() -> str:
    """Name this process: host, which processes it can see, process id, and the moment it started."""
    return "/".join((socket.gethostname(), _sight(), str(os.getpid()), _started(os.getpid())))


def is_dead(holder: str) -> bool:
    """Tell whether `holder` is a process that has ended for certain: one that we would see if it lived."""
    parts = holder.split("/")
    if len(parts) != _PARTS or not _sight():
        return False
    host, sight, pid, started = parts
    return (host, sight) == (socket.gethostname(), _sight()) and pid.isdecimal() and _started(int(pid)) != started


def describe_holder(holder: str) -> str:
    """Holder in words for people."""
    parts = holder.split("/")
    return f"process {parts[2]} on {parts[0]}" if len(parts) == _PARTS else holder


def _sight() -> str:
    """Boot and process namespace, within which a process id names one process; empty where that cannot be told.

    Two containers may have one host name, and each a process 7.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        return f"{boot}.{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Start of a process in clock ticks since boot (field 22 of proc(5) stat); empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    # A zombie holds nothing any more: it only waits for its parent to notice.
    return "" if fields[0] in {"Z", "X"} else fields[19]
