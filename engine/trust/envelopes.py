"""DSSE v1.0.2 envelopes: sealing bytes with Ed25519 keys, reading them strictly, and finding out who signed.

Source: https://github.com/secure-systems-lab/dsse (protocol and envelope). An envelope file is canonical JSON without a
line end; `keyid` is the fingerprint of the public key, and any other spelling of it is refused.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.trust.refusal import refusal
from engine.trust.strict_json import Fields, read_base64, read_canonical
from policy.canonical import canonical_json
from policy.catalogue.trust import BAD_SIGNATURE, NOT_AN_ENVELOPE, UNKNOWN_KEY
from policy.trust import Signer, TrustedKey, TrustRoot, key_id

PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds: its payload, and signatures (64 bytes) by key fingerprint, in order of fingerprint."""

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def pre_authentication_bytes(payload: bytes) -> bytes:
    """Bytes that are signed: the PAE of DSSE over type and payload."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal_envelope(payload: bytes, signers: Sequence[Signer]) -> bytes:
    """Envelope around `payload`, signed by each of the signers (at least one, different keys)."""
    signed = pre_authentication_bytes(payload)
    signatures = sorted((key_id(signer.public), signer.sign(signed)) for signer in signers)
    assert len({fingerprint for fingerprint, _ in signatures}) == len(signatures) > 0, "different keys, at least one"
    return envelope_bytes(Envelope(payload, tuple(signatures)))


def envelope_bytes(envelope: Envelope) -> bytes:
    """Write an envelope in its one file form."""
    return canonical_json(
        {
            "payload": base64.b64encode(envelope.payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": fingerprint, "sig": base64.b64encode(signature).decode()}
                for fingerprint, signature in envelope.signatures
            ],
        }
    )


def read_envelope(data: bytes) -> Envelope:
    """Envelope from its file. Raises RefusedError ORD0701 for anything but the one file form of one."""
    try:
        fields = Fields.of(read_canonical(data))
        envelope = Envelope(
            read_base64(fields.text("payload")),
            tuple((row.text("keyid"), read_base64(row.text("sig"))) for row in _rows(fields)),
        )
    except ValueError as error:
        raise refusal(NOT_AN_ENVELOPE, f"This is no signed statement: {error}.") from error
    # INVARIANT: one statement and its signatures have one file form, so no bit of a file can change unnoticed.
    if envelope_bytes(envelope) != data:
        raise refusal(NOT_AN_ENVELOPE, "This is a signed statement, but not written in its one form.")
    return envelope


def find_signers(envelope: Envelope, trust: TrustRoot) -> tuple[TrustedKey, ...]:
    """Trusted keys that signed, at least one. Raises RefusedError when any signature is unknown or does not fit."""
    signed = pre_authentication_bytes(envelope.payload)
    return tuple(_find_signer(fingerprint, signature, signed, trust) for fingerprint, signature in envelope.signatures)


def _rows(fields: Fields) -> tuple[Fields, ...]:
    rows = fields.rows("signatures")
    names = [row.text("keyid") for row in rows]
    if not rows or names != sorted(set(names)):
        raise ValueError("its signatures are missing, doubled or out of order")
    return rows


def _find_signer(fingerprint: str, signature: bytes, signed: bytes, trust: TrustRoot) -> TrustedKey:
    key = trust.find_key(fingerprint)
    if key is None:
        raise refusal(
            UNKNOWN_KEY,
            f"The key with fingerprint {fingerprint[:16]!r} is not in the trust root.",
            hint="Check that this is the right trust root; never add a key you have not compared with its owner.",
        )
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
    except InvalidSignature:
        raise refusal(
            BAD_SIGNATURE, f"What was signed by the key of {key.person} is not what this file says."
        ) from None
    return key
