"""in-toto statements (Statement v1): what every signed payload looks like, whatever it states."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from engine.trust.envelopes import find_signers, read_envelope
from engine.trust.refusal import refusal
from engine.trust.strict_json import Fields, read_canonical
from policy.canonical import JsonValue, canonical_json
from policy.catalogue.trust import BAD_STATEMENT, KEY_ENDED, WRONG_SIGNER, WRONG_STATEMENT
from policy.trust import TrustedKey, TrustRole, TrustRoot

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
DIFF_TYPE = "urn:ordain:entitlement-diff:v1"
APPROVAL_TYPE = "urn:ordain:approval:v1"
EXECUTION_TYPE = "urn:ordain:execution:v1"
LINES_SUBJECT = "lines.ndjson"
DIFF_SUBJECT = "diff"
"""Subject of approvals and executions: the exact signed payload of the diff."""

Noun = TypeVar("Noun")


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A payload whose signatures fit, with the trusted keys that made them and its digest (SHA-256, hex)."""

    payload: bytes
    digest: str
    signers: tuple[TrustedKey, ...]


def statement_bytes(predicate_type: str, subject: tuple[str, str], predicate: Mapping[str, JsonValue]) -> bytes:
    """Payload of a statement about one subject: its name and SHA-256 (hex)."""
    name, digest = subject
    return canonical_json(
        {
            "_type": STATEMENT_TYPE,
            "predicate": predicate,
            "predicateType": predicate_type,
            "subject": [{"digest": {"sha256": digest}, "name": name}],
        }
    )


def open_envelope(data: bytes, trust: TrustRoot) -> SignedStatement:
    """Payload of an envelope whose every signature is by a trusted key. Raises RefusedError ORD0701 to ORD0703."""
    envelope = read_envelope(data)
    signers = find_signers(envelope, trust)
    return SignedStatement(envelope.payload, hashlib.sha256(envelope.payload).hexdigest(), signers)


def read_statement(
    signed: SignedStatement,
    predicate_type: str,
    *,
    read: Callable[[Fields, str], Noun],
    write: Callable[[Noun], bytes],
) -> Noun:
    """Noun that a payload states: `read` takes the predicate and the subject's digest, `write` is its inverse.

    Raises RefusedError ORD0706 for a statement of another kind, ORD0707 for one that is not exactly what `write`
    would have written.
    """
    try:
        fields = Fields.of(read_canonical(signed.payload))
        found = fields.text("predicateType")
        if found != predicate_type:
            raise refusal(WRONG_STATEMENT, f"This statement is of the kind {found}; expected was {predicate_type}.")
        subjects = fields.rows("subject")
        digest = subjects[0].inner("digest").digest("sha256") if subjects else ""
        noun = read(fields.inner("predicate"), digest)
    except ValueError as error:
        raise refusal(BAD_STATEMENT, f"What was signed cannot be read: {error}.") from error
    # INVARIANT: what was understood is all there is; unknown fields and other spellings do not survive this.
    if write(noun) != signed.payload:
        raise refusal(BAD_STATEMENT, "What was signed holds more, or other, than this version of Ordain understands.")
    return noun


def require_role(signed: SignedStatement, role: TrustRole, *, at: datetime) -> tuple[str, ...]:
    """People (distinct) among the signers that have `role`, by keys still trusted `at` that moment.

    Raises RefusedError ORD0704 when there is none, ORD0705 when one of the keys has ended.
    """
    for key in signed.signers:
        if not key.is_valid_at(at):
            raise refusal(KEY_ENDED, f"The key of {key.person} was trusted until {key.not_after:%Y-%m-%d %H:%M} UTC.")
    people = tuple(sorted({key.person for key in signed.signers if role in key.roles}))
    if not people:
        names = ", ".join(sorted({key.person for key in signed.signers}))
        raise refusal(WRONG_SIGNER, f"This is signed by {names}, who is no {role} in the trust root.")
    return people
