"""Find a diff: by the beginning of its id, or by the folder or file that `evaluate --out` wrote."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from api.render.diff_view import DiffView
from api.store.records import DiffState, StoredDiff
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.keys import read_trust
from api.usecases.sign import FILE_NAMES
from engine.trust.disclosure import disclose
from engine.trust.judging import judge_approvals
from engine.trust.verifying import verify_diff
from policy.catalogue.service import FILE_NOT_READ, FILES_DIFFER
from policy.diagnostics import Diagnostic, RefusedError, UsageError
from policy.diff import LimitVerdict, Op
from policy.entitlements import Kind
from policy.statements import ApprovalVerdict, DiffFiles, Expectation, SignedDiff, VerifiedDiff
from policy.trust import TrustRoot


def load_diff(tx: Transaction, name: str) -> StoredDiff:
    """Diff by id, by its beginning, or by where its files lie.

    Raises UsageError when there is none, RefusedError when the files differ from what was signed and stored.
    """
    path = Path(name)
    if not name or not path.exists():
        return tx.diffs.get(name)
    envelope = _read(path / FILE_NAMES["envelope"] if path.is_dir() else path)
    stored = tx.diffs.get(_id_in(envelope, path))
    folder = path if path.is_dir() else path.parent
    lines = folder / FILE_NAMES["lines"]
    same_lines = not lines.exists() or _read(lines) == stored.lines
    if envelope != stored.envelope or not same_lines:
        detail = f"{path} differs from diff {stored.id} as it was signed."
        hint = "enforce the diff by its id, or evaluate again"
        raise RefusedError(Diagnostic(FILES_DIFFER, detail, hint=hint, subject=str(path)))
    return stored


def read_events(tools: Tools, name: str) -> bytes:
    """Give the `events.ndjson` of a diff; raises as `load_diff` does."""
    with tools.store.read() as tx:
        return load_diff(tx, name).events


def verify_stored(
    tools: Tools, stored: StoredDiff, expected: Expectation, *, trust: TrustRoot | None = None
) -> VerifiedDiff:
    """Verify a stored diff as anybody would: signature, lines, root, expectations. Raises RefusedError."""
    files = DiffFiles(stored.envelope, stored.lines, stored.salts)
    return verify_diff(files, trust or read_trust(tools.workspace), expected)


def view_diff(tools: Tools, name: str) -> DiffView:
    """Everything a reader wants of a diff, verified; a diff that has expired can still be read."""
    from api.usecases.display_names import DisplayNames  # noqa: PLC0415  # to approve and enforce needs no columns
    from api.usecases.snapshot_columns import find_columns  # noqa: PLC0415

    trust = read_trust(tools.workspace)
    with tools.store.read() as tx:
        stored = load_diff(tx, name)
        approvals = tx.diffs.approvals(stored.id)
    when = stored.created_at
    verified = verify_stored(tools, stored, Expectation(now=when), trust=trust)
    verdict = judge_approvals(verified, approvals, trust, now=_reading_time(tools.now(), stored))
    columns = find_columns(tools)
    assert verified.lines is not None, "a stored diff has its lines"
    return DiffView(
        statement=verified.statement,
        lines=verified.lines,
        state=stored.state.value,
        verdict=verdict,
        names=DisplayNames(columns) if columns is not None else {},
        limits=read_limits(stored),
        expired=tools.now() >= verified.statement.terms.expires_at,
    )


def judge_stored(
    tools: Tools, verified: VerifiedDiff, approvals: tuple[bytes, ...], trust: TrustRoot
) -> ApprovalVerdict:
    """Judge the approvals of a diff as of now."""
    return judge_approvals(verified, approvals, trust, now=tools.now())


def read_limits(stored: StoredDiff) -> tuple[LimitVerdict, ...]:
    """Limit verdicts with their texts, as they were kept beside the diff."""
    rows: list[Mapping[str, Any]] = stored.inputs.get("limits", []) if isinstance(stored.inputs, Mapping) else []  # type: ignore[assignment]  # JSON
    return tuple(LimitVerdict(**{**row, "op": Op(row["op"]), "kind": Kind(row["kind"])}) for row in rows)


def _reading_time(now: datetime, stored: StoredDiff) -> datetime:
    """Approvals of a diff that was enforced are judged as of then: they may have expired since."""
    return stored.consumed_at if stored.state is DiffState.CONSUMED and stored.consumed_at else now


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        detail = f"{path} cannot be read: {(error.strerror or 'no reason given').lower()}."
        hint = "name the folder that `evaluate --out` wrote, or an id from `ordain show`"
        raise UsageError(Diagnostic(FILE_NOT_READ, detail, hint=hint, subject=str(path))) from None


def _id_in(envelope: bytes, path: Path) -> str:
    """Id that an unverified envelope claims: only to find the stored diff that it is then compared with."""
    try:
        payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
        return str(payload["predicate"]["diff"])
    except (ValueError, KeyError, TypeError):
        detail = f"{path} is no signed diff."
        raise UsageError(Diagnostic(FILE_NOT_READ, detail, subject=str(path))) from None


def disclose_line(tools: Tools, name: str, number: int) -> bytes:
    """Line `number` of a diff with its salt, proof and envelope: it can be checked without the others.

    Raises UsageError when the diff has no such line.
    """
    with tools.store.read() as tx:
        stored = load_diff(tx, name)
    try:
        return disclose(SignedDiff(stored.id, stored.lines, stored.salts, stored.envelope), number)
    except RefusedError as error:  # there is no such line
        raise UsageError(*error.diagnostics) from None
