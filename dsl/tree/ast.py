"""What an author wrote, as values: declarations of LANGUAGE.md section 3, nothing resolved yet.

Every node carries the `span` it was read from. Conditions stand in `dsl.tree.conditions`, ids and texts in
`dsl.tree.leaves`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from dsl.tree.conditions import ConditionNode
from dsl.tree.events import EventDeclaration
from dsl.tree.leaves import Day, EntitlementNode, Ident, Integer, MomentNode, Number, Path, TemplateText, Text
from dsl.tree.tests import TestDeclaration
from policy.entitlements import Kind
from policy.moments import Duration
from policy.rules import ManagerRule, Scope, SortDirection
from policy.source import Span


@dataclass(frozen=True, slots=True)
class SortKeyNode:
    """`active first` (`path` None) or `details.fte highest`. The path has its root `contract` added."""

    path: Path | None
    direction: SortDirection
    span: Span


@dataclass(frozen=True, slots=True)
class ManagerNode:
    """`primary manager from …`."""

    rule: ManagerRule
    span: Span


@dataclass(frozen=True, slots=True)
class PolicyDeclaration:
    """`policy "Title" … end`. `primary_contract_by` and `primary_manager` are None when not said."""

    title: Text
    language: Integer
    timezone: Text
    primary_contract_by: tuple[SortKeyNode, ...] | None
    primary_manager: ManagerNode | None
    span: Span


class FieldTypeWord(StrEnum):
    """Type named by a `field` declaration."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    ONE_OF = "one of"


@dataclass(frozen=True, slots=True)
class FieldDeclarationNode:
    """`field PATH is TYPE [required]`. `values` hold the texts of `one of`, else empty."""

    path: Path
    type: FieldTypeWord
    values: tuple[Text, ...]
    required: bool
    type_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class SetDeclaration:
    """`set ID is "A", "B"`."""

    id: Ident
    values: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FileSetDeclaration:
    """`set ID from "FILE" column "COLUMN"`."""

    id: Ident
    file: Text
    column: Text
    span: Span


@dataclass(frozen=True, slots=True)
class DefineDeclaration:
    """`define ID as CONDITION`."""

    id: Ident
    condition: ConditionNode
    span: Span


