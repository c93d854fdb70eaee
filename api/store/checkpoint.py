"""Checkpoints of the audit log: C2SP tlog-checkpoint in a C2SP signed-note, signed with Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from policy.trust import Signer

_ED25519 = b"\x01"  # signature type of a C2SP signed note
_NOTE = re.compile(r"(?P<body>(?P<origin>[^\n]+)\n(?P<size>0|[1-9]\d*)\n(?P<root>[A-Za-z0-9+/]{43}=)\n)\n(?:— .+\n)+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: its origin, its number of entries, and the Merkle root (RFC 6962) over them."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """Text that is signed, with its last line end."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def note_key_id(name: str, public: bytes) -> bytes:
    """Four bytes by which a note names a key: SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), shortened."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """Text form of the public key (`name+id+key`) that other tools for signed notes take."""
    return f"{name}+{note_key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Signed note; the key's name is the origin."""
    signature = note_key_id(checkpoint.origin, signer.public) + signer.sign(checkpoint.body.encode())
    return f"{checkpoint.body}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def read_checkpoint(note: str) -> Checkpoint | None:
    """Read what a note says, whoever signed it; None when it is no checkpoint."""
    match = _NOTE.fullmatch(note)
    if match is None:
        return None
    try:
        root = base64.b64decode(match["root"], validate=True)
    except binascii.Error:  # pragma: no cover  # the pattern lets valid base64 through alone
        return None
    checkpoint = Checkpoint(match["origin"], int(match["size"]), root)
    return checkpoint if checkpoint.body == match["body"] else None
