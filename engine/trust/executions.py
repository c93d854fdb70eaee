"""The statement about a run, and the chain evaluated → approved → executed, which verifies offline."""

from __future__ import annotations

from collections.abc import Sequence

from engine.trust.envelopes import seal_envelope
from engine.trust.lines import file_of
from engine.trust.merkle import leaf_hash, merkle_root
from engine.trust.statements import DIFF_SUBJECT, EXECUTION_TYPE, statement_bytes
from engine.trust.strict_json import Fields, moment_text
from policy.canonical import canonical_json
from policy.diff import Op
from policy.enforcement import ActionState, EnforceMode, Outcome, outcome_json
from policy.statements import ApprovalVerdict, ExecutionStatement, ExecutionTerms, VerifiedDiff
from policy.trust import Signer


def make_execution(
    verified: VerifiedDiff,
    verdict: ApprovalVerdict,
    outcomes: Sequence[Outcome],
    *,
    terms: ExecutionTerms,
    signer: Signer,
) -> bytes:
    """Envelope of the statement about a run of `verified`, with the approvals that counted, signed by the engine."""
    rows = outcome_rows(outcomes)
    statement = ExecutionStatement(
        diff=verified.id,
        payload_digest=verified.payload_digest,
        terms=terms,
        approvals=tuple(sorted(counted.digest for counted in verdict.counted)),
        counts=count_outcomes(outcomes),
        outcome_count=len(rows),
        root=merkle_root([leaf_hash(row) for row in rows]).hex(),
    )
    return seal_envelope(execution_payload(statement), [signer])


def outcome_rows(outcomes: Sequence[Outcome]) -> list[bytes]:
    """Canonical bytes of outcomes in order of line and action: the leaves of the signed tree."""
    return [
        canonical_json(outcome_json(outcome)) for outcome in sorted(outcomes, key=lambda one: (one.line, one.action_id))
    ]


def outcomes_file(outcomes: Sequence[Outcome]) -> bytes:
    """Make `outcomes.ndjson`: one outcome a line, as signed."""
    return file_of(outcome_rows(outcomes))


def count_outcomes(outcomes: Sequence[Outcome]) -> dict[tuple[Op, ActionState], int]:
    """Count outcomes per op and state."""
    counts: dict[tuple[Op, ActionState], int] = {}
    for outcome in outcomes:
        counts[outcome.op, outcome.state] = counts.get((outcome.op, outcome.state), 0) + 1
    return dict(sorted(counts.items()))


def execution_payload(statement: ExecutionStatement) -> bytes:
    """Write the payload that is signed."""
    terms = statement.terms
    return statement_bytes(
        EXECUTION_TYPE,
        (DIFF_SUBJECT, statement.payload_digest),
        {
            "approvals": list(statement.approvals),
            "counts": [
                {"count": count, "op": op.value, "state": state.value}
                for (op, state), count in statement.counts.items()
            ],
            "diff": statement.diff,
            "ended_at": moment_text(terms.ended_at),
            "managed": {"digest": terms.managed_digest, "lineage": terms.lineage, "serial": terms.serial},
            "mode": terms.mode.value,
            "outcomes": {"count": statement.outcome_count, "root": statement.root},
            "run": terms.run,
            "started_at": moment_text(terms.started_at),
            "tenant": terms.tenant,
        },
    )


def read_execution_predicate(fields: Fields, subject_digest: str) -> ExecutionStatement:
    """Read what `execution_payload` wrote. Raises ValueError."""
    managed, outcomes = fields.inner("managed"), fields.inner("outcomes")
    return ExecutionStatement(
        diff=fields.text("diff"),
        payload_digest=subject_digest,
        terms=ExecutionTerms(
            tenant=fields.text("tenant"),
            run=fields.text("run"),
            mode=fields.choice("mode", EnforceMode),
            started_at=fields.moment("started_at"),
            ended_at=fields.moment("ended_at"),
            lineage=managed.text("lineage"),
            serial=managed.number("serial"),
            managed_digest=managed.text("digest"),
        ),
        approvals=fields.texts("approvals"),
        counts={
            (row.choice("op", Op), row.choice("state", ActionState)): row.number("count")
            for row in fields.rows("counts")
        },
        outcome_count=outcomes.number("count"),
        root=outcomes.digest("root"),
    )
