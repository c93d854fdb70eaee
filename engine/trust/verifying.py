"""Verifying a diff: the one path for command line, service and agent. Everything that is not right is refused.

Each step announces in plain words what it found to hold; the first that does not hold raises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from engine.trust.evaluations import diff_payload, read_diff_predicate
from engine.trust.lines import read_lines
from engine.trust.refusal import refusal
from engine.trust.salting import root_of
from engine.trust.statements import DIFF_TYPE, open_envelope, read_statement, require_role
from policy.catalogue.trust import (
    COUNTS_DIFFER,
    DIFF_EXPIRED,
    FROM_THE_FUTURE,
    LINES_DIFFER,
    ROOT_DIFFERS,
    WRONG_LINEAGE,
    WRONG_PURPOSE,
    WRONG_TENANT,
)
from policy.diff import Line, count_persons, count_totals
from policy.statements import DiffFiles, DiffStatement, Expectation, VerifiedDiff
from policy.trust import TrustRole, TrustRoot

CLOCK_SKEW = timedelta(minutes=5)
"""How far a signer's clock may be ahead of ours."""

Announce = Callable[[str], object]


def verify_diff(
    files: DiffFiles, trust: TrustRoot, expected: Expectation, *, announce: Announce = lambda _: None
) -> VerifiedDiff:
    """Verify a diff as of `expected.now`. Raises RefusedError with the kind of the first thing that does not hold."""
    signed = open_envelope(files.envelope, trust)
    people = require_role(signed, TrustRole.ENGINE, at=expected.now)
    announce(f"The diff is signed by {', '.join(people)} as engine.")
    statement = read_statement(signed, DIFF_TYPE, read=read_diff_predicate, write=diff_payload)
    announce(f"Its statement is complete and names diff {statement.id} as of {statement.as_of}.")
    _meet(statement, expected)
    announce(f"It is for {statement.terms.tenant}, to {statement.terms.purpose}, and has not expired.")
    lines = None if files.lines is None else _verify_lines(files.lines, statement)
    if lines is not None:
        announce(f"The {len(lines)} lines are those that were signed, in their one form and order.")
    if lines is not None and files.salts is not None:
        _verify_root(files.lines or b"", files.salts, statement)
        announce("Lines and salts give the signed Merkle root.")
    return VerifiedDiff(
        statement, signed.digest, people, lines, root_checked=lines is not None and files.salts is not None
    )


def _meet(statement: DiffStatement, expected: Expectation) -> None:
    terms = statement.terms
    if expected.tenant is not None and terms.tenant != expected.tenant:
        raise refusal(WRONG_TENANT, f"The diff was signed for {terms.tenant!r}; this is {expected.tenant!r}.")
    if expected.purpose is not None and terms.purpose is not expected.purpose:
        raise refusal(
            WRONG_PURPOSE,
            f"The diff was signed to {terms.purpose}, not to {expected.purpose}.",
            hint="A diff with drafts can only be looked at: evaluate again without them.",
        )
    if expected.lineage is not None and terms.inputs.lineage != expected.lineage:
        raise refusal(WRONG_LINEAGE, f"The diff belongs to ledger {terms.inputs.lineage!r}, not to this one.")
    if terms.created_at > expected.now + CLOCK_SKEW:
        raise refusal(FROM_THE_FUTURE, f"The diff was signed at {terms.created_at:%Y-%m-%d %H:%M} UTC, by its clock.")
    if expected.now >= terms.expires_at:
        raise refusal(
            DIFF_EXPIRED, f"The diff expired at {terms.expires_at:%Y-%m-%d %H:%M} UTC.", hint="Evaluate again."
        )


def _verify_lines(data: bytes, statement: DiffStatement) -> Sequence[Line]:
    digest = hashlib.sha256(data).hexdigest()
    if digest != statement.lines_digest:
        raise refusal(
            LINES_DIFFER, f"The line file has the digest {digest[:16]}…; signed was {statement.lines_digest[:16]}…"
        )
    lines = read_lines(data)
    if (
        len(lines) != statement.line_count
        or count_totals(lines) != statement.totals
        or count_persons(lines) != statement.persons
    ):
        raise refusal(COUNTS_DIFFER, "The signed statement counts other lines or persons than the line file holds.")
    return lines


def _verify_root(data: bytes, salts: bytes, statement: DiffStatement) -> None:
    if root_of(data, salts, count=statement.line_count).hex() != statement.root:
        raise refusal(ROOT_DIFFERS, "Lines and salts do not lead to the Merkle root that was signed.")
