"""Whether a signed diff still speaks of the world as it is (strict mode, DIFFS.md section 4)."""

from __future__ import annotations

from policy.catalogue.enforcement import (
    OTHER_LINEAGE,
    STALE_CONFIGURATION,
    STALE_MANAGED_STATE,
    STALE_POLICY,
    STALE_SNAPSHOT,
)
from policy.diagnostics import Diagnostic, DiagnosticKind, RefusedError
from policy.diff import InputDigests

_DIGEST_LENGTH = 64
_HINT = "evaluate again and have the new diff approved, or enforce with `--mode rebase`"


def find_stale(signed: InputDigests, now: InputDigests) -> tuple[Diagnostic, ...]:
    """Every input of S, P, C and M that differs from what was evaluated; empty when the diff is fresh.

    What was observed in targets (O) is not compared: a target changes by itself, and every action looks for itself.
    """
    if signed.lineage != now.lineage:
        detail = f"It was evaluated on ledger {signed.lineage}, this is ledger {now.lineage}."
        return (Diagnostic(OTHER_LINEAGE, detail, hint="enforce it where it was evaluated", subject=signed.lineage),)
    found = []
    if signed.snapshot != now.snapshot:
        found.append(_stale(STALE_SNAPSHOT, "snapshot", signed.snapshot, now.snapshot))
    if signed.policy != now.policy:
        found.append(_stale(STALE_POLICY, "policy", signed.policy, now.policy))
    if signed.configuration != now.configuration:
        found.append(_stale(STALE_CONFIGURATION, "configuration", signed.configuration, now.configuration))
    if (signed.managed, signed.serial) != (now.managed, now.serial):
        was, is_ = f"{signed.managed[:12]} (serial {signed.serial})", f"{now.managed[:12]} (serial {now.serial})"
        found.append(_stale(STALE_MANAGED_STATE, "managed state", was, is_))
    return tuple(found)


def refuse_stale(signed: InputDigests, now: InputDigests) -> None:
    """Raise RefusedError that names every input that has changed; do nothing when the diff is fresh."""
    stale = find_stale(signed, now)
    if stale:
        raise RefusedError(*stale)


def refuse_other_lineage(signed: InputDigests, now: InputDigests) -> None:
    """Raise RefusedError when the diff belongs to another ledger: no mode may enforce it here (P6)."""
    stale = [one for one in find_stale(signed, now) if one.kind is OTHER_LINEAGE]
    if stale:
        raise RefusedError(*stale)


def _stale(kind: DiagnosticKind, what: str, was: str, is_: str) -> Diagnostic:
    return Diagnostic(kind, f"The {what} was {_short(was)} when evaluated and is {_short(is_)} now.", hint=_HINT)


def _short(digest: str) -> str:
    return digest[:12] if len(digest) == _DIGEST_LENGTH else digest
