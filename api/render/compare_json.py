"""A comparison as one JSON value, for machines."""

from __future__ import annotations

from collections import Counter

from policy.canonical import JsonValue, plain
from policy.comparison import (
    Blame,
    Clause,
    Comparison,
    DeclarationChange,
    EntitlementComparison,
    FailingTest,
    LimitComparison,
    NeverComparison,
    PersonChange,
    ReplayedWitness,
    SideEffects,
)
from policy.explanations import explanation_json
from policy.people import Contract, Department, Person
from policy.proofs import Answer, Verdict, Witness


def comparison_json(comparison: Comparison, *, everything: bool = False) -> dict[str, JsonValue]:
    """Give the object; entitlements that are the same are among its `entitlements` only with `everything`."""
    shown = comparison.entitlements if everything else comparison.changed
    counts = Counter(one.verdict for one in comparison.entitlements)
    people = comparison.population
    return {
        "version": comparison.version.value,
        "reasons": list(comparison.reasons),
        "same": comparison.same,
        "base": comparison.base,
        "head": comparison.head,
        "counts": {one.value: counts[one] for one in Verdict},
        "entitlements": [_entitlement(one) for one in shown],
        "side_effects": _effects(comparison.effects),
        "people": None
        if people is None
        else {
            "origin": people.origin,
            "persons": people.persons,
            "as_of": people.as_of.isoformat(),
            "until": people.until.isoformat(),
        },
    }


def _entitlement(one: EntitlementComparison) -> JsonValue:
    witnesses = [_replayed(witness) for witness in one.witnesses]
    return {
        "target": one.target,
        "kind": one.kind.value,
        "name": one.name,
        "family": one.family,
        "verdict": one.verdict.value,
        "new": one.new,
        "why": one.why,
        "witness": witnesses[0] if witnesses else None,
        "witnesses": witnesses,
        "blame": [_blame(blame) for blame in one.blame],
        "gains": [_person_change(change) for change in one.persons if change.gains],
        "loses": [_person_change(change) for change in one.persons if not change.gains],
    }


def _replayed(replayed: ReplayedWitness) -> JsonValue:
    return {
        "gains": replayed.gains,
        "entitlement": str(replayed.entitlement),
        **_witness(replayed.witness),
        "base": explanation_json(replayed.base),
        "head": explanation_json(replayed.head),
        "blame": [_blame(blame) for blame in replayed.blame],
    }


def _witness(witness: Witness) -> dict[str, JsonValue]:
    return {
        "as_of": witness.as_of.isoformat(),
        "person": _person(witness.person),
        "departments": [_department(one) for one in witness.departments],
    }


def _person(person: Person) -> JsonValue:
    return {
        "external_id": person.external_id,
        "values": {path: plain(value) for path, value in sorted(person.values.items())},
        "contracts": [_contract(one) for one in person.contracts],
    }


def _contract(contract: Contract) -> JsonValue:
    values = {path: plain(value) for path, value in sorted(contract.values.items())}
    return {"external_id": contract.external_id, "values": values}


def _department(department: Department) -> JsonValue:
    return {
        "external_id": department.external_id,
        "parent_external_id": department.parent_external_id,
        "manager": department.manager,
    }


def _blame(blame: Blame) -> JsonValue:
    return {"rules": list(blame.rules), "what": blame.what, "base": _clause(blame.base), "head": _clause(blame.head)}


def _clause(clause: Clause | None) -> JsonValue:
    if clause is None:
        return None
    span = clause.span
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "text": clause.text,
        "stands": clause.stands,
    }


def _person_change(change: PersonChange) -> JsonValue:
    return {
        "person": change.person,
        "name": change.entitlement.name,
        "first": change.first.isoformat(),
        "left_alone": change.left_alone,
    }


def _effects(effects: SideEffects) -> JsonValue:
    return {
        "declarations": [_declaration(one) for one in effects.declarations],
        "nevers": [_never(one) for one in effects.nevers],
        "limits": [_limit(one) for one in effects.limits],
        "tests": [_test(one) for one in effects.tests],
        "left_out": list(effects.left_out),
    }


def _declaration(change: DeclarationChange) -> JsonValue:
    return {
        "kind": change.kind,
        "id": change.id,
        "change": change.change,
        "what": list(change.what),
        "binding": change.binding,
        "base": _clause(change.base),
        "head": _clause(change.head),
    }


def _never(never: NeverComparison) -> JsonValue:
    return {
        "id": never.id,
        "became_violable": never.became_violable,
        "became_proved": never.became_proved,
        "base": _answer(never.base),
        "head": _answer(never.head),
        "clause": _clause(never.clause),
    }


def _answer(answer: Answer | None) -> JsonValue:
    """Whether somebody can be entitled to both sides."""
    if answer is None:
        return None
    witness = None if answer.witness is None else _witness(answer.witness)
    return {"violable": answer.outcome.value, "why": answer.why, "witness": witness}


def _limit(limit: LimitComparison) -> JsonValue:
    one = limit.head
    return {
        "target": one.target,
        "op": one.op.value,
        "kind": one.kind.value,
        "limit": one.limit,
        "count": one.count,
        "count_in_base": limit.before.count if limit.before else 0,
        "new": limit.new,
        "at": one.at,
        "text": one.text,
    }


def _test(test: FailingTest) -> JsonValue:
    return {"title": test.title, "side": test.side, "at": test.at, "why": list(test.why)}
