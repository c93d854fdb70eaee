"""Nodes and relations of a policy graph."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.source import Span


class NodeKind(StrEnum):
    """What a node is; in the order in which written forms list them."""

    TARGET = "target"
    FIELD = "field"
    SET = "set"
    DEFINE = "define"
    ROLE = "role"
    RULE = "rule"
    ENTITLEMENT = "entitlement"
    EXCLUSION = "exclusion"
    NEVER = "never"
    EVENT = "event"


class Relation(StrEnum):
    """How a node uses another: `rule reads field`, `entitlement is given by rule`, `never forbids entitlement`."""

    READS = "reads"
    USES = "uses"
    INCLUDES = "includes"
    GIVEN_BY = "is given by"
    HOLDS = "holds"
    LIES_IN = "lies in"
    DEPENDS_ON = "depends on"
    LEAVES_ALONE = "leaves alone"
    FORBIDS = "forbids"
    WATCHES = "watches"


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A node: its kind and its id within the kind (an entitlement by its words: `permission "X" in ad`)."""

    kind: NodeKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What is known of a node: `title` ("" for none), the place of its declaration, and whether it is a draft."""

    title: str = ""
    span: Span | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`user` uses `used`; `relation` says how."""

    user: Node
    used: Node
    relation: Relation
