"""Proofs of nevers, as text for a person and as JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterator

from policy.canonical import JsonValue
from policy.decisions import Reason
from policy.entitlements import Entitlement
from policy.people import department_json, person_json
from policy.proofs import NeverProof, Outcome, Witness


def proof_lines(proof: NeverProof) -> Iterator[str]:
    """Lines about one proof: what is proved, and the person who breaks it if there is one."""
    never, answer = proof.never, proof.answer
    match answer.outcome:
        case Outcome.NO:
            yield f"{never.id}: holds for every possible person"
        case Outcome.UNDECIDED:
            yield f"{never.id}: undecided, as {answer.why}"
        case Outcome.YES:
            yield f"{never.id}: the rules give somebody both sides ({never.span.at})"
            yield from _side(never.first, proof.first)
            yield from _side(never.second, proof.second)
            yield from (f"    {line}" for line in proof.test.splitlines())


def proof_json(proof: NeverProof) -> JsonValue:
    """JSON object of one proof."""
    never, answer = proof.never, proof.answer
    return {
        "never": never.id,
        "at": never.span.at,
        "outcome": {Outcome.NO: "holds", Outcome.YES: "violable", Outcome.UNDECIDED: "undecided"}[answer.outcome],
        "why": answer.why,
        "cases": answer.cases,
        "witness": None if answer.witness is None else witness_json(answer.witness),
        "first": _side_json(never.first, proof.first),
        "second": _side_json(never.second, proof.second),
        "test": proof.test,
    }


def witness_json(witness: Witness) -> JsonValue:
    """JSON object of a made-up person with the departments and the day."""
    return {
        "as_of": witness.as_of.isoformat(),
        "person": person_json(witness.person),
        "departments": [department_json(one) for one in witness.departments],
    }


def _side(entitlement: Entitlement, reasons: tuple[Reason, ...]) -> Iterator[str]:
    for one in reasons:
        through = f", through contract {one.contract}" if one.contract else ""
        yield f"  {entitlement} by {one.rule} ({one.at}){through}"


def _side_json(entitlement: Entitlement, reasons: tuple[Reason, ...]) -> JsonValue:
    return {
        "entitlement": str(entitlement),
        "reasons": [{"rule": one.rule, "at": one.at, "contract": one.contract} for one in reasons],
    }
