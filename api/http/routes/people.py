"""About one person: why they have or lack something, and what changed of them. Private fields stay hidden."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import ServiceHere, ToolsHere, answer
from api.http.operation import operation
from api.usecases.explain import explain_person
from api.usecases.history import read_history
from api.usecases.tokens import Right
from policy.explanations import explanation_json

router = APIRouter(tags=["people"], route_class=GuardedRoute)
_EXPLANATION = {
    "person": "10001",
    "as_of": "2026-03-01",
    "present": True,
    "frozen": [],
    "excluded": [],
    "ended": [],
    "answers": [
        {
            "target": "ad",
            "kind": "account",
            "name": "",
            "entitled": True,
            "reasons": [{"at": "hr.ordain:12", "contract": "C1", "rule": "basic-ad-account"}],
            "because": [],
            "nearest": [],
        }
    ],
}
_CHANGE = {
    "at": "2026-03-01T08:00:00+00:00",
    "import": "import-20260301080000-0a1b2c3d4e",
    "contract": "C1",
    "field": "contract.end_date",
    "old": None,
    "new": "2026-08-31",
}


@router.get(
    "/explanations",
    **operation("Explain why, or why not", (Right.AUTHOR, Right.ADMIN, Right.REVIEWER), example=_EXPLANATION),
)
def read_explanation(
    tools: ToolsHere,
    service: ServiceHere,
    person: Annotated[str, Query(min_length=1, description="External id.")],
    *,
    entitlement: Annotated[
        str | None, Query(description='In the words of the rules: `account in ad`, `permission "SEC-Nurse" in ad`.')
    ] = None,
    as_of: date | None = None,
) -> JSONResponse:
    """Rule, file and line, contract, and each condition with the value it saw; or the nearest rule and what failed."""
    return answer(explanation_json(explain_person(tools, person, entitlement, as_of=as_of, standing=service.standing)))


@router.get(
    "/persons/{person:path}/history",
    **operation(
        "Read what changed of a person",
        (Right.AUTHOR, Right.ADMIN),
        example={"person": "10001", "changes": [_CHANGE]},
    ),
)
def read_changes(person: str, tools: ToolsHere) -> JSONResponse:
    """Field, old value, new value and when; oldest first."""
    changes = [
        {
            "at": one.at.isoformat(),
            "import": one.import_id,
            "contract": one.change.contract,
            "field": one.change.field,
            "old": one.change.old,
            "new": one.change.new,
        }
        for one in read_history(tools, person)
    ]
    return answer({"person": person, "changes": changes})
