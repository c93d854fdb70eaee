"""Rules: scope, condition, window and grants."""

from __future__ import annotations

from dsl.checking import IN_CONTRACT_RULE, IN_PERSON_GRANT, IN_PERSON_RULE, Checking, Setting
from dsl.lower.conditions import lower_condition
from dsl.lower.entitlements import lower_entitlement
from dsl.lower.moments import lower_window
from dsl.lower.tables import lower_table
from dsl.tree.ast import DeclarationWord, GrantNode, RoleInclusion, RuleDeclaration, TableGrantNode, WindowNode
from dsl.weights import check_weight
from policy.catalogue.names import NO_CONTRACT_HERE
from policy.catalogue.structure import NO_WINDOW_HERE
from policy.rules import Grant, Role, Rule, Scope, TableGrant, Window
from policy.types import Field


def lower_rule(node: RuleDeclaration, checking: Checking) -> Rule | None:
    """Give a rule with its roles flattened into grants; None when anything in it is broken."""
    scope = node.scope.scope if node.scope else Scope.ANY_CONTRACT
    setting = IN_PERSON_RULE if scope is Scope.PERSON else IN_CONTRACT_RULE
    granting = IN_PERSON_GRANT if scope is Scope.PERSON else IN_CONTRACT_RULE
    fits = node.condition is None or check_weight(node.condition, f"The condition of `{node.id.name}`", checking)
    condition = lower_condition(node.condition, setting, checking) if node.condition and fits else None
    window = _lower_rule_window(node.window, setting, checking)
    grants: list[Grant | TableGrant] = []
    for grant in node.grants:
        lowered = _lower_grant(grant, granting, checking)
        fits = fits and lowered is not None
        grants += lowered or ()
    if not fits or window is None or (node.condition is not None and condition is None):
        return None
    return Rule(
        id=node.id.name,
        title=node.title.value if node.title else "",
        owner=node.owner.value if node.owner else None,
        category=node.category.value if node.category else None,
        about=node.about.value if node.about else None,
        scope=scope,
        condition=condition,
        window=window,
        grants=tuple(grants),
        draft=node.draft,
        span=node.span,
    )


def _lower_rule_window(node: WindowNode, setting: Setting, checking: Checking) -> Window | None:
    """Lower a window of a rule or grant; a rule about a person has none at all."""
    if setting.contract:
        return lower_window(node, setting, checking)
    said = [bound for bound in (node.starting, node.ending) if bound is not None]
    for bound in said:
        detail = "A rule `for person` applies on every day; there is no contract that its dates could be measured from."
        hint = "remove the line, or make the rule `for any contract`"
        checking.findings.report(NO_WINDOW_HERE, detail, bound.span, hint=hint)
    return None if said else Window()


def _lower_grant(
    node: GrantNode | TableGrantNode, setting: Setting, checking: Checking
) -> tuple[Grant | TableGrant, ...] | None:
    if isinstance(node, TableGrantNode):
        if not setting.contract and _lower_rule_window(node.window, setting, checking) is None:
            return None
        table = lower_table(node, setting, checking)
        return None if table is None else (table,)
    window = _lower_rule_window(node.window, setting, checking)
    if isinstance(node.what, RoleInclusion):
        role = _find_role(node.what, setting, checking)
        if role is None or window is None:
            return None
        return tuple(Grant(grant.template, window, node.span, grant.via) for grant in role.grants)
    template = lower_entitlement(node.what, setting, checking)
    return None if template is None or window is None else (Grant(template, window, node.span),)


def _find_role(node: RoleInclusion, setting: Setting, checking: Checking) -> Role | None:
    name = node.id.name
    if not checking.names.knows(DeclarationWord.ROLE, node.id, checking.findings):
        return None
    role = checking.roles.get(name)
    if role is None or setting.contract:
        return role
    parts = (part for grant in role.grants for part in grant.template.parts)
    spoken = next((part.name for part in parts if isinstance(part, Field) and part.root == "contract"), None)
    if spoken is None:
        return role
    detail = f"The role `{name}` fills in `{spoken}`, but {setting.place} looks at no contract."
    checking.findings.report(NO_CONTRACT_HERE, detail, node.id.span, hint=setting.contract_hint)
    return None
