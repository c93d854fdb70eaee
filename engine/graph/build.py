"""The graph of a policy: every declaration, field and entitlement, and what uses what."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import networkx as nx

from engine.graph.holds import held_by, held_in
from engine.graph.nodes import Edge, Node, NodeFacts, NodeKind, Relation
from engine.graph.templates import may_give, template_text, templates_of
from engine.graph.uses import uses_of_condition, uses_of_template, uses_of_window
from policy.catalogue.evaluation import AMBIGUOUS_NODE, UNKNOWN_NODE
from policy.diagnostics import Diagnostic, UsageError
from policy.entitlements import Entitlement
from policy.events import Event, LineTrigger
from policy.rules import CheckedPolicy, Grant, Role, Rule, TableGrant, Template
from policy.types import Field


@dataclass(frozen=True, slots=True)
class PolicyGraph:
    """What uses what. `graph` has an edge from each user to what it uses; nodes and edges are sorted.

    The checker refuses circles, so the graph has none.
    """

    graph: nx.DiGraph[Node]
    facts: Mapping[Node, NodeFacts]
    edges: tuple[Edge, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Nodes by kind and id."""
        return tuple(self.facts)

    def in_order(self) -> tuple[Node, ...]:
        """Nodes so that whatever is used comes before its users; by name where that leaves a choice."""
        return tuple(nx.lexicographical_topological_sort(self.graph.reverse(copy=False)))

    def find(self, name: str) -> Node:
        """Find the node called `rule:some-id`, or by its id alone where no other kind has it.

        Raises UsageError when there is none or several.
        """
        found = [node for node in self.facts if name in {str(node), node.id}]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(str(node) for node in found)
            detail = f"“{name}” is the name of {listed}."
            raise UsageError(Diagnostic(AMBIGUOUS_NODE, detail, hint=f"Say which: {found[0]}", subject=name))
        near = difflib.get_close_matches(
            name, sorted({text for node in self.facts for text in (node.id, str(node))}), 1
        )
        hint = f"Did you mean `{near[0]}`?" if near else "Look at the whole graph for the names there are."
        detail = f"“{name}” is no rule, role, set, define, field, entitlement, target, exclusion, never or event here."
        raise UsageError(Diagnostic(UNKNOWN_NODE, detail, hint=hint, subject=name))

    def around(self, node: Node, depth: int = 1) -> PolicyGraph:
        """Give the part of the graph within `depth` edges of `node`, whichever way they point."""
        near = set(nx.single_source_shortest_path_length(self.graph.to_undirected(as_view=True), node, cutoff=depth))
        return _assemble(
            {one: facts for one, facts in self.facts.items() if one in near},
            (edge for edge in self.edges if edge.user in near and edge.used in near),
        )


def build_graph(policy: CheckedPolicy) -> PolicyGraph:
    """Build the graph of a policy. Fields are those that are declared or used."""
    facts = dict(_declared(policy))
    edges = set(_edges(policy))
    for edge in edges:
        facts.setdefault(edge.user, NodeFacts())
        facts.setdefault(edge.used, NodeFacts())
    return _assemble(facts, edges)


def _assemble(facts: Mapping[Node, NodeFacts], edges: Iterable[Edge]) -> PolicyGraph:
    graph: nx.DiGraph[Node] = nx.DiGraph()
    ordered = tuple(sorted(edges))
    nodes = sorted(facts, key=lambda node: (list(NodeKind).index(node.kind), node.id))
    graph.add_nodes_from(nodes)
    graph.add_edges_from((edge.user, edge.used) for edge in ordered)
    assert nx.is_directed_acyclic_graph(graph), "the checker refuses circles"
    return PolicyGraph(graph, {node: facts[node] for node in nodes}, ordered)


def _declared(policy: CheckedPolicy) -> Iterator[tuple[Node, NodeFacts]]:
    for target in policy.targets.values():
        yield Node(NodeKind.TARGET, target.id), NodeFacts(target.title, target.span)
    for declared in policy.fields.values():
        yield Node(NodeKind.FIELD, declared.field.name), NodeFacts(declared.field.about, declared.span)
    for each in policy.sets.values():
        yield Node(NodeKind.SET, each.id), NodeFacts(span=each.span)
    for define in policy.defines.values():
        yield Node(NodeKind.DEFINE, define.id), NodeFacts(span=define.span)
    for role in policy.roles.values():
        yield Node(NodeKind.ROLE, role.id), NodeFacts(role.title, role.span)
    for rule in policy.rules.values():
        yield Node(NodeKind.RULE, rule.id), NodeFacts(rule.title, rule.span, rule.draft)
    for exclusion in policy.exclusions.values():
        yield Node(NodeKind.EXCLUSION, exclusion.id), NodeFacts(exclusion.title, exclusion.span)
    for never in policy.nevers.values():
        yield Node(NodeKind.NEVER, never.id), NodeFacts(never.title, never.span)
    for event in policy.events.values():
        yield Node(NodeKind.EVENT, event.id), NodeFacts(event.title, event.span)


