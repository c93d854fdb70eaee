"""Whom we trust: people, their public keys and their roles, and the port that signs."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class TrustRole(StrEnum):
    """What the trust root lets a key do.

    `engine` signs evaluations and executions, `reviewer` approves or rejects, `limit-release` releases what a limit
    blocked.
    """

    ENGINE = "engine"
    REVIEWER = "reviewer"
    LIMIT_RELEASE = "limit-release"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """An Ed25519 public key (`public`, 32 raw bytes), whose it is and what it may do, until `not_after` (inclusive)."""

    person: str
    public: bytes
    roles: frozenset[TrustRole]
    not_after: datetime | None = None

    @property
    def key_id(self) -> str:
        """Fingerprint by which envelopes name this key."""
        return key_id(self.public)

    def is_valid_at(self, moment: datetime) -> bool:
        """Tell whether a signature of this key may be relied on at `moment`."""
        return self.not_after is None or moment <= self.not_after


@dataclass(frozen=True, slots=True)
class TrustRoot:
    """Every key we trust. A key stands once and belongs to one person; a person may have several keys."""

    keys: tuple[TrustedKey, ...]

    def find_key(self, fingerprint: str) -> TrustedKey | None:
        """Key with this fingerprint: worked out from the public key bytes, whatever an envelope says of itself."""
        return next((key for key in self.keys if key.key_id == fingerprint), None)

    def roles_of(self, person: str) -> frozenset[TrustRole]:
        """Roles a person has by any key."""
        return frozenset(role for key in self.keys if is_same_person(key.person, person) for role in key.roles)


class Signer(Protocol):
    """A private key that signs and never shows itself."""

    @property
    def public(self) -> bytes:
        """Raw public key, 32 bytes."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature (RFC 8032), 64 bytes."""
        ...


def key_id(public: bytes) -> str:
    """Fingerprint of a public key: SHA-256 (hex) over its 32 raw bytes."""
    return hashlib.sha256(public).hexdigest()


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names of people mean one person: case and Unicode form do not make another one."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
