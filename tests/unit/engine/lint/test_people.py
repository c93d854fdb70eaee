from __future__ import annotations

from engine.lint.people import people_facts
from policy.people import Contract, Department, Person
from policy.snapshot import Snapshot
from tests.unit.dsl.compiling import compile_fine


def test_people_count_once_for_a_value_whatever_their_contracts() -> None:
    policy = compile_fine(
        'field contract.type.code is one of "EMP", "INT"\nfield person.custom.kind is one of "A", "B"\n'
        "field contract.custom.shift is text\n"
    )
    employed, intern = Contract("1", {"type.code": "EMP"}), Contract("2", {"type.code": "INT", "custom.shift": "N"})
    snapshot = Snapshot.of(
        [
            Person("1", {"custom.kind": "A"}, (employed, Contract("3", {"type.code": "EMP"}), intern)),
            Person("2", {}, (employed,)),
            Person("3", {"custom.kind": "Z"}),
        ],
        [Department("W1")],
    )
    facts = people_facts(policy, snapshot)
    assert facts.persons == 3
    assert facts.values == {"contract.type.code": {"EMP": 2, "INT": 1}, "person.custom.kind": {"A": 1, "Z": 1}}
    assert facts.departments == {"W1"}
