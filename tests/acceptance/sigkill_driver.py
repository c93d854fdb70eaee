"""Run `ordain enforce` in real processes and kill them with SIGKILL at random moments, until one comes to its end.

    python sigkill_driver.py WORKSPACE DIFF                run it once, unharmed; prints how long it worked
    python sigkill_driver.py WORKSPACE DIFF SEED SECONDS   kill every process within the first SECONDS of its work

Prints one JSON object. Processes are forked from this one, which has no threads and has opened nothing: that spares
each of them the time of importing everything.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from pkgutil import walk_packages
from typing import NoReturn

import api
import connectors
import engine
from api.cli.main import main
from api.compose import open_tools

LATE = ("numpy", "pyarrow", "pyarrow.compute", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg")
"""What the command imports from elsewhere when it gets there; of ours it is everything."""
ENFORCED_BEFORE, REFUSED = "ORD0825", 3
NO_SUCH_DIFF = "0" * 32


def start(workspace: str, diff: str, output: Path) -> int:
    """Fork a process that enforces; its id."""
    pid = os.fork()
    if pid == 0:
        run(workspace, diff, output)
    return pid


def run(workspace: str, diff: str, output: Path) -> NoReturn:
    """Be the command."""
    handle = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.argv = ["ordain", "enforce", diff, "-w", workspace]
    code = 70
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(pid: int, output: Path, *, fine: frozenset[int] = frozenset({0, 3})) -> bool:
    """Wait for a process; whether it was killed. Exits when it ended in any way that it should not."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return True
    code, text = os.WEXITSTATUS(status), output.read_text(encoding="utf-8")
    if code not in fine or (code == REFUSED and ENFORCED_BEFORE not in text):
        sys.exit(f"exit code {code}: {text}")
    return False


def measure(workspace: str, diff: str, output: Path) -> float:
    """Seconds that the command takes for a diff."""
    began = time.monotonic()
    wait(start(workspace, diff, output), output, fine=frozenset({0, 2}))
    return time.monotonic() - began


def kill_until_done(workspace: str, diff: str, seed: int, seconds: float) -> dict[str, float]:
    """Kill process after process, each within `seconds` of its work, until one comes to its end."""
    chance, kills, middle = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        # What it takes to come to work: there is no such diff, so nothing is done.
        starting = min(measure(workspace, NO_SUCH_DIFF, output) for _ in range(2))
        while True:
            pid = start(workspace, diff, output)
            time.sleep(max(chance.uniform(starting - seconds / 4, starting + seconds), 0))
            os.kill(pid, signal.SIGKILL)
            if not wait(pid, output):
                return {"kills": kills, "in the middle": middle}
            kills += 1
            seconds *= 1.05  # one that is always killed before it comes to its end gets a little longer
            middle += is_under_way(workspace)


def is_under_way(workspace: str) -> bool:
    """Whether a run was interrupted: then the process was killed in the middle of it."""
    with open_tools(Path(workspace)) as tools, tools.store.read() as tx:
        return bool(tx.runs.unfinished())


def drive(arguments: list[str]) -> dict[str, float]:
    """Do what the command line says."""
    ours = (one.name for room in (api, connectors, engine) for one in walk_packages(room.__path__, f"{room.__name__}."))
    for module in (*LATE, *(one for one in ours if "migrations" not in one and "cluster" not in one)):
        importlib.import_module(module)
    workspace, diff, *rest = arguments
    if rest:
        return kill_until_done(workspace, diff, int(rest[0]), float(rest[1]))
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        starting = measure(workspace, NO_SUCH_DIFF, output)
        return {"working": max(measure(workspace, diff, output) - starting, 0.2)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(drive(sys.argv[1:])))
