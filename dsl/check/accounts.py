"""Rules that can grant access or a permission to somebody without an account.

An approximation that keeps calm: it warns when no published rule grants an account in that target, and when exactly one
does and that one is surely narrower (in its condition, its scope or its window). Where several rules share the accounts
it is silent, because together they may cover everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.check.holdings import templates_of
from dsl.check.implication import follows, parts_of
from dsl.check.reach import reaches
from dsl.problems import Findings
from policy.catalogue.structure import GRANT_WITHOUT_ACCOUNT
from policy.entitlements import Entitlement, Kind
from policy.expressions import Condition, Holds
from policy.rules import CheckedPolicy, Grant, Rule, Scope, TableGrant

_COVERED_BY = {
    Scope.ANY_CONTRACT: {Scope.ANY_CONTRACT, Scope.PERSON},
    Scope.EVERY_CONTRACT: {Scope.EVERY_CONTRACT, Scope.ANY_CONTRACT, Scope.PERSON},
    Scope.PRIMARY_CONTRACT: {Scope.PRIMARY_CONTRACT, Scope.ANY_CONTRACT, Scope.PERSON},
    Scope.PERSON: {Scope.PERSON},
}
"""For the scope of a rule: the scopes of an account rule that reach everybody it reaches, conditions being equal."""


@dataclass(frozen=True, slots=True)
class _Accounts:
    """A grant of an account, in its rule."""

    rule: Rule
    grant: Grant


def report_grants_without_account(policy: CheckedPolicy, findings: Findings) -> None:
    """Warn once per published rule and target."""
    published = [rule for rule in policy.rules.values() if not rule.draft]
    for target in policy.targets:
        accounts = [
            _Accounts(rule, grant)
            for rule in published
            for grant in rule.grants
            if isinstance(grant, Grant) and grant.template.fixed == Entitlement(target, Kind.ACCOUNT)
        ]
        by_table = any(one == Entitlement(target, Kind.ACCOUNT) for rule in published for one in _of_tables(rule))
        if by_table or len({one.rule.id for one in accounts}) > 1:
            continue  # who gets an account depends on data, or on several rules together
        for rule in published:
            _report(rule, target, accounts, findings)


def _report(rule: Rule, target: str, accounts: list[_Accounts], findings: Findings) -> None:
    lone = next((one for one in _hanging(rule, target) if not any(_covers(has, rule, one) for has in accounts)), None)
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
    findings.report(GRANT_WITHOUT_ACCOUNT, detail, lone.span, hint=hint)


def _asks_account(rule: Rule, target: str) -> bool:
    account = Entitlement(target, Kind.ACCOUNT)
    return any(isinstance(part, Holds) and part.entitlement == account for part in parts_of(rule.condition))


def _of_tables(rule: Rule) -> Iterator[Entitlement]:
    fixed = {grant.template for grant in rule.grants if isinstance(grant, Grant)}
    for template in templates_of(rule):
        if template not in fixed and template.fixed is not None:
            yield template.fixed


def _hanging(rule: Rule, target: str) -> Iterator[Grant | TableGrant]:
    """Grants of a rule that need the account in `target`."""
    for grant in rule.grants:
        if isinstance(grant, TableGrant):
            templates = [template for row in (*grant.rows.values(), grant.otherwise) for template in row]
        else:
            templates = [grant.template]
        if any(one.target == target and one.kind is not Kind.ACCOUNT for one in templates):
            yield grant


def _covers(has: _Accounts, rule: Rule, grant: Grant | TableGrant) -> bool:
    if not _reaches_people(has, rule):
        return False
    return has.rule.scope is Scope.PERSON or reaches((has.rule, has.grant), (rule, grant))


def _reaches_people(has: _Accounts, rule: Rule) -> bool:
    return has.rule.scope in _COVERED_BY[rule.scope] and _all_follow(has.rule.condition, rule.condition)


def _all_follow(wanted: Condition | None, given: Condition | None) -> bool:
    known = parts_of(given)
    return all(follows(part, known) for part in parts_of(wanted))
