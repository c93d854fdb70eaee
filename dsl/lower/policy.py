"""All declarations together: each after what it needs, then the checked policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from dsl.check.circles import report_circles
from dsl.check.holdings import report_waiting_circles
from dsl.checking import IN_DEFINE, Checking
from dsl.lower.conditions import lower_condition
from dsl.lower.entitlements import lower_role
from dsl.lower.events import lower_event
from dsl.lower.exclusions import lower_exclusion, lower_never
from dsl.lower.header import lower_header
from dsl.lower.rules import lower_rule
from dsl.lower.sets import lower_file_set, lower_set
from dsl.lower.targets import lower_target
from dsl.lower.tests import lower_test
from dsl.tree import ast
from dsl.tree.ast import DeclarationWord
from dsl.tree.conditions import ConditionNode, NameRef
from dsl.tree.events import EventDeclaration
from dsl.tree.tests import TestDeclaration
from dsl.weights import check_weight, inner_nodes, weigh
from policy.catalogue.structure import DEFINE_CYCLE, ROLE_CYCLE, TARGET_CYCLE
from policy.rules import CheckedPolicy, Define, FieldDeclaration
from policy.source import SourceFile, Span
from policy.testing import PolicyTest


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


_Node = TypeVar("_Node", bound=ast.DeclarationNode)
_Lowered = TypeVar("_Lowered", bound=_WithId)


def lower_policy(
    checking: Checking, fields: Mapping[str, FieldDeclaration], sources: tuple[SourceFile, ...]
) -> CheckedPolicy | None:
    """Lower everything that is declared; None without a sound `policy` declaration.

    Every problem is reported. Only when there was no error among them does the policy hold all that was declared.
    """
    header = lower_header(checking.names.policies, checking)
    _lower_sets(checking)
    defines = _lower_defines(checking)
    _lower_roles(checking)
    rules = _lower_each(ast.RuleDeclaration, lower_rule, checking)
    report_waiting_circles(rules, checking.findings)
    targets = _lower_each(ast.TargetDeclaration, lower_target, checking)
    _report_target_circles(checking)
    exclusions = _lower_each(ast.ExcludeDeclaration, lower_exclusion, checking)
    nevers = _lower_each(ast.NeverDeclaration, lower_never, checking)
    events = _lower_each(EventDeclaration, lower_event, checking)
    tests = _lower_tests(checking)
    if header is None:
        return None
    return CheckedPolicy(
        title=header.title,
        language=header.language,
        timezone=header.timezone,
        primary_contract_by=header.primary_contract_by,
        primary_manager=header.primary_manager,
        schema=checking.schema,
        fields=dict(sorted(fields.items())),
        sets=dict(sorted(checking.sets.items())),
        defines=defines,
        roles=dict(sorted(checking.roles.items())),
        rules=rules,
        targets=targets,
        exclusions=exclusions,
        nevers=nevers,
        events=events,
        tests=tests,
        sources=sources,
    )


def _lower_each(
    kind: type[_Node], lower: Callable[[_Node, Checking], _Lowered | None], checking: Checking
) -> dict[str, _Lowered]:
    """Lower all declarations of one kind, broken ones for their problems alone."""
    lowered = [(lower(node, checking), whole) for node, whole in checking.names.nodes(kind)]
    return {one.id: one for one, whole in lowered if one is not None and whole}


def _lower_tests(checking: Checking) -> dict[str, PolicyTest]:
    lowered = [(lower_test(node, checking), whole) for node, whole in checking.names.nodes(TestDeclaration)]
    return {one.title: one for one, whole in lowered if one is not None and whole}


def _lower_sets(checking: Checking) -> None:
    listed = _lower_each(ast.SetDeclaration, lambda node, _: lower_set(node), checking)
    checking.sets.update(listed | _lower_each(ast.FileSetDeclaration, lower_file_set, checking))


def _lower_defines(checking: Checking) -> dict[str, Define]:
    """Lower defines, each after those it uses; one in a circle is checked but stands for nothing."""
    nodes = {node.id.name: (node, whole) for node, whole in checking.names.nodes(ast.DefineDeclaration)}
    needs = {name: {ref.id.name: ref.span for ref in _names_in(node.condition)} for name, (node, _) in nodes.items()}
    order, circular = report_circles(needs, DEFINE_CYCLE, "uses", checking.findings)
    defines = {}
    for name in order:
        node, whole = nodes[name]
        if not check_weight(node.condition, f"`{name}`", checking):
            continue
        condition = lower_condition(node.condition, IN_DEFINE, checking)
        if condition is not None and whole and name not in circular:
            checking.defines[name] = condition
            checking.weights[name] = weigh(node.condition, checking.weights)
            defines[name] = Define(name, condition, node.span)
    return dict(sorted(defines.items()))


def _names_in(node: ConditionNode) -> Iterator[NameRef]:
    if isinstance(node, NameRef):
        yield node
    for inner in inner_nodes(node):
        yield from _names_in(inner)


def _lower_roles(checking: Checking) -> None:
    nodes = {node.id.name: (node, whole) for node, whole in checking.names.nodes(ast.RoleDeclaration)}
    needs: dict[str, dict[str, Span]] = {name: {} for name in nodes}
    for name, (node, _) in nodes.items():
        for item in node.items:
            if isinstance(item, ast.RoleInclusion):
                checking.names.knows(DeclarationWord.ROLE, item.id, checking.findings)
                needs[name].setdefault(item.id.name, item.span)
    order, circular = report_circles(needs, ROLE_CYCLE, "includes", checking.findings)
    for name in order:
        node, whole = nodes[name]
        role = lower_role(node, checking.roles.values(), checking)
        if role is not None and whole and name not in circular:
            checking.roles[name] = role


def _report_target_circles(checking: Checking) -> None:
    needs = {
        node.id.name: {one.target.name: one.span for one in node.depends_on}
        for node, _ in checking.names.nodes(ast.TargetDeclaration)
    }
    report_circles(needs, TARGET_CYCLE, "depends on", checking.findings)
