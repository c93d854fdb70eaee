"""Outcome files of a run: read in their one form, and held against the diff that was signed and approved."""

from __future__ import annotations

from collections.abc import Sequence

from engine.trust.executions import count_outcomes, outcome_rows
from engine.trust.lines import key_of, rows_of
from engine.trust.merkle import leaf_hash, merkle_root
from engine.trust.refusal import refusal
from engine.trust.strict_json import Fields, read_canonical
from policy.catalogue.trust import OUTCOMES_DIFFER, OUTSIDE_THE_DIFF
from policy.diff import Line, Op, Status
from policy.enforcement import ActionState, Outcome
from policy.statements import ApprovalVerdict, ExecutionStatement, Releases, VerifiedDiff

_NOTHING_SENT = frozenset({ActionState.PLANNED, ActionState.READY, ActionState.SKIPPED})


def verify_outcomes(
    data: bytes, execution: ExecutionStatement, diff: VerifiedDiff, verdict: ApprovalVerdict
) -> tuple[Outcome, ...]:
    """Outcomes of `outcomes.ndjson`, when they are those that were signed and none is outside the approved diff.

    Raises RefusedError ORD0732 or ORD0733. Without the diff's lines only the first can be told.
    """
    rows, outcomes = read_outcomes(data)
    if (
        merkle_root([leaf_hash(row) for row in rows]).hex() != execution.root
        or len(rows) != execution.outcome_count
        or count_outcomes(outcomes) != execution.counts
    ):
        raise refusal(OUTCOMES_DIFFER, "The outcome file does not lead to the counts and the root that were signed.")
    if diff.lines is not None:
        for outcome in outcomes:
            _require_inside(outcome, diff.lines, verdict.approved_lines or frozenset(), verdict.releases)
    return outcomes


def read_outcomes(data: bytes) -> tuple[Sequence[bytes], tuple[Outcome, ...]]:
    """Rows of `outcomes.ndjson` and what they say. Raises RefusedError ORD0732 unless in their one form and order."""
    try:
        rows = rows_of(data)
        outcomes = tuple(_read_outcome(Fields.of(read_canonical(row))) for row in rows)
    except ValueError as error:
        raise refusal(OUTCOMES_DIFFER, f"The outcome file cannot be read: {error}.") from error
    # INVARIANT: nothing stands in an outcome that we did not read, and the order is the one that was signed.
    if outcome_rows(outcomes) != rows:
        raise refusal(OUTCOMES_DIFFER, "The outcome file is not in its one form and order.")
    return rows, outcomes


def _read_outcome(fields: Fields) -> Outcome:
    return Outcome(
        action_id=fields.text("action_id"),
        line=fields.number("line"),
        key=key_of(fields),
        op=fields.choice("op", Op),
        state=fields.choice("state", ActionState),
        attempts=fields.number("attempts"),
        text=fields.text("text"),
    )


def _require_inside(outcome: Outcome, lines: Sequence[Line], approved: frozenset[int], releases: Releases) -> None:
    # INVARIANT: executed ⊆ signed ∩ approved (P1).
    line = lines[outcome.line] if outcome.line < len(lines) else None
    if line is None or (line.key, line.op) != (outcome.key, outcome.op):
        raise refusal(OUTSIDE_THE_DIFF, f"{outcome.op} of {outcome.key} is no line of the signed diff.")
    if outcome.state in _NOTHING_SENT:
        return
    if line.n not in approved or not _could_be_done(line, releases):
        raise refusal(
            OUTSIDE_THE_DIFF, f"Line {line.n}, {outcome.op} of {outcome.key}, was {line.status} or not approved."
        )


def _could_be_done(line: Line, releases: Releases) -> bool:
    if line.status is Status.BLOCKED:
        return releases.covers(line)
    if line.status is Status.WAITING:
        return bool(releases)
    return line.status is Status.PLANNED
