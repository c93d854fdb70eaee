from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from engine.graph.build import PolicyGraph, build_graph
from engine.graph.exports import graph_dot, graph_json, graph_mermaid, graph_text
from engine.graph.nodes import Edge, Node, NodeKind, Relation
from policy.canonical import canonical_json
from policy.diagnostics import UsageError
from policy.entitlements import Entitlement, Kind
from policy.events import Event, LineTrigger
from policy.expressions import (
    AllOf,
    Comparison,
    ContractStatus,
    DepartmentsOperand,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    Not,
    StatusIs,
    ValuesOperand,
)
from policy.moments import Moment
from policy.rules import CheckedPolicy, Define, FieldDeclaration, Grant, Never, Role, TableGrant, ValueSet, Window
from policy.targets import TargetDependency, TargetPolicy
from tests.properties.strategies.example import example_policy, give, permission, rule
from tests.properties.strategies.policies import field, span
from tests.properties.strategies.towns import SHIFT


def full_policy() -> CheckedPolicy:
    """The example town with a set, a define, roles, a declared field, a never and targets that depend."""
    base = example_policy()
    kinds = Comparison(field("contract.type.code"), "in", ValuesOperand(("EMP",), "kinds"), negated=False, span=span())
    staff = Named("staff", AllOf((kinds, StatusIs(ContractStatus.ACTIVE, span())), span()), span())
    basics = Role("basics", "Basics", (Grant(permission("BASIC"), Window(), span(), ("basics",)),), (), span(60))
    own = Grant(permission("NURSE"), Window(), span(), ("nurse",))
    included = Grant(permission("BASIC"), Window(), span(), ("nurse", "basics"))
    nurse = Role("nurse", "Nurse", (own, included), ("basics",), span(61))
    by_role = rule("by-role", own, included, condition=staff, draft=True)
    entra = TargetPolicy("t0", "Entra", (TargetDependency("ad", ("object_guid",), span()),), (), None, span(62))
    never = Never(
        "four-eyes",
        "Four eyes",
        Entitlement("ad", Kind.PERMISSION, "GG-Z"),
        Entitlement("ad", Kind.PERMISSION, "HELD"),
        "high",
        None,
        (),
        span(63),
    )
    trigger = LineTrigger("grant", Kind.ACCOUNT, "ad", None, span(67))
    asked = Holds(Entitlement("ad", Kind.PERMISSION, "GG-Z"), span(67))
    manager = field("person.primary_manager")
    joined = Event("joined", "Joined", trigger, AllOf((staff, asked), span(67)), manager, "joined", span(67))
    return replace(
        base,
        sets={"kinds": ValueSet("kinds", ("EMP",), None, span(64))},
        fields={SHIFT.name: FieldDeclaration(SHIFT, span(65))},
        defines={"staff": Define("staff", staff.condition, span(66))},
        roles={"basics": basics, "nurse": nurse},
        rules={**base.rules, "by-role": by_role},
        targets={**base.targets, "t0": entra},
        nevers={"four-eyes": never},
        events={"joined": joined},
    )


def edges(graph: PolicyGraph) -> set[str]:
    return {f"{edge.user} {edge.relation} {edge.used}" for edge in graph.edges}


def test_everything_declared_or_used_is_a_node() -> None:
    graph = build_graph(full_policy())

    assert {node.kind for node in graph.nodes} == set(NodeKind)
    assert Node(NodeKind.FIELD, SHIFT.name) in graph.nodes
    assert Node(NodeKind.FIELD, "contract.cost_center.code") not in graph.nodes


def test_an_event_watches_a_target_and_uses_what_its_condition_names() -> None:
    assert {edge for edge in edges(build_graph(full_policy())) if edge.startswith("event:")} == {
        "event:joined watches target:ad",
        "event:joined uses define:staff",
        "event:joined reads field:person.primary_manager",
        'event:joined holds entitlement:permission "GG-Z" in ad',
    }


def test_edges_say_what_uses_what() -> None:
    assert edges(build_graph(full_policy())) >= {
        "rule:by-role uses define:staff",
        "rule:by-role uses role:nurse",
        "define:staff uses set:kinds",
        "define:staff reads field:contract.type.code",
        "define:staff reads field:contract.start_date",
        "role:nurse includes role:basics",
        'entitlement:permission "NURSE" in ad is given by role:nurse',
        'entitlement:permission "BASIC" in ad is given by role:basics',
        "entitlement:account in ad is given by rule:account",
        "entitlement:account in ad lies in target:ad",
        "rule:holder holds entitlement:account in ad",
        "rule:account reads field:contract.end_date",
        "rule:account reads field:contract.title.code",
        "rule:table reads field:contract.title.code",
        "target:t0 depends on target:ad",
        "exclusion:board leaves alone target:ad",
        "exclusion:board reads field:contract.type.code",
        'never:four-eyes forbids entitlement:permission "HELD" in ad',
        'entitlement:permission "GG-Z" in ad is given by entitlement:permission "GG-{contract.title.code}" in ad',
    }


def test_what_is_used_comes_before_its_users() -> None:
    graph = build_graph(full_policy())
    order = {node: place for place, node in enumerate(graph.in_order())}

    assert len(order) == len(graph.nodes)
    assert all(order[edge.used] < order[edge.user] for edge in graph.edges)


