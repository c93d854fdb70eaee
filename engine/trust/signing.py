"""Signing a diff: lines, salts, root, statement, envelope (DIFFS.md section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from engine.trust.envelopes import seal_envelope
from engine.trust.evaluations import diff_payload
from engine.trust.refusal import refusal
from engine.trust.salting import root_of, salts_file
from engine.trust.written import write_lines
from policy.canonical import digest_of
from policy.catalogue.trust import NOT_ENFORCEABLE
from policy.diff import EntitlementDiff
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
    written = write_lines(diff.lines)
    lines_digest = hashlib.sha256(written.file).hexdigest()
    diff_id = digest_of({"lines": lines_digest, "nonce": terms.nonce, "tenant": terms.tenant})[:_ID_DIGITS]
    keys = [person_keys[person] for person in written.people]
    salts = salts_file(written.file, diff=diff_id, keys=keys, owners=written.owners)
    statement = DiffStatement(
        id=diff_id,
        terms=replace(terms, excluded=tuple(sorted(set(terms.excluded)))),
        as_of=diff.as_of,
        lines_digest=lines_digest,
        line_count=len(diff.lines),
        root=root_of(written.file, salts, count=len(diff.lines)).hex(),
        totals=written.totals,
        persons=written.persons,
        limits=diff.limits,
        looked_at=LookedAt(len(diff.unchanged), len(diff.unmanaged), len(diff.violations), len(diff.warnings)),
    )
    return SignedDiff(
        id=diff_id,
        lines=written.file,
        salts=salts,
        envelope=seal_envelope(diff_payload(statement), [signer]),
    )
