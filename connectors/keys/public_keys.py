"""Public keys as others write them: PEM (SubjectPublicKeyInfo, RFC 8410) and base64 for a trust root."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from policy.catalogue.trust import KEY_FILE_UNREADABLE
from policy.diagnostics import Diagnostic, OrdainError


def public_pem(public: bytes) -> bytes:
    """PEM file of a raw public key, as `openssl` reads it."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_text(public: bytes) -> str:
    """Base64 of a raw public key, as a trust root has it."""
    return base64.b64encode(public).decode()


def load_public_key(path: Path) -> bytes:
    """Raw public key (32 bytes) of a PEM file. Raises OrdainError ORD0751 when it is none."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, (error.strerror or "no reason given").lower()) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unreadable(path, "it holds no public key in PEM form") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable(path, "it holds a key of another kind than Ed25519")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _unreadable(path: Path, why: str) -> OrdainError:
    hint = "`openssl pkey -in KEY -pubout` writes the public key of a private one."
    return OrdainError(Diagnostic(KEY_FILE_UNREADABLE, f"{path}: {why}.", hint=hint))
