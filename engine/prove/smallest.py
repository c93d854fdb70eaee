"""Witnesses made smaller, as long as the evaluator goes on confirming them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.people.required import freezing_problems
from engine.prove.problem import Problem
from policy.people import Contract, Person
from policy.proofs import Witness

_MOST_TRIES = 80


def smallest(problem: Problem, witness: Witness) -> Witness:
    """Take away contracts, then values, then departments that the witness does not need.

    What one of the policies requires stays, where it was there.
    """
    tries = _MOST_TRIES
    shrunk = True
    while shrunk:
        shrunk = False
        for one in _smaller(witness):
            tries -= 1
            if tries < 0:
                return witness
            if _frozen(problem, one) <= _frozen(problem, witness) and problem.confirm(one):
                witness, shrunk = one, True
                break
    return witness


def _frozen(problem: Problem, witness: Witness) -> int:
    """Count of the policies that freeze the person."""
    return sum(bool(freezing_problems(witness.person, one.schema)) for one in problem.policies)


def _smaller(witness: Witness) -> Iterator[Witness]:
    person = witness.person
    for at in range(len(person.contracts)):
        yield _with(witness, replace(person, contracts=person.contracts[:at] + person.contracts[at + 1 :]))
    for path in sorted(person.values):
        kept = {key: value for key, value in person.values.items() if key != path}
        yield _with(witness, replace(person, values=kept))
    for at, contract in enumerate(person.contracts):
        for path in sorted(contract.values):
            kept = {key: value for key, value in contract.values.items() if key != path}
            smaller = Contract(contract.external_id, kept)
            contracts = (*person.contracts[:at], smaller, *person.contracts[at + 1 :])
            yield _with(witness, replace(person, contracts=contracts))


def _with(witness: Witness, person: Person) -> Witness:
    """Give the witness with another person, without the departments that nobody is in or below any more."""
    parents = {one.external_id: one.parent_external_id for one in witness.departments}
    needed: set[str] = set()
    for contract in person.contracts:
        at = contract.values.get("department.external_id")
        while isinstance(at, str) and at not in needed:
            needed.add(at)
            at = parents.get(at)
    return replace(
        witness, person=person, departments=tuple(one for one in witness.departments if one.external_id in needed)
    )
