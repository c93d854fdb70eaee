"""How large a condition grows when the defines in it are written out.

Defines that use defines twice over double at every step: thirty lines can stand for a thousand million conditions. Size
and depth are reckoned on the tree as written, so that nothing that large is ever built.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsl.checking import Checking, Weight
from dsl.tree import conditions as syntax
from dsl.tree.conditions import ConditionNode
from policy.catalogue.names import TOO_LARGE

LARGEST_SIZE = 5_000
LARGEST_DEPTH = 120
"""INVARIANT: evaluators and checks walk conditions by plain recursion, which this depth keeps safe."""


def inner_nodes(node: ConditionNode) -> tuple[ConditionNode, ...]:
    """Conditions directly inside `node`, as written."""
    match node:
        case syntax.NotNode() | syntax.HasContractNode():
            return (node.condition,)
        case syntax.AndNode() | syntax.OrNode() | syntax.AllOfNode() | syntax.AnyOfNode() | syntax.NoneOfNode():
            return node.conditions
        case _:
            return ()


def weigh(node: ConditionNode, defines: Mapping[str, Weight]) -> Weight:
    """Weigh a condition with every define in it written out; a define that is not in `defines` counts as one."""
    inner = [weigh(one, defines) for one in inner_nodes(node)]
    if isinstance(node, syntax.NameRef) and node.id.name in defines:
        inner.append(defines[node.id.name])
    return Weight(1 + sum(one.size for one in inner), 1 + max((one.depth for one in inner), default=0))


def check_weight(node: ConditionNode, what: str, checking: Checking) -> bool:
    """Report a condition that is too large; True when it is not."""
    weight = weigh(node, checking.weights)
    if weight.size <= LARGEST_SIZE and weight.depth <= LARGEST_DEPTH:
        return True
    if weight.size > LARGEST_SIZE:
        detail = f"{what} stands for more than {LARGEST_SIZE} conditions when its defines are written out."
    else:
        detail = f"{what} is nested more than {LARGEST_DEPTH} levels deep when its defines are written out."
    checking.findings.report(
        TOO_LARGE, detail, node.span, hint="use sets for lists of values, and fewer defines of defines"
    )
    return False
