"""Rules that can grant access or a permission to somebody without an account.

An approximation that keeps calm: it warns when no published rule grants an account in that target, and when exactly one
does and that one is surely narrower (in its condition, its scope or its window). Where several rules share the accounts
it is silent, because together they may cover everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.graph.templates import templates_of
from engine.lint.context import LintContext
from engine.lint.implication import all_follow, parts_of
from engine.lint.reach import reaches
from policy.catalogue.lint import GRANT_WITHOUT_ACCOUNT
from policy.diagnostics import Diagnostic
from policy.entitlements import Entitlement, Kind
from policy.expressions import Holds
from policy.lint import LintFinding
from policy.rules import Grant, Rule, Scope, TableGrant

_COVERED_BY = {
    Scope.ANY_CONTRACT: {Scope.ANY_CONTRACT, Scope.PERSON},
    Scope.EVERY_CONTRACT: {Scope.EVERY_CONTRACT, Scope.ANY_CONTRACT, Scope.PERSON},
    Scope.PRIMARY_CONTRACT: {Scope.PRIMARY_CONTRACT, Scope.ANY_CONTRACT, Scope.PERSON},
    Scope.PERSON: {Scope.PERSON},
}
"""For the scope of a rule: the scopes of an account rule that reach everybody it reaches, conditions being equal."""


@dataclass(frozen=True, slots=True)
class _Giving:
    """A grant, in its rule."""

    rule: Rule
    grant: Grant | TableGrant


def find_without_account(context: LintContext) -> Iterator[LintFinding]:
    """Find them once per published rule and target."""
    accounts: dict[str, list[_Giving]] = {}
    hanging: dict[str, dict[str, list[_Giving]]] = {}
    for rule in context.published:
        for grant in rule.grants:
            giving = _Giving(rule, grant)
            kinds = {(one.target, one.kind is Kind.ACCOUNT) for one in templates_of(grant)}
            for target, is_account in sorted(kinds):
                if is_account:
                    accounts.setdefault(target, []).append(giving)
                else:
                    hanging.setdefault(target, {}).setdefault(rule.id, []).append(giving)
    for target, by_rule in hanging.items():
        among = accounts.get(target, [])
        shared = len({one.rule.id for one in among}) > 1 or any(isinstance(one.grant, TableGrant) for one in among)
        if shared:
            continue  # who gets an account depends on data, or on several rules together
        for givings in by_rule.values():
            yield from _look(givings, target, among)


def _look(givings: list[_Giving], target: str, accounts: list[_Giving]) -> Iterator[LintFinding]:
    rule = givings[0].rule
    lone = next((one for one in givings if not any(_covers(has, one) for has in accounts)), None)
    if lone is None or _asks_account(rule, target):
        return
    hint = f"add `grant account in {target}`, or the condition `holds account in {target}`"
    if not accounts:
        detail = f"No published rule grants an account in {target}, so this waits for ever."
    elif any(_reaches_people(has, rule) for has in accounts):
        detail = f"`{accounts[0].rule.id}` grants the account in {target} on fewer days than `{rule.id}` grants this."
        hint = "give both the same `starting` and `ending`"
    else:
        name = accounts[0].rule.id
        detail = f"`{name}` grants the account in {target}, but not to everybody to whom `{rule.id}` grants this."
    yield LintFinding(Diagnostic(GRANT_WITHOUT_ACCOUNT, detail, lone.grant.span, hint))


def _asks_account(rule: Rule, target: str) -> bool:
    account = Entitlement(target, Kind.ACCOUNT)
    return any(isinstance(part, Holds) and part.entitlement == account for part in parts_of(rule.condition))


def _covers(has: _Giving, one: _Giving) -> bool:
    if not _reaches_people(has, one.rule):
        return False
    return has.rule.scope is Scope.PERSON or reaches((has.rule, has.grant), (one.rule, one.grant))


def _reaches_people(has: _Giving, rule: Rule) -> bool:
    return has.rule.scope in _COVERED_BY[rule.scope] and all_follow(has.rule.condition, rule.condition)
