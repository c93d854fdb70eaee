"""Proofs of the audit log: that an entry is in it, and that it only ever grew."""

from __future__ import annotations

from dataclasses import dataclass

from api.store.checkpoint import verifier_key
from api.store.records import AuditEntry
from api.tools import Tools
from api.usecases.keys import engine_signer
from policy.catalogue.service import NOTHING_STORED
from policy.diagnostics import Diagnostic, UsageError


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Entry number `index` is a leaf of the tree of `size` entries with this root (RFC 9162 section 2.1.3)."""

    entry: AuditEntry
    size: int
    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The tree of `new` entries begins with the tree of `old` entries (RFC 9162 section 2.1.4)."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A C2SP signed note, and the public key in the text form that tools for signed notes take."""

    note: str
    key: str


def page_audit(tools: Tools, offset: int, limit: int) -> tuple[tuple[AuditEntry, ...], int]:
    """Up to `limit` entries from number `offset`, and how many there are."""
    with tools.store.read() as tx:
        return tx.audit.entries(offset, offset + limit), tx.audit.size()


def prove_inclusion(tools: Tools, index: int, size: int | None) -> InclusionProof:
    """Prove entry `index` in the tree of the first `size` entries (None: all). Raises UsageError past the end."""
    with tools.store.read() as tx:
        size = tx.audit.size() if size is None else size
        proof = tx.audit.inclusion(index, size)
        return InclusionProof(tx.audit.entries(index, index + 1)[0], size, tx.audit.root(size), proof)


def prove_consistency(tools: Tools, old: int, new: int | None) -> ConsistencyProof:
    """Prove that nothing before entry `old` was changed since. Raises UsageError past the end."""
    with tools.store.read() as tx:
        new = tx.audit.size() if new is None else new
        proof = tx.audit.consistency(old, new)
        return ConsistencyProof(old, new, tx.audit.root(old), tx.audit.root(new), proof)


def last_checkpoint(tools: Tools) -> SignedCheckpoint:
    """Give the newest checkpoint. Raises UsageError when none was signed yet."""
    with tools.store.read() as tx:
        notes = tx.audit.checkpoints()
    if not notes:
        hint = "every run signs one at its end; an admin can ask for one now"
        raise UsageError(Diagnostic(NOTHING_STORED, "No checkpoint was signed yet.", hint=hint, subject="checkpoint"))
    return SignedCheckpoint(notes[-1], verifier_key(tools.workspace.name, engine_signer(tools.workspace).public))


def sign_checkpoint_now(tools: Tools) -> SignedCheckpoint:
    """Sign what the log is now, and keep it."""
    signer = engine_signer(tools.workspace)
    with tools.store.write() as tx:
        note = tx.audit.checkpoint(signer)
    return SignedCheckpoint(note, verifier_key(tools.workspace.name, signer.public))
