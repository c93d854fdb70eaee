"""The statement about a diff, as JSON and back."""

from __future__ import annotations

from engine.trust.statements import DIFF_TYPE, LINES_SUBJECT, statement_bytes
from engine.trust.strict_json import Fields, moment_text
from policy.canonical import JsonValue
from policy.diff import InputDigests, LimitVerdict, Op, Status
from policy.entitlements import Kind
from policy.statements import DiffStatement, ExcludedPerson, LookedAt, Purpose, SigningTerms
from policy.trust import TrustRole


def diff_payload(statement: DiffStatement) -> bytes:
    """Write the payload that is signed."""
    terms, looked_at = statement.terms, statement.looked_at
    return statement_bytes(
        DIFF_TYPE,
        (LINES_SUBJECT, statement.lines_digest),
        {
            "approval": {
                "excluded": [{"because": one.because, "person": one.person} for one in terms.excluded],
                "release": TrustRole.LIMIT_RELEASE.value,
                "required": terms.required,
                "role": TrustRole.REVIEWER.value,
            },
            "as_of": statement.as_of.isoformat(),
            "created_at": moment_text(terms.created_at),
            "diff": statement.id,
            "engine": {"digest": terms.engine_digest, "version": terms.engine_version},
            "expires_at": moment_text(terms.expires_at),
            "inputs": _inputs_json(terms.inputs),
            "limits": [_limit_json(limit) for limit in statement.limits],
            "lines": {"count": statement.line_count, "root": statement.root},
            "looked_at": {
                "unchanged": looked_at.unchanged,
                "unmanaged": looked_at.unmanaged,
                "violations": looked_at.violations,
                "warnings": looked_at.warnings,
            },
            "nonce": terms.nonce,
            "persons": {status.value: count for status, count in statement.persons.items()},
            "purpose": terms.purpose.value,
            "tenant": terms.tenant,
            "timezone": terms.timezone,
            "totals": [
                {"count": count, "kind": kind.value, "op": op.value, "status": status.value, "target": target}
                for (target, kind, op, status), count in statement.totals.items()
            ],
        },
    )


def read_diff_predicate(fields: Fields, subject_digest: str) -> DiffStatement:
    """Read what `diff_payload` wrote. Raises ValueError."""
    approval, engine, lines = fields.inner("approval"), fields.inner("engine"), fields.inner("lines")
    looked_at, persons = fields.inner("looked_at"), fields.inner("persons")
    terms = SigningTerms(
        tenant=fields.text("tenant"),
        purpose=fields.choice("purpose", Purpose),
        timezone=fields.text("timezone"),
        inputs=_read_inputs(fields.inner("inputs")),
        engine_version=engine.text("version"),
        engine_digest=engine.text("digest"),
        created_at=fields.moment("created_at"),
        expires_at=fields.moment("expires_at"),
        nonce=fields.text("nonce"),
        required=approval.number("required"),
        excluded=tuple(ExcludedPerson(one.text("person"), one.text("because")) for one in approval.rows("excluded")),
    )
    return DiffStatement(
        id=fields.text("diff"),
        terms=terms,
        as_of=fields.day("as_of"),
        lines_digest=subject_digest,
        line_count=lines.number("count"),
        root=lines.digest("root"),
        totals=dict(_read_total(row) for row in fields.rows("totals")),
        persons={status: persons.number(status) for status in sorted(Status) if status in persons.record},
        limits=tuple(_read_limit(row) for row in fields.rows("limits")),
        looked_at=LookedAt(
            unchanged=looked_at.number("unchanged"),
            unmanaged=looked_at.number("unmanaged"),
            violations=looked_at.number("violations"),
            warnings=looked_at.number("warnings"),
        ),
    )


def _read_total(row: Fields) -> tuple[tuple[str, Kind, Op, Status], int]:
    slot = (row.text("target"), row.choice("kind", Kind), row.choice("op", Op), row.choice("status", Status))
    return slot, row.number("count")


def _inputs_json(inputs: InputDigests) -> dict[str, JsonValue]:
    record: dict[str, JsonValue] = {
        "configuration": inputs.configuration,
        "lineage": inputs.lineage,
        "managed": inputs.managed,
        "observed": inputs.observed,
        "policy": inputs.policy,
        "serial": inputs.serial,
        "snapshot": inputs.snapshot,
    }
    if inputs.commit is not None:
        record["commit"] = inputs.commit
    if inputs.tree is not None:
        record["tree"] = inputs.tree
    if inputs.extra:
        record["extra"] = inputs.extra
    return record


def _read_inputs(fields: Fields) -> InputDigests:
    extra = fields.inner("extra") if "extra" in fields.record else Fields({})
    return InputDigests(
        snapshot=fields.text("snapshot"),
        policy=fields.text("policy"),
        configuration=fields.text("configuration"),
        managed=fields.text("managed"),
        lineage=fields.text("lineage"),
        serial=fields.number("serial"),
        observed=fields.text("observed"),
        commit=fields.optional_text("commit"),
        tree=fields.optional_text("tree"),
        extra={name: extra.text(name) for name in extra.record},
    )


def _limit_json(limit: LimitVerdict) -> dict[str, JsonValue]:
    record: dict[str, JsonValue] = {
        "at": limit.at,
        "base": limit.base,
        "count": limit.count,
        "executed": limit.executed,
        "kind": limit.kind.value,
        "limit": limit.limit,
        "op": limit.op.value,
        "target": limit.target,
        "tripped": limit.tripped,
    }
    if limit.days is not None:
        record["days"] = limit.days
    return record


def _read_limit(fields: Fields) -> LimitVerdict:
    return LimitVerdict(
        target=fields.text("target"),
        op=fields.choice("op", Op),
        kind=fields.choice("kind", Kind),
        count=fields.number("count"),
        executed=fields.number("executed"),
        limit=fields.text("limit"),
        base=fields.number("base"),
        days=fields.number("days") if "days" in fields.record else None,
        tripped=fields.flag("tripped"),
        at=fields.text("at"),
        text="",
    )
