"""Builds nodes, bottom up: one method per rule of the grammar, which gets the tokens and nodes the rule is made of.

It knows nothing of Lark. What the grammar cannot say (whole numbers, names, braces) is checked here and collected.
"""

# ruff: noqa: D102  # every method builds the rule of the grammar it is named after
from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypeVar, cast

from dsl.read.build_occasions import OccasionBuilder
from dsl.read.parts import Budget, Parts, RawEntitlement, first_of, span_of
from dsl.read.tokens import Shape, Token
from dsl.tree import ast, conditions, leaves
from policy.entitlements import Kind
from policy.expressions import ContractStatus
from policy.moments import Duration, Unit
from policy.rules import ManagerRule, Scope, SortDirection
from policy.source import Span

_N = TypeVar("_N")
_Condition: TypeAlias = conditions.ConditionNode


class Builder(OccasionBuilder):
    """One per declaration. `problems` holds what was found wrong in values."""

    # --- declarations ------------------------------------------------------------------------------------------------

    def policy(self, parts: Parts) -> ast.PolicyDeclaration:
        sort_keys = first_of(parts, tuple)
        return ast.PolicyDeclaration(
            title=self.text(parts[1]),
            language=_one(parts, leaves.Integer),
            timezone=_one(parts, leaves.Text),
            primary_contract_by=cast("tuple[ast.SortKeyNode, ...] | None", sort_keys),
            primary_manager=first_of(parts, ast.ManagerNode),
            span=span_of(parts),
        )

    def language(self, parts: Parts) -> leaves.Integer:
        return self.language_version(parts[1])

    def timezone(self, parts: Parts) -> leaves.Text:
        return self.text(parts[1])

    def primary_contract(self, parts: Parts) -> tuple[ast.SortKeyNode, ...]:
        return tuple(part for part in parts if isinstance(part, ast.SortKeyNode))

    def active_first(self, parts: Parts) -> ast.SortKeyNode:
        return ast.SortKeyNode(None, SortDirection.FIRST, span_of(parts))

    def sort_key(self, parts: Parts) -> ast.SortKeyNode:
        return ast.SortKeyNode(self.sort_path(parts[0]), SortDirection(parts[1].words), span_of(parts))

    def primary_manager(self, parts: Parts) -> ast.ManagerNode:
        return ast.ManagerNode(parts[2], span_of(parts))

    def manager_source(self, parts: Parts) -> ManagerRule:
        if len(parts) > 1:
            return ManagerRule.DEPARTMENT_OR_ABOVE
        return ManagerRule(parts[0].words)

    def field(self, parts: Parts) -> ast.FieldDeclarationNode:
        (word, values, type_span), required = parts[3], len(parts) > 4  # noqa: PLR2004  # `required` is the fifth part
        return ast.FieldDeclarationNode(self.path(parts[1]), word, values, required, type_span, span_of(parts))

    def field_type(self, parts: Parts) -> tuple[ast.FieldTypeWord, tuple[leaves.Text, ...], Span]:
        return ast.FieldTypeWord(parts[0].words), self.texts(parts), span_of(parts)

    def set(self, parts: Parts) -> ast.SetDeclaration:
        return ast.SetDeclaration(self.name(parts[1]), self.texts(parts), span_of(parts))

    def file_set(self, parts: Parts) -> ast.FileSetDeclaration:
        return ast.FileSetDeclaration(self.name(parts[1]), self.text(parts[3]), self.text(parts[5]), span_of(parts))

    def define(self, parts: Parts) -> ast.DefineDeclaration:
        return ast.DefineDeclaration(self.name(parts[1]), parts[3], span_of(parts))

    def role(self, parts: Parts) -> ast.RoleDeclaration:
        items = tuple(
            self.entitlement_of(part) if isinstance(part, RawEntitlement) else part
            for part in parts
            if isinstance(part, RawEntitlement | ast.RoleInclusion)
        )
        return ast.RoleDeclaration(self.name(parts[1]), self.title(parts[2]), items, span_of(parts))

    def inclusion(self, parts: Parts) -> ast.RoleInclusion:
        return ast.RoleInclusion(self.name(parts[1]), span_of(parts))

    def rule(self, parts: Parts) -> ast.RuleDeclaration:
        draft = parts[0].words == "draft"
        clauses = _clauses(parts)
        return ast.RuleDeclaration(
            id=self.name(parts[1 + draft]),
            title=self.title(parts[2 + draft]),
            draft=draft,
            owner=clauses.get("owner"),
            category=clauses.get("category"),
            about=clauses.get("about"),
            scope=first_of(parts, ast.ScopeNode),
            condition=clauses.get("when"),
            window=_one(parts, ast.WindowNode),
            grants=tuple(part for part in parts if isinstance(part, ast.GrantNode | ast.TableGrantNode)),
            span=span_of(parts),
        )

    def owner(self, parts: Parts) -> tuple[str, leaves.Text]:
        return "owner", self.text(parts[1])

    def category(self, parts: Parts) -> tuple[str, leaves.Text]:
        return "category", self.text(parts[1])

    def about(self, parts: Parts) -> tuple[str, leaves.Text]:
        return "about", self.text(parts[1])

    def when(self, parts: Parts) -> tuple[str, _Condition]:
        return "when", parts[1]

    def scope(self, parts: Parts) -> ast.ScopeNode:
        return ast.ScopeNode(Scope(parts[1].words), span_of(parts))

    def window(self, parts: Parts) -> ast.WindowNode:
        bounds = dict(parts)
        return ast.WindowNode(bounds.get("starting"), bounds.get("ending"))

    def starting(self, parts: Parts) -> tuple[str, ast.BoundNode]:
        return "starting", ast.BoundNode(self.moment_of(parts[1]), span_of(parts))

    def ending(self, parts: Parts) -> tuple[str, ast.BoundNode]:
        never = isinstance(parts[1], Token) and parts[1].words == "never"
        return "ending", ast.BoundNode(None if never else self.moment_of(parts[1]), span_of(parts))

    def grant(self, parts: Parts) -> ast.GrantNode:
        what = self.entitlement_of(parts[1]) if isinstance(parts[1], RawEntitlement) else parts[1]
        return ast.GrantNode(what, parts[2], span_of(parts))

    def table_grant(self, parts: Parts) -> ast.TableGrantNode:
        rows = tuple(part for part in parts if isinstance(part, ast.TableRow))
        path, target, window = self.path(parts[2]), self.name(parts[4]), parts[-1]
        return ast.TableGrantNode(path, target, rows, None, window, span_of(parts))

    def file_grant(self, parts: Parts) -> ast.TableGrantNode:
        path, target, file = self.path(parts[2]), self.name(parts[4]), self.text(parts[6])
        return ast.TableGrantNode(path, target, (), file, parts[-1], span_of(parts))

    def row(self, parts: Parts) -> ast.TableRow:
        entries = tuple(part for part in parts if isinstance(part, ast.TableEntry))
        return ast.TableRow(self.texts(parts), entries, span_of(parts))

    otherwise = row

    def entry(self, parts: Parts) -> ast.TableEntry:
        name = self.template(parts[1]) if len(parts) > 1 else None
        return ast.TableEntry(Kind(parts[0].words), name, span_of(parts))

    def target(self, parts: Parts) -> ast.TargetDeclaration:
        return ast.TargetDeclaration(
            id=self.name(parts[1]),
            title=self.title(parts[2]),
            depends_on=tuple(part for part in parts if isinstance(part, ast.DependencyNode)),
            limits=tuple(part for part in parts if isinstance(part, ast.LimitNode)),
            staged_deletion=first_of(parts, ast.StagedDeletionNode),
            span=span_of(parts),
        )

    def dependency(self, parts: Parts) -> ast.DependencyNode:
        using = tuple(self.data_name(part) for part in parts[3:] if part.type == "IDENT")
        return ast.DependencyNode(self.name(parts[1]), using, span_of(parts))

    def limit(self, parts: Parts) -> ast.LimitNode:
        count, percent = parts[4]
        budget = first_of(parts, Budget)
        return ast.LimitNode(
            action=cast("Literal['grant', 'update', 'revoke']", parts[1].words),
            kind=Kind(parts[2].words),
            count=count,
            percent=percent,
            days=budget.days if budget else None,
            span=span_of(parts),
        )

    def amount(self, parts: Parts) -> tuple[leaves.Integer | None, leaves.Number | None]:
        if parts[-1].words != "%":
            return self.integer(parts[0]), None
        percent = leaves.Number(parts[-2].value, parts[-2].span.through(parts[-1].span))
        return (self.integer(parts[0]) if len(parts) > 2 else None), percent  # noqa: PLR2004  # `2 %` is two parts

    def budget(self, parts: Parts) -> Budget:
        return Budget(self.integer(parts[1]), span_of(parts))

    def staged_deletion(self, parts: Parts) -> ast.StagedDeletionNode:
        return ast.StagedDeletionNode(parts[-1][0], span_of(parts))

    def exclude(self, parts: Parts) -> ast.ExcludeDeclaration:
        clauses = _clauses(parts)
        return ast.ExcludeDeclaration(
            id=self.name(parts[1]),
            title=self.title(parts[2]),
            person=clauses.get("person"),
            condition=clauses.get("when"),
            targets=clauses.get("from"),
            because=clauses["because"],
            approved_by=clauses.get("approved by"),
            until=clauses.get("until"),
            span=span_of(parts),
        )

    def person(self, parts: Parts) -> tuple[str, leaves.Text]:
        return "person", self.text(parts[1])

    def from_targets(self, parts: Parts) -> tuple[str, tuple[leaves.Ident, ...] | None]:
        names = tuple(self.name(part) for part in parts if part.type == "IDENT")
        return "from", names or None

    def because(self, parts: Parts) -> tuple[str, leaves.Text]:
        return "because", self.text(parts[1])

    def approved_by(self, parts: Parts) -> tuple[str, leaves.Text]:
        return "approved by", self.text(parts[1])

    def until(self, parts: Parts) -> tuple[str, leaves.Day]:
        return "until", leaves.Day(parts[1].value, parts[1].span)

    def never(self, parts: Parts) -> ast.NeverDeclaration:
        first, second = (self.fixed_entitlement(part) for part in parts if isinstance(part, RawEntitlement))
        because = _clauses(parts).get("because")
        return ast.NeverDeclaration(
            id=self.name(parts[1]),
            title=self.title(parts[2]),
            first=first,
            second=second,
            severity=first_of(parts, ast.SeverityNode),
            because=because,
            exceptions=tuple(part for part in parts if isinstance(part, ast.ExceptNode)),
            span=span_of(parts),
        )

    def severity(self, parts: Parts) -> ast.SeverityNode:
        return ast.SeverityNode(cast("Literal['low', 'medium', 'high', 'critical']", parts[1].words), span_of(parts))

    def exception(self, parts: Parts) -> ast.ExceptNode:
        clauses = dict(parts[1:])
        return ast.ExceptNode(
            clauses["person"], clauses["because"], clauses.get("approved by"), clauses.get("until"), span_of(parts)
        )

    # --- leaves ------------------------------------------------------------------------------------------------------

    def entitlement(self, parts: Parts) -> RawEntitlement:
        name = parts[1] if parts[0].words == "permission" else None
        return RawEntitlement(Kind(parts[0].words), name, self.name(parts[-1]), span_of(parts))

    def moment(self, parts: Parts) -> leaves.MomentNode:
        if len(parts) == 1:
            return self.moment_of(parts[0])
        base, (offset, span) = self.moment_of(parts[2]), parts[0]
        direction = cast("Literal['before', 'after']", parts[1].words)
        return leaves.MomentNode(base.base, offset, direction, span.through(base.span))

    def duration(self, parts: Parts) -> tuple[Duration, Span]:
        unit = Unit(parts[1].words.removesuffix("s") + "s")
        return Duration(self.integer(parts[0]).value, unit), span_of(parts)

    # --- conditions --------------------------------------------------------------------------------------------------

    def conjunction(self, parts: Parts) -> conditions.AndNode:
        return conditions.AndNode(_conditions(parts), span_of(parts))

    def disjunction(self, parts: Parts) -> conditions.OrNode:
        return conditions.OrNode(_conditions(parts), span_of(parts))

    def negation(self, parts: Parts) -> conditions.NotNode:
        return conditions.NotNode(parts[1], span_of(parts))

    def group(self, parts: Parts) -> _Condition:
        return cast("_Condition", parts[1])

    def all_of(self, parts: Parts) -> conditions.AllOfNode:
        return conditions.AllOfNode(_conditions(parts), span_of(parts))

    def any_of(self, parts: Parts) -> conditions.AnyOfNode:
        return conditions.AnyOfNode(_conditions(parts), span_of(parts))

    def none_of(self, parts: Parts) -> conditions.NoneOfNode:
        return conditions.NoneOfNode(_conditions(parts), span_of(parts))

    def has_contract(self, parts: Parts) -> conditions.HasContractNode:
        quantifier: Literal["any", "no"] = "any" if parts[0].words.startswith("any") else "no"
        return conditions.HasContractNode(quantifier, parts[2], span_of(parts))

    def holds(self, parts: Parts) -> conditions.HoldsNode:
        return conditions.HoldsNode(self.fixed_entitlement(parts[1]), span_of(parts))

    def status(self, parts: Parts) -> conditions.StatusNode:
        return conditions.StatusNode(ContractStatus(parts[2].words), parts[1].words == "is not", span_of(parts))

    def flag_field(self, parts: Parts) -> conditions.FlagField:
        return conditions.FlagField(self.path(parts[0]), span_of(parts))

    def name_ref(self, parts: Parts) -> conditions.NameRef:
        return conditions.NameRef(self.name(parts[0]), span_of(parts))

    def comparison(self, parts: Parts) -> conditions.Compare:
        operator, negated, operator_span = parts[1]
        or_below = isinstance(parts[-1], Token) and parts[-1].words == "or below"
        operand = self.operand(parts[2]) if len(parts) - or_below > 2 else None  # noqa: PLR2004  # path, operator
        return conditions.Compare(
            path=self.path(parts[0]),
            operator=operator,
            negated=negated,
            operand=operand,
            or_below=or_below,
            operator_span=operator_span,
            span=span_of(parts),
        )

    def flag(self, parts: Parts) -> leaves.Flag:
        return leaves.Flag(parts[0].words == "true", span_of(parts))

    def list(self, parts: Parts) -> conditions.ListNode:
        values = tuple(self.list_value(part) for part in parts if not _is_sign(part))
        return conditions.ListNode(values, span_of(parts))

    def set_ref(self, parts: Parts) -> conditions.SetRef:
        return conditions.SetRef(self.name(parts[0]), span_of(parts))


def _one(parts: Parts, kind: type[_N]) -> _N:
    found = first_of(parts, kind)
    assert found is not None, f"the grammar demands a {kind.__name__}"
    return found


def _clauses(parts: Parts) -> dict[str, Any]:
    """Clauses by their first word."""
    return dict(part for part in parts if isinstance(part, tuple))


def _is_sign(part: object) -> bool:
    return isinstance(part, Token) and part.shape is Shape.SIGN


def _conditions(parts: list[Any]) -> tuple[_Condition, ...]:
    return tuple(part for part in parts if not isinstance(part, Token))
