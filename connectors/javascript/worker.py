"""The child process: reads batches from the socket on descriptor 0 and runs each script in a V8 isolate of its own.

Started as a plain script, isolated from the environment, so it imports nothing of ours. Frames are an 8-byte length and
that many bytes. A request is a JSON frame and, unless it says `again`, a payload frame. The reply is one frame per
piece of the payload: `V` and the harness's JSON text, or `T`, `M`, `L` (time, memory, lost), after which this process
ends, because an isolate that hit a limit is not to be trusted again.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
import sys
from typing import Any, NoReturn

_CPU_MARGIN_SECONDS = 10
_PROBE_SECONDS = 0.5
_START_SECONDS = 10.0
_NOTHING = {"script": "", "names": ["source"], "dated": [], "now": 0, "seed": 0}


def serve(channel: socket.socket, harness: str) -> None:
    """Answer requests until the parent closes the channel."""
    import py_mini_racer  # noqa: PLC0415  # only after the limits of memory are set

    with py_mini_racer.MiniRacer() as racer:  # a V8 that cannot start says so before any script is blamed for it
        racer.eval(f"{harness}({json.dumps(_NOTHING)})", timeout_sec=_START_SECONDS)
    send(channel, b"R")
    payload = ""
    while (head := receive(channel)) is not None:
        request = json.loads(head)
        if not request["again"]:
            data = receive(channel)
            if data is None:
                return
            payload = data.decode("ascii")
        _limit_cpu(request["seconds"] * (payload.count("\x00") + 1))
        answer(channel, harness, request, payload)


def answer(channel: socket.socket, harness: str, request: dict[str, Any], payload: str) -> None:
    """Run one script on the pieces of the payload (separated by NUL), one reply frame per piece."""
    from py_mini_racer import JSOOMException, JSTimeoutException, MiniRacer  # noqa: PLC0415  # as above

    seconds = request["seconds"]
    racer = MiniRacer()
    try:
        racer.set_hard_memory_limit(request["heap_bytes"])
        run: Any = racer.eval(f"{harness}({json.dumps(request['config'])})", timeout_sec=seconds)
        for piece in payload.split("\x00"):
            text = run(piece, timeout_sec=seconds)
            racer.eval("0", timeout_sec=_PROBE_SECONDS)  # jobs a script left behind may hold the isolate for ever
            if not isinstance(text, str):
                _leave(channel, b"L")
            send(channel, b"V" + text.encode("utf-8", "replace"))
    except JSTimeoutException:
        _leave(channel, b"T")
    except JSOOMException:
        _leave(channel, b"M")
    except Exception:  # noqa: BLE001  # whatever a script made of its isolate: the parent names it, a fresh child goes on
        _leave(channel, b"M" if racer.was_hard_memory_limit_reached() else b"L")
    racer.close()


def send(channel: socket.socket, data: bytes) -> None:
    """Write one frame."""
    channel.sendall(struct.pack(">Q", len(data)) + data)


def receive(channel: socket.socket) -> bytes | None:
    """Read one frame; None when the parent is gone."""
    head = _receive_exactly(channel, 8)
    return None if head is None else _receive_exactly(channel, struct.unpack(">Q", head)[0])


def _receive_exactly(channel: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        piece = channel.recv(min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def _leave(channel: socket.socket, tag: bytes) -> NoReturn:
    send(channel, tag)
    os._exit(9)


def _limit_cpu(seconds: float) -> None:
    """Backstop when the parent is gone: a signal ends this process after the CPU time the request may take."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + 4 * seconds) + _CPU_MARGIN_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def main(arguments: list[str]) -> None:
    """Arguments: path of the harness, folder of the V8 package, data limit in megabytes."""
    harness_path, packages, data_megabytes = arguments
    data_bytes = int(data_megabytes) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.path.append(packages)
    with open(harness_path, encoding="utf-8") as file:  # noqa: PTH123  # pathlib doubles the start-up time here
        harness = file.read()
    with socket.socket(fileno=0) as channel:
        serve(channel, harness)
    os._exit(0)  # never wait for a thread that a script keeps busy


if __name__ == "__main__":
    main(sys.argv[1:])
