"""Our end of the child process: start it, speak with it within deadlines, end it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import signal
import socket
import struct
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping
from pathlib import Path

from connectors.javascript.limits import ScriptLimits
from policy.catalogue.sources import SCRIPTS_UNAVAILABLE
from policy.diagnostics import Diagnostic, OrdainError
from policy.scripts import ScriptFailure

_HERE = Path(__file__).parent
_TAGS = {b"T": ScriptFailure.TIME, b"M": ScriptFailure.MEMORY, b"L": ScriptFailure.LOST}
_DYING_SECONDS = 2.0
_SIGNALS_OF_OTHERS = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP}
_MEMORY_SIGNALS = {signal.SIGTRAP, signal.SIGABRT, signal.SIGILL}  # how V8 ends when it cannot get memory


class Child:
    """One living child process. Not safe for use by several threads at once."""

    def __init__(self, limits: ScriptLimits) -> None:
        self.ended_by_others = False
        """Whether somebody else ended the child: no script is to blame for that."""
        self._sent: str | None = None
        packages = _packages()
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own script, our own interpreter, fixed arguments
                [
                    sys.executable,
                    "-I",
                    str(_HERE / "worker.py"),
                    str(_HERE / "harness.js"),
                    packages,
                    str(limits.data_megabytes),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"TZ": "UTC", "LC_ALL": "en_US.UTF-8"},  # scripts see the same clock and locale on every machine
                start_new_session=True,  # a Ctrl-C is for the parent to handle
            )
        self._end = weakref.finalize(self, _end, self._process, self._channel)
        if self.reply(limits.start_seconds) != b"R":
            self.kill()
            raise OrdainError(
                Diagnostic(
                    SCRIPTS_UNAVAILABLE,
                    "Mapping scripts cannot be run: the process for them ended before it was ready.",
                    hint="Reinstall the package mini-racer for this machine.",
                )
            )

    @property
    def pid(self) -> int:
        """Process id."""
        return int(self._process.pid)

    def ask(self, request: Mapping[str, object], payload: str, seconds: float) -> None:
        """Send a request; the payload only when it is not the last one again.

        A child that does not read it in time, or is gone, shows in the reply.
        """
        again = self._sent is payload
        parts = [json.dumps({**request, "again": again}).encode("ascii")]
        if not again:
            parts.append(payload.encode("ascii"))
        self._sent = payload
        self._channel.settimeout(seconds)
        try:
            for part in parts:
                self._channel.sendall(struct.pack(">Q", len(part)))
                self._channel.sendall(part)
        except OSError:
            self._end()

    def reply(self, seconds: float) -> bytes | ScriptFailure:
        """Give the next reply, or why there is none; after a failure the child is gone."""
        deadline = time.monotonic() + seconds
        try:
            head = self._receive(8, deadline)
            data = self._receive(struct.unpack(">Q", head)[0], deadline)
        except TimeoutError:
            self._end()
            return ScriptFailure.TIME
        except OSError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_DYING_SECONDS)  # its own end tells why, ours would hide it
            self._end()
            self.ended_by_others = -self._process.returncode in _SIGNALS_OF_OTHERS
            return ScriptFailure.MEMORY if -self._process.returncode in _MEMORY_SIGNALS else ScriptFailure.LOST
        if data[:1] == b"V":
            return data[1:]
        failure = _TAGS.get(data[:1])
        if failure is None:
            return data
        self._end()
        return failure

    def kill(self) -> None:
        """End the child and wait for it. Harmless when it is gone already."""
        self._end()

    @property
    def alive(self) -> bool:
        """Whether the child may still be spoken to."""
        return self._end.alive and self._process.poll() is None

    def _receive(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
            piece = self._channel.recv(min(size - len(data), 1 << 20))
            if not piece:
                raise ConnectionError
            data += piece
        return bytes(data)


def _end(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
    channel.close()
    process.kill()
    process.wait()


def _packages() -> str:
    """Folder that holds the V8 package, found without importing it: V8 never runs in this process."""
    spec = importlib.util.find_spec("py_mini_racer")
    if spec is None or spec.origin is None:
        raise OrdainError(
            Diagnostic(
                SCRIPTS_UNAVAILABLE,
                "Mapping scripts cannot be run: the package mini-racer is not installed.",
                hint="Install Ordain with all its dependencies.",
            )
        )
    return str(Path(spec.origin).parent.parent)
