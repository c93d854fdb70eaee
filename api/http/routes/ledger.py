"""The ledger: what is managed. Attributes of accounts are not shown here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import Limit, Offset, ToolsHere, page
from api.http.operation import READERS, operation
from api.usecases.books import LedgerFilter, read_ledger
from policy.canonical import JsonValue
from policy.ledger import ManagedEntitlement

router = APIRouter(prefix="/ledger", tags=["books"], route_class=GuardedRoute)
_ENTRY = {
    "person": "10001",
    "target": "ad",
    "kind": "account",
    "name": "",
    "anchor": "b1946ac9",
    "generation": 1,
    "disabled_on": None,
    "unmanage": False,
}


@router.get(
    "",
    **operation(
        "Read what is managed",
        READERS,
        example={"total": 1, "offset": 0, "limit": 100, "next": None, "items": [_ENTRY]},
    ),
)
def read_entries(
    request: Request,
    tools: ToolsHere,
    *,
    person: str | None = None,
    target: str | None = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> JSONResponse:
    """Every entitlement we granted or adopted, in order of person, target, kind and name."""
    _, entries = read_ledger(tools, LedgerFilter(person, target))
    items = [_entry_json(one) for one in entries[offset : offset + limit]]
    return page(request, items, len(entries), offset=offset, limit=limit)


def _entry_json(entry: ManagedEntitlement) -> dict[str, JsonValue]:
    return {
        "person": entry.key.person,
        "target": entry.key.target,
        "kind": entry.key.kind.value,
        "name": entry.key.name,
        "anchor": entry.anchor,
        "generation": entry.generation,
        "disabled_on": entry.disabled_on.isoformat() if entry.disabled_on else None,
        "unmanage": entry.unmanage,
    }
