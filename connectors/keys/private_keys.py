"""Private keys: PEM files (PKCS #8, RFC 5208) that nobody but their owner can read, and signing with them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from policy.catalogue.trust import KEY_FILE_EXISTS, KEY_FILE_OPEN, KEY_FILE_UNREADABLE, KEY_FILE_UNWRITABLE
from policy.diagnostics import Diagnostic, OrdainError, RefusedError, UsageError

_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A private key in memory: a `policy.trust.Signer`. It never shows itself."""

    _key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """Raw public key, 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature (RFC 8032), 64 bytes."""
        return self._key.sign(data)

    def __repr__(self) -> str:
        return f"PrivateKey(public={self.public.hex()})"


def make_key() -> PrivateKey:
    """Make a new key, in memory alone."""
    return PrivateKey(Ed25519PrivateKey.generate())


def create_key_file(path: Path) -> PrivateKey:
    """Make a new key and write it to `path` (mode 0600); folders that are missing are made.

    Raises UsageError ORD0750 when there is a file already (a key is never overwritten), OrdainError ORD0753 when the
    file cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Created with its mode, exclusively: at no moment can others read it, nor is a link followed.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    except FileExistsError:
        detail = f"{path} holds something already, and keys are never overwritten."
        hint = "Name another file, or move the old key away; what it signed still needs its public key."
        raise UsageError(Diagnostic(KEY_FILE_EXISTS, detail, hint=hint)) from None
    except OSError as error:
        detail = f"{path} cannot be written: {(error.strerror or 'no reason given').lower()}."
        raise OrdainError(Diagnostic(KEY_FILE_UNWRITABLE, detail, hint="Check the folder and its rights.")) from error
    return PrivateKey(key)


def load_key_file(path: Path) -> PrivateKey:
    """Key of a file.

    Raises OrdainError ORD0751 when it cannot be read or is no Ed25519 key, RefusedError ORD0752 when others than the
    owner have any right on it.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read()
    except OSError as error:
        raise _unreadable(path, (error.strerror or "no reason given").lower()) from error
    if mode & _OTHERS:
        detail = f"{path} can be read or changed by others (mode {stat.S_IMODE(mode):04o})."
        raise RefusedError(Diagnostic(KEY_FILE_OPEN, detail, hint=f"chmod 600 {path}"))
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unreadable(path, "it holds no unencrypted private key in PEM form") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(path, "it holds a key of another kind than Ed25519")
    return PrivateKey(key)


def _unreadable(path: Path, why: str) -> OrdainError:
    hint = "Make one with `ordain keys`, or `openssl genpkey -algorithm ed25519`."
    return OrdainError(Diagnostic(KEY_FILE_UNREADABLE, f"{path}: {why}.", hint=hint))