@dataclass(frozen=True, slots=True)
class RoleInclusion:
    """`role ID` inside a role, or behind `grant`."""

    id: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class RoleDeclaration:
    """`role ID ["Title"] … end`, in the order written; at least one item. Permission names may hold `{path}`."""

    id: Ident
    title: Text | None
    items: tuple[EntitlementNode | RoleInclusion, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class BoundNode:
    """`starting MOMENT`, `ending MOMENT`, or `ending never` (`moment` None)."""

    moment: MomentNode | None
    span: Span


@dataclass(frozen=True, slots=True)
class WindowNode:
    """Bounds as said; None when not said."""

    starting: BoundNode | None = None
    ending: BoundNode | None = None


@dataclass(frozen=True, slots=True)
class GrantNode:
    """`grant ENTITLEMENT` or `grant role ID`, with its own window."""

    what: EntitlementNode | RoleInclusion
    window: WindowNode
    span: Span


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One entitlement of a table's row; its target is the table's. `name` is None but for permissions."""

    kind: Kind
    name: TemplateText | None
    span: Span


@dataclass(frozen=True, slots=True)
class TableRow:
    """`"DOCTOR", "RESIDENT" -> permission "X", …`. `keys` empty: the row `otherwise`."""

    keys: tuple[Text, ...]
    entries: tuple[TableEntry, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TableGrantNode:
    """`grant by PATH in TARGET … end`, or with `from "FILE"` (`file` set, `rows` empty)."""

    path: Path
    target: Ident
    rows: tuple[TableRow, ...]
    file: Text | None
    window: WindowNode
    span: Span


@dataclass(frozen=True, slots=True)
class ScopeNode:
    """`for SCOPE`."""

    scope: Scope
    span: Span


@dataclass(frozen=True, slots=True)
class RuleDeclaration:
    """`[draft] rule ID ["Title"] … end`. Clauses that were not said are None; at least one grant."""

    id: Ident
    title: Text | None
    draft: bool
    owner: Text | None
    category: Text | None
    about: Text | None
    scope: ScopeNode | None
    condition: ConditionNode | None
    window: WindowNode
    grants: tuple[GrantNode | TableGrantNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DependencyNode:
    """`depends on TARGET using NAME, …`: one or more names of account data."""

    target: Ident
    using: tuple[Ident, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class LimitNode:
    """`limit ACTION KIND to COUNT [or PERCENT %] [in DAYS days]`: at least one of `count` and `percent` is there."""

    action: Literal["grant", "update", "revoke"]
    kind: Kind
    count: Integer | None
    percent: Number | None
    days: Integer | None
    span: Span


@dataclass(frozen=True, slots=True)
class StagedDeletionNode:
    """`on revoke account disable, delete after DURATION`."""

    after: Duration
    span: Span


@dataclass(frozen=True, slots=True)
class TargetDeclaration:
    """`target ID ["Title"] … end`; every clause may be absent."""

    id: Ident
    title: Text | None
    depends_on: tuple[DependencyNode, ...]
    limits: tuple[LimitNode, ...]
    staged_deletion: StagedDeletionNode | None
    span: Span


@dataclass(frozen=True, slots=True)
class ExcludeDeclaration:
    """`exclude ID ["Title"] … end`: either `person` or `condition`; `targets` None = all (also unsaid)."""

    id: Ident
    title: Text | None
    person: Text | None
    condition: ConditionNode | None
    targets: tuple[Ident, ...] | None
    because: Text
    approved_by: Text | None
    until: Day | None
    span: Span


@dataclass(frozen=True, slots=True)
class ExceptNode:
    """`except person "NUMBER" because "…" [approved by "…"] [until DATE]`."""

    person: Text
    because: Text
    approved_by: Text | None
    until: Day | None
    span: Span


@dataclass(frozen=True, slots=True)
class SeverityNode:
    """`severity low|medium|high|critical`."""

    severity: Literal["low", "medium", "high", "critical"]
    span: Span


@dataclass(frozen=True, slots=True)
class NeverDeclaration:
    """`never ID ["Title"] … end`."""

    id: Ident
    title: Text | None
    first: EntitlementNode
    second: EntitlementNode
    severity: SeverityNode | None
    because: Text | None
    exceptions: tuple[ExceptNode, ...]
    span: Span


DeclarationNode = (
    PolicyDeclaration
    | FieldDeclarationNode
    | SetDeclaration
    | FileSetDeclaration
    | DefineDeclaration
    | RoleDeclaration
    | RuleDeclaration
    | TargetDeclaration
    | ExcludeDeclaration
    | NeverDeclaration
    | EventDeclaration
    | TestDeclaration
)


class DeclarationWord(StrEnum):
    """First word of a declaration (`draft rule` counts as `rule`)."""

    POLICY = "policy"
    FIELD = "field"
    SET = "set"
    DEFINE = "define"
    ROLE = "role"
    RULE = "rule"
    TARGET = "target"
    EXCLUDE = "exclude"
    NEVER = "never"
    EVENT = "event"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class BrokenDeclaration:
    """A declaration with an error in it, reported already.

    `id` (for `field`: `path`) when its head could be read: its name exists, so uses of it are no problem. `readable`
    is what remains when the broken clauses are left out, if that still makes a declaration: names and types in it can
    be checked, but nothing may be concluded from what is absent.
    """

    word: DeclarationWord
    id: Ident | None
    path: Path | None
    readable: DeclarationNode | None
    span: Span


@dataclass(frozen=True, slots=True)
class Comment:
    """`# …` to the end of the line, with its `#`."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class File:
    """One rules file: declarations and comments in the order they stand."""

    path: str
    declarations: tuple[DeclarationNode | BrokenDeclaration, ...]
    comments: tuple[Comment, ...]
    span: Span
