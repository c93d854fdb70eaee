"""The one sentence that says what may happen with a diff now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.render.diff_view import DiffView, describe_status
from policy.statements import ApprovalVerdict, Releases
from tests.unit.engine.trust.signed_town import LINES, sign, verify

VIEW = DiffView(verify(sign()).statement, LINES, "open", ApprovalVerdict(1, missing=1))
APPROVED = ApprovalVerdict(2, ("alice", "bob"), approved_lines=frozenset(range(len(LINES))))
BUCKET = "entra/revoke/account"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (replace(VIEW, lines=LINES[:4]), "2 lines could be enforced once 1 more person approves."),
        (
            replace(VIEW, lines=LINES[:1], verdict=ApprovalVerdict(2, missing=2)),
            "1 line could be enforced once 2 more people approve.",
        ),
        (replace(VIEW, lines=LINES[:4], verdict=APPROVED), "Approved by alice, bob; 2 lines can be enforced."),
        (
            replace(VIEW, lines=LINES[:4], verdict=replace(APPROVED, approved_lines=frozenset({0}))),
            "Approved by alice, bob; 1 of 2 lines can be enforced.",
        ),
        (
            replace(VIEW, lines=LINES[:4], verdict=replace(APPROVED, releases=Releases(frozenset({BUCKET})))),
            "Approved by alice, bob; 3 lines can be enforced.",
        ),
        (
            replace(VIEW, verdict=ApprovalVerdict(1, rejected_by=("carol",), missing=1)),
            "Rejected by carol; it cannot be enforced.",
        ),
        (replace(VIEW, expired=True, verdict=APPROVED), "This diff has expired; it cannot be enforced."),
        (replace(VIEW, lines=LINES[3:4]), "Nothing of this diff can be enforced as it is: no line is planned."),
    ],
)
def test_what_may_happen_is_what_is_said(view: DiffView, said: str) -> None:
    assert describe_status(view) == said
