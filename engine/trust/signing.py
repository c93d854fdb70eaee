"""Signing a diff: lines, salts, root, statement, envelope (DIFFS.md section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from engine.trust.envelopes import seal_envelope
from engine.trust.evaluations import diff_payload
from engine.trust.lines import count_persons, count_totals, file_of, salt_of, salted_leaf
from engine.trust.merkle import merkle_root
from engine.trust.refusal import refusal
from policy.canonical import digest_of
from policy.catalogue.trust import NOT_ENFORCEABLE
from policy.diff import EntitlementDiff, line_bytes
from policy.statements import DiffStatement, LookedAt, Purpose, SignedDiff, SigningTerms
from policy.trust import Signer

_ID_DIGITS = 32
_NONCE_DIGITS = 32


def sign_diff(
    diff: EntitlementDiff, terms: SigningTerms, *, person_keys: Mapping[str, bytes], signer: Signer
) -> SignedDiff:
    """Sign a diff for `terms`. `person_keys` holds a secret (16 bytes or more) for every person of the lines.

    The id is derived from tenant, nonce and lines. Raises RefusedError ORD0718 when drafts are in it and the purpose
    is to enforce it.
    """
    assert len(terms.nonce) >= _NONCE_DIGITS, "a nonce is 16 bytes or more, in hex"
    assert terms.created_at < terms.expires_at, "a diff lives for a while"
    if terms.purpose is Purpose.ENFORCE and not diff.enforceable:
        raise refusal(
            NOT_ENFORCEABLE, "This diff holds what draft rules would grant.", hint="Evaluate again without drafts."
        )
    rows = [line_bytes(line) for line in diff.lines]
    lines = file_of(rows)
    lines_digest = hashlib.sha256(lines).hexdigest()
    diff_id = digest_of({"lines": lines_digest, "nonce": terms.nonce, "tenant": terms.tenant})[:_ID_DIGITS]
    salts = [
        salt_of(row, diff=diff_id, person_key=person_keys[line.key.person])
        for row, line in zip(rows, diff.lines, strict=True)
    ]
    statement = DiffStatement(
        id=diff_id,
        terms=replace(terms, excluded=tuple(sorted(set(terms.excluded)))),
        as_of=diff.as_of,
        lines_digest=lines_digest,
        line_count=len(rows),
        root=merkle_root([salted_leaf(salt, row) for salt, row in zip(salts, rows, strict=True)]).hex(),
        totals=count_totals(diff.lines),
        persons=count_persons(diff.lines),
        limits=diff.limits,
        looked_at=LookedAt(len(diff.unchanged), len(diff.unmanaged), len(diff.violations), len(diff.warnings)),
    )
    return SignedDiff(
        id=diff_id,
        lines=lines,
        salts=file_of(salt.hex().encode() for salt in salts),
        envelope=seal_envelope(diff_payload(statement), [signer]),
    )
