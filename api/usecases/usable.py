"""Whether a stored diff may still be approved and enforced here."""

from __future__ import annotations

from datetime import datetime

from api.store.records import DiffState, StoredDiff
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.diffs import verify_stored
from policy.catalogue.enforcement import ALREADY_ENFORCED
from policy.diagnostics import Diagnostic, RefusedError
from policy.statements import Expectation, Purpose, VerifiedDiff
from policy.trust import TrustRoot


def verify_usable(
    tools: Tools, tx: Transaction, stored: StoredDiff, *, trust: TrustRoot, now: datetime
) -> VerifiedDiff:
    """Verify a diff for this tenant and this ledger, signed to be enforced, whole, not expired and not used yet.

    Raises RefusedError.
    """
    if stored.state is DiffState.CONSUMED:
        raise already_enforced(stored)
    return verify_here(tools, tx, stored, trust=trust, now=now)


def verify_here(tools: Tools, tx: Transaction, stored: StoredDiff, *, trust: TrustRoot, now: datetime) -> VerifiedDiff:
    """Verify a diff as `verify_usable` does, used or not, as of `now`."""
    lineage = tx.ledger.lineage()
    expected = Expectation(now, tenant=tools.workspace.name, purpose=Purpose.ENFORCE, lineage=lineage)
    verified = verify_stored(tools, stored, expected, trust=trust)
    # INVARIANT: nobody approves or enforces lines that were not held against the signed digest and root.
    assert verified.lines is not None, "a stored diff has its lines"
    assert verified.root_checked, "a stored diff has its salts"
    return verified


def already_enforced(stored: StoredDiff) -> RefusedError:
    """Error: a diff is enforced once."""
    by = f" in run {stored.consumed_by}" if stored.consumed_by else ""
    detail = f"Diff {stored.id} was enforced{by}."
    return RefusedError(Diagnostic(ALREADY_ENFORCED, detail, hint="evaluate again", subject=stored.id))
