"""The audit log: entries, checkpoints, and proofs that nothing was taken away or changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import Limit, Offset, ToolsHere, answer, page
from api.http.operation import READERS, operation
from api.store.records import AuditEntry
from api.usecases.audit_proofs import (
    SignedCheckpoint,
    last_checkpoint,
    page_audit,
    prove_consistency,
    prove_inclusion,
    sign_checkpoint_now,
)
from api.usecases.tokens import Right
from policy.audit import audit_json
from policy.canonical import JsonValue

router = APIRouter(prefix="/audit", tags=["books"], route_class=GuardedRoute)
_ENTRY = {
    "index": 7,
    "leaf_hash": "5d41…",
    "actor": "alice@example.org",
    "at": "2026-03-01T08:30:00.000000+00:00",
    "details": {"authentication": "key file"},
    "kind": "diff.approved",
    "subject": "3f9a0c51d7e24b68",
}
_CHECKPOINT = {"checkpoint": "meridian\n8\n3q2+7w…=\n\n— meridian 1f2e…=\n", "key": "meridian+1f2e3d4c+AdJ…"}
_Count = Annotated[int, Query(ge=0, le=2**53 - 1)]


@router.get(
    "/entries",
    **operation(
        "Read the audit log",
        (Right.ADMIN, Right.REVIEWER),
        example={"total": 8, "offset": 7, "limit": 100, "next": None, "items": [_ENTRY]},
    ),
)
def read_entries(request: Request, tools: ToolsHere, *, offset: Offset = 0, limit: Limit = 100) -> JSONResponse:
    """In order; number 0 came first."""
    entries, total = page_audit(tools, offset, limit)
    return page(request, [_entry_json(one) for one in entries], total, offset=offset, limit=limit)


@router.get("/checkpoint", **operation("Read the newest checkpoint", READERS, example=_CHECKPOINT))
def read_checkpoint(tools: ToolsHere) -> JSONResponse:
    """Give a signed note (C2SP) of the log's length and root. Keep it: it shows later whether the log was changed."""
    return answer(_checkpoint_json(last_checkpoint(tools)))


@router.post("/checkpoint", **operation("Sign a checkpoint now", (Right.ADMIN,), example=_CHECKPOINT, status=201))
def make_checkpoint(tools: ToolsHere) -> JSONResponse:
    """Every run signs one at its end; this signs one in between."""
    return answer(_checkpoint_json(sign_checkpoint_now(tools)), 201)


@router.get(
    "/proofs/inclusion",
    **operation(
        "Prove that an entry is in the log",
        READERS,
        example={"index": 7, "size": 8, "leaf_hash": "5d41…", "root": "deadbeef…", "proof": ["9e10…"]},
    ),
)
def read_inclusion(tools: ToolsHere, index: _Count, size: _Count | None = None) -> JSONResponse:
    """RFC 9162 section 2.1.3, in the tree of the first `size` entries (all of them)."""
    found = prove_inclusion(tools, index, size)
    return answer(
        {
            "index": index,
            "size": found.size,
            "leaf_hash": found.entry.leaf_hash.hex(),
            "root": found.root.hex(),
            "proof": _hex(found.proof),
        }
    )


@router.get(
    "/proofs/consistency",
    **operation(
        "Prove that the log only grew",
        READERS,
        example={"old": 5, "new": 8, "old_root": "c0de…", "new_root": "deadbeef…", "proof": ["9e10…"]},
    ),
)
def read_consistency(tools: ToolsHere, old: _Count, new: _Count | None = None) -> JSONResponse:
    """RFC 9162 section 2.1.4: the first `old` of `new` entries (all of them) are still what they were."""
    found = prove_consistency(tools, old, new)
    return answer(
        {
            "old": found.old,
            "new": found.new,
            "old_root": found.old_root.hex(),
            "new_root": found.new_root.hex(),
            "proof": _hex(found.proof),
        }
    )


def _entry_json(entry: AuditEntry) -> dict[str, JsonValue]:
    return {"index": entry.index, "leaf_hash": entry.leaf_hash.hex(), **audit_json(entry.event)}


def _checkpoint_json(signed: SignedCheckpoint) -> JsonValue:
    return {"checkpoint": signed.note, "key": signed.key}


def _hex(hashes: Sequence[bytes]) -> list[JsonValue]:
    return [one.hex() for one in hashes]