def test_around_takes_neighbours_both_ways() -> None:
    graph = build_graph(full_policy())
    near = graph.around(graph.find("nurse"))

    assert {str(node) for node in near.nodes} == {
        "role:basics",
        "role:nurse",
        "rule:by-role",
        'entitlement:permission "NURSE" in ad',
    }
    assert all(edge.user in near.nodes and edge.used in near.nodes for edge in near.edges)
    assert graph.around(graph.find("nurse"), 0).nodes == (Node(NodeKind.ROLE, "nurse"),)
    assert len(graph.around(graph.find("nurse"), 2).nodes) > len(near.nodes)


def test_a_name_that_is_no_node_gets_a_hint() -> None:
    graph = build_graph(full_policy())
    with pytest.raises(UsageError) as near:
        graph.find("nurze")
    with pytest.raises(UsageError) as far:
        graph.find("????????")

    assert near.value.diagnostic.code == "ORD0602"
    assert near.value.diagnostic.hint == "Did you mean `nurse`?"
    assert far.value.diagnostic.hint is not None


def test_a_name_of_several_kinds_asks_which() -> None:
    policy = full_policy()
    twice = replace(policy, rules={**policy.rules, "nurse": rule("nurse", give(permission("X")))})
    graph = build_graph(twice)
    with pytest.raises(UsageError) as problem:
        graph.find("nurse")

    assert problem.value.diagnostic.code == "ORD0603"
    assert graph.find("role:nurse").kind is NodeKind.ROLE


def test_written_forms_do_not_depend_on_the_order_of_declarations() -> None:
    policy = full_policy()
    shuffled = {}
    for name in ("rules", "roles", "targets", "exclusions"):
        items = list(getattr(policy, name).items())
        random.Random(7).shuffle(items)
        shuffled[name] = dict(items)
    one, two = build_graph(policy), build_graph(replace(policy, **shuffled))

    for write in (graph_text, graph_mermaid, graph_dot, graph_json):
        assert write(one) == write(two)


def test_text_lists_nodes_with_places_and_uses() -> None:
    text = graph_text(build_graph(full_policy()))

    assert "role nurse “Nurse”  (town.ordain:61)\n    includes role basics\n" in text
    assert "rule by-role (draft)" in text


def test_json_is_canonical_and_names_every_edge_by_its_nodes() -> None:
    machine = json.loads(canonical_json(graph_json(build_graph(full_policy()))))
    names = {node["name"] for node in machine["nodes"]}

    assert {edge[side] for edge in machine["edges"] for side in ("user", "used")} <= names
    assert set(machine["order"]) == names


HOSTILE = 'x"]; end --> n0 <script>\\ #quot;\n`'


def hostile_graph() -> PolicyGraph:
    return build_graph(replace(example_policy(), rules={"r": rule("r", give(permission(HOSTILE)))}))


def test_mermaid_labels_hold_no_sign_that_means_something() -> None:
    lines = graph_mermaid(hostile_graph()).splitlines()
    (line,) = [one for one in lines if "#60;script#62;" in one]

    label = line.split('"')[1].removeprefix("entitlement<br/>")
    assert len(line.split('"')) == 3
    assert not set(label) & set('"<>[](){}`\\\n')


def test_dot_strings_cannot_be_left() -> None:
    (line,) = [one for one in graph_dot(hostile_graph()).splitlines() if "script" in one]

    label = line[line.index('label="') + 7 : line.rindex('"')]
    assert '"' not in label.replace("\\\\", "").replace('\\"', "")


def test_edges_sort_by_user_used_and_relation() -> None:
    graph = build_graph(full_policy())

    assert list(graph.edges) == sorted(graph.edges)
    assert Edge(Node(NodeKind.TARGET, "t0"), Node(NodeKind.TARGET, "ad"), Relation.DEPENDS_ON) in graph.edges


def test_a_table_gives_each_of_its_entitlements() -> None:
    table = TableGrant(
        field("contract.title.code"), {"A": (permission("ONE"),)}, (permission("TWO"),), Window(), span()
    )
    graph = build_graph(replace(example_policy(), rules={"t": rule("t", table)}))

    assert {node.id for node in graph.nodes if node.kind is NodeKind.ENTITLEMENT} == {
        'permission "ONE" in ad',
        'permission "TWO" in ad',
    }


def test_moments_sets_of_departments_and_contracts_within_are_uses() -> None:
    units = DepartmentsOperand(("CARE",), or_below=True, set_name="units")
    inside = Comparison(field("contract.department"), "in", units, negated=False, span=span())
    born = MomentOperand(Moment(field("person.details.birth_date")))
    before = Comparison(field("contract.start_date"), "after", born, negated=False, span=span())
    condition = Not(AllOf((HasContract("any", inside, span()), before), span()), span())
    graph = build_graph(replace(example_policy(), rules={"r": rule("r", give(permission("X")), condition=condition)}))

    assert edges(graph) >= {
        "rule:r uses set:units",
        "rule:r reads field:contract.department",
        "rule:r reads field:contract.start_date",
        "rule:r reads field:person.details.birth_date",
    }
