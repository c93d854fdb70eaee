"""Approve with a key that never comes here: hand out the statement to sign, and take it back signed."""

from __future__ import annotations

from dataclasses import dataclass

from api.tools import Tools
from api.usecases.approve import Approved, Review, keep_review, write_review
from api.usecases.keys import read_trust
from api.usecases.usable import verify_usable
from engine.trust.approvals import approval_payload, read_approval
from engine.trust.envelopes import pre_authentication_bytes
from policy.catalogue.service import OTHER_REVIEWER
from policy.diagnostics import Diagnostic, RefusedError
from policy.statements import Approval
from policy.trust import is_same_person


@dataclass(frozen=True, slots=True)
class UnsignedStatement:
    """A review written down. `payload` goes into the envelope, `to_sign` (DSSE pre-authentication) is signed."""

    approval: Approval
    payload: bytes
    to_sign: bytes


def prepare_review(tools: Tools, name: str, review: Review) -> UnsignedStatement:
    """Write down a review for its reviewer to sign. Nothing is kept.

    Raises RefusedError when the diff does not verify, has expired or was enforced already; UsageError as
    `write_review`.
    """
    now = tools.now().replace(microsecond=0)
    with tools.store.read() as tx:
        verified = verify_usable(tools, tx, tx.diffs.get(name), trust=read_trust(tools.workspace), now=now)
    approval = write_review(tools, verified, review, now=now)
    payload = approval_payload(approval)
    return UnsignedStatement(approval, payload, pre_authentication_bytes(payload))


def submit_approval(tools: Tools, name: str, envelope: bytes, *, person: str) -> Approved:
    """Keep a statement that `person` signed elsewhere; a second time changes nothing.

    Raises RefusedError when it or the diff does not verify, when it is of another person, or when it does not count
    (it is not kept then); UsageError as `write_review`.
    """
    trust = read_trust(tools.workspace)
    with tools.store.write() as tx:
        verified = verify_usable(tools, tx, tx.diffs.get(name), trust=trust, now=tools.now())
        approval = read_approval(envelope, trust)[0].approval
        if not is_same_person(approval.person, person):
            detail = f"The statement speaks for {approval.person}, the token is one of {person}."
            hint = "every reviewer hands in their own statement with their own token"
            raise RefusedError(Diagnostic(OTHER_REVIEWER, detail, hint=hint, subject=approval.person))
        return keep_review(tools, tx, verified, envelope, trust=trust)
