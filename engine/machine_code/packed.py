"""Compiled code as the bytes that are kept: what it is, its digest, the code. Anything damaged is no code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

_MAGIC = b"ordain kernel 1\n"
_DIGEST_SIZE = 32


@dataclass(frozen=True, slots=True)
class Packed:
    """Code of one kernel.

    `form` is "image" (`entry` and `imports` are places in it) or "object" (an object file for the processor named
    `cpu`, which LLVM has to link). `written` are the places of the array parameters that may be written.
    """

    key: str
    form: str
    written: tuple[int, ...]
    content: bytes
    entry: int = 0
    imports: tuple[tuple[str, int], ...] = ()
    cpu: str = ""


def pack(packed: Packed) -> bytes:
    """Bytes to keep."""
    fields = {name: value for name, value in asdict(packed).items() if name != "content"}
    rest = json.dumps(fields).encode() + b"\n" + packed.content
    return _MAGIC + sha256(rest).digest() + rest


def unpack(kept: bytes, key: str) -> Packed | None:
    """Code for `key` from kept bytes; None when they are damaged or of something else."""
    start = len(_MAGIC) + _DIGEST_SIZE
    rest = kept[start:]
    if kept[:start] != _MAGIC + sha256(rest).digest():
        return None
    head, _, content = rest.partition(b"\n")
    fields = json.loads(head)
    if fields["key"] != key:
        return None
    return Packed(
        key,
        fields["form"],
        tuple(fields["written"]),
        content,
        fields["entry"],
        tuple((name, place) for name, place in fields["imports"]),
        fields["cpu"],
    )
