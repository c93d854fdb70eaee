"""Rules and conditions as sentences: exactly what `engine.evaluate` says of them (LANGUAGE.md sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.evaluate.context import window_of
from engine.graph.holds import may_grant
from engine.prove.atoms import comparison_atom, key_atom, moment_term, variable
from engine.prove.formula import (
    BOUND,
    FALSE,
    PERSON,
    TRUE,
    Formula,
    ForPrimary,
    Known,
    Order,
    TextIn,
    Var,
    conj,
    disj,
    exists,
    for_all,
    neg,
)
from engine.prove.names import fillings
from engine.prove.periods import has_status, inside
from policy.entitlements import Entitlement
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.rules import CheckedPolicy, Grant, ManagerRule, Rule, Scope, TableGrant, Template
from policy.types import Field

MANAGER = Var(PERSON, "primary_manager")
_CONTRACT_MANAGER = Var(BOUND, "manager")


@dataclass(frozen=True, slots=True)
class Speaker:
    """One policy put into sentences; drafts take no part, exclusions and limits do not change what rules grant."""

    policy: CheckedPolicy
    _granted: dict[Entitlement, Formula] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Published rules, by id."""
        return tuple(rule for _, rule in sorted(self.policy.rules.items()) if not rule.draft)

    def granted(self, entitlement: Entitlement) -> Formula:
        """Tell that some published rule grants `entitlement`."""
        if entitlement not in self._granted:
            self._granted[entitlement] = self.granted_by(self.rules, entitlement)
        return self._granted[entitlement]

    def granted_by(self, rules: Iterable[Rule], entitlement: Entitlement) -> Formula:
        """One of these rules grants `entitlement`; what they hold may come from any published rule."""
        return disj(self.given(rule, entitlement) for rule in rules if may_grant(rule, entitlement))

    def given(self, rule: Rule, entitlement: Entitlement) -> Formula:
        """Tell that this rule grants `entitlement`."""
        condition = TRUE if rule.condition is None else self.said(rule.condition, rule.scope)
        order = self.policy.primary_contract_by
        found = []
        for grant in rule.grants:
            gives = self._through(rule, grant, entitlement)
            found.append(_given(rule, condition, (inside(window_of(rule, grant)), gives), order))
        return disj(found)

    def said(self, condition: Condition, scope: Scope) -> Formula:
        """`condition` as a sentence about one contract (`BOUND`), or about the person where the scope is one."""
        return self._tell(condition, PERSON if scope is Scope.PERSON else BOUND)

    def _through(self, rule: Rule, grant: Grant | TableGrant, entitlement: Entitlement) -> Formula:
        """Tell what fields must say so that the grant gives `entitlement` through the contract in hand."""
        owner = PERSON if rule.scope is Scope.PERSON else BOUND
        if isinstance(grant, Grant):
            return self._spelled((grant.template,), entitlement, owner)
        rows = [
            (self._is(grant.field, key, owner), self._spelled(row, entitlement, owner))
            for key, row in sorted(grant.rows.items())
        ]
        unlisted = neg(disj(key for key, _ in rows))
        otherwise = conj((self._spelled(grant.otherwise, entitlement, owner), unlisted))
        return disj([*(conj((spelled, key)) for key, spelled in rows), otherwise])

    def _spelled(self, templates: Iterable[Template], entitlement: Entitlement, owner: int) -> Formula:
        return disj(
            conj(self._is(part, text, owner) for part, text in filling)
            for template in templates
            for filling in fillings(template, entitlement)
        )

    def _is(self, part: Field, text: str, owner: int) -> Formula:
        return self._of_manager(key_atom(part, variable(part, owner), text))

    def _tell(self, condition: Condition, owner: int) -> Formula:
        match condition:
            case Comparison():
                told = self._compare(condition, owner)
                return neg(told) if condition.negated else told
            case StatusIs():
                told = has_status(condition.status)
                return neg(told) if condition.negated else told
            case Holds():
                return self.granted(condition.entitlement)
            case HasContract():
                found = exists(self._tell(condition.condition, BOUND))
                return found if condition.quantifier == "any" else neg(found)
            case Named():
                return self._tell(condition.condition, owner)
            case Not():
                return neg(self._tell(condition.condition, owner))
            case AllOf():
                return conj(self._tell(one, owner) for one in condition.conditions)
            case AnyOf():
                return disj(self._tell(one, owner) for one in condition.conditions)
            case NoneOf():
                return neg(disj(self._tell(one, owner) for one in condition.conditions))

    def _compare(self, condition: Comparison, owner: int) -> Formula:
        operand = condition.operand
        right = moment_term(operand.moment, owner) if isinstance(operand, MomentOperand) else None
        return self._of_manager(comparison_atom(condition.operator, variable(condition.field, owner), operand, right))

    def _of_manager(self, atom: Formula) -> Formula:
        """Speak of the primary contract's manager where the policy takes the person's primary manager from there."""
        if self.policy.primary_manager is not ManagerRule.CONTRACT:
            return atom
        match atom:
            case TextIn(var=var) if var == MANAGER:
                return ForPrimary(self.policy.primary_contract_by, TextIn(_CONTRACT_MANAGER, atom.values))
            case Known(var=var) if var == MANAGER:
                return ForPrimary(self.policy.primary_contract_by, Known(_CONTRACT_MANAGER))
            case _:
                return atom


def _given(rule: Rule, condition: Formula, through: tuple[Formula, Formula], order: Order) -> Formula:
    """Rule with one grant: `through` says when a contract lies in the window and gives what is asked for."""
    inside_window, gives = through
    if FALSE in through:
        return FALSE
    match rule.scope:
        case Scope.ANY_CONTRACT:
            return exists(conj((inside_window, condition, gives)))
        case Scope.EVERY_CONTRACT:
            return conj((exists(conj((inside_window, gives))), for_all(disj((neg(inside_window), condition)))))
        case Scope.PRIMARY_CONTRACT:
            return ForPrimary(order, conj((inside_window, condition, gives)))
        case Scope.PERSON:
            return conj((condition, gives))