def _edges(policy: CheckedPolicy) -> Iterator[Edge]:
    for define in policy.defines.values():
        yield from uses_of_condition(Node(NodeKind.DEFINE, define.id), define.condition)
    for role in policy.roles.values():
        yield from _role_edges(role)
    for rule in policy.rules.values():
        yield from _rule_edges(rule)
    for exclusion in policy.exclusions.values():
        user = Node(NodeKind.EXCLUSION, exclusion.id)
        if exclusion.condition is not None:
            yield from uses_of_condition(user, exclusion.condition)
        for target in exclusion.targets or ():
            yield Edge(user, Node(NodeKind.TARGET, target), Relation.LEAVES_ALONE)
    for target_policy in policy.targets.values():
        for dependency in target_policy.depends_on:
            user, used = Node(NodeKind.TARGET, target_policy.id), Node(NodeKind.TARGET, dependency.target)
            yield Edge(user, used, Relation.DEPENDS_ON)
    for event in policy.events.values():
        yield from _event_edges(event)
    yield from _entitlement_edges(policy)


def _event_edges(event: Event) -> Iterator[Edge]:
    user = Node(NodeKind.EVENT, event.id)
    if isinstance(event.trigger, LineTrigger):
        yield Edge(user, Node(NodeKind.TARGET, event.trigger.target), Relation.WATCHES)
    if event.condition is not None:
        yield from uses_of_condition(user, event.condition)
    if isinstance(event.recipient, Field):
        yield Edge(user, Node(NodeKind.FIELD, event.recipient.name), Relation.READS)


def _role_edges(role: Role) -> Iterator[Edge]:
    """Edges of a role: the roles it includes, and its own entitlements (those of an included role hang on that)."""
    node = Node(NodeKind.ROLE, role.id)
    for included in role.includes:
        yield Edge(node, Node(NodeKind.ROLE, included), Relation.INCLUDES)
    for grant in role.grants:
        if not set(grant.via) & set(role.includes):
            yield from _template_edges(node, grant.template)


def _rule_edges(rule: Rule) -> Iterator[Edge]:
    node = Node(NodeKind.RULE, rule.id)
    if rule.condition is not None:
        yield from uses_of_condition(node, rule.condition)
    yield from uses_of_window(node, rule.window)
    for grant in rule.grants:
        yield from uses_of_window(node, grant.window)
        yield from _grant_edges(node, grant)


def _grant_edges(node: Node, grant: Grant | TableGrant) -> Iterator[Edge]:
    if isinstance(grant, Grant) and grant.via:
        yield Edge(node, Node(NodeKind.ROLE, grant.via[0]), Relation.USES)
        return  # the entitlement hangs on the role
    if isinstance(grant, TableGrant):
        yield Edge(node, Node(NodeKind.FIELD, grant.field.name), Relation.READS)
    for template in templates_of(grant):
        yield from _template_edges(node, template)


def _template_edges(giver: Node, template: Template) -> Iterator[Edge]:
    entitlement = Node(NodeKind.ENTITLEMENT, template_text(template))
    yield Edge(entitlement, giver, Relation.GIVEN_BY)
    yield Edge(entitlement, Node(NodeKind.TARGET, template.target), Relation.LIES_IN)
    yield from uses_of_template(giver, template)


def _entitlement_edges(policy: CheckedPolicy) -> Iterator[Edge]:
    """Edges to entitlements that are held or forbidden; each hangs on every template that may become it."""
    templates = {
        template_text(template): template
        for rule in policy.rules.values()
        for grant in rule.grants
        for template in templates_of(grant)
    }
    for rule in policy.rules.values():
        for held in held_by(rule):
            yield from _asked(Node(NodeKind.RULE, rule.id), held, Relation.HOLDS, templates)
    for never in policy.nevers.values():
        for side in (never.first, never.second):
            yield from _asked(Node(NodeKind.NEVER, never.id), side, Relation.FORBIDS, templates)
    for event in policy.events.values():
        for asked in held_in(event.condition):
            yield from _asked(Node(NodeKind.EVENT, event.id), asked, Relation.HOLDS, templates)


def _asked(
    user: Node, entitlement: Entitlement, relation: Relation, templates: Mapping[str, Template]
) -> Iterator[Edge]:
    node = Node(NodeKind.ENTITLEMENT, str(entitlement))
    yield Edge(user, node, relation)
    yield Edge(node, Node(NodeKind.TARGET, entitlement.target), Relation.LIES_IN)
    for text, template in templates.items():
        if text != node.id and may_give(template, entitlement):
            yield Edge(node, Node(NodeKind.ENTITLEMENT, text), Relation.GIVEN_BY)
