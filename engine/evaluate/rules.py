"""When a rule applies and what it gives (LANGUAGE.md section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.evaluate.conditions import judge
from engine.evaluate.traces import GrantTrial, Offer, Period, RuleTrace, Trial
from engine.evaluate.values import Case, date_of, value_of
from engine.people.primary import primary_contract
from policy.canonical import normal_text, plain
from policy.entitlements import Entitlement
from policy.people import Contract, Person
from policy.rules import Grant, Rule, Scope, TableGrant, Template, Window, WindowBound


def trace_rule(rule: Rule, case: Case) -> RuleTrace:
    """Put `rule` before the person of `case` (its contract is not looked at)."""
    trials = tuple(_try(rule, replace(case, contract=one)) for one in _contracts_in_scope(rule.scope, case))
    grants = tuple(one for grant in rule.grants for one in _try_grant(rule, grant, trials, case))
    return RuleTrace(rule, trials, grants)


def period_of(rule: Rule, grant: Grant | TableGrant, person: Person, contract: Contract, *, as_of: date) -> Period:
    """Days on which `grant` of `rule` may be given through `contract`.

    Each bound is the grant's own, else the rule's, else the contract's `start_date` or `end_date`. A start that rests
    on an absent date never begins; an end that rests on one, as an absent `end_date`, is open.
    """
    bounds = Window(grant.window.starting or rule.window.starting, grant.window.ending or rule.window.ending)

    def day(bound: WindowBound | None, field: str) -> date | None:
        if bound is None:
            own = contract.values.get(field)
            return own if isinstance(own, date) else None
        return None if bound.moment is None else date_of(bound.moment, person, contract, as_of)

    return Period(day(bounds.starting, "start_date"), day(bounds.ending, "end_date"))


def _contracts_in_scope(scope: Scope, case: Case) -> tuple[Contract | None, ...]:
    match scope:
        case Scope.ANY_CONTRACT | Scope.EVERY_CONTRACT:
            return case.person.contracts
        case Scope.PRIMARY_CONTRACT:
            by, as_of = case.context.policy.primary_contract_by, case.context.as_of
            primary = primary_contract(case.person, by, as_of)
            return () if primary is None else (primary,)
        case Scope.PERSON:
            return (None,)


def _try(rule: Rule, case: Case) -> Trial:
    return Trial(case.contract, None if rule.condition is None else judge(rule.condition, case))


def _try_grant(rule: Rule, grant: Grant | TableGrant, trials: tuple[Trial, ...], case: Case) -> list[GrantTrial]:
    """Put one grant before every trial: it is given by those in its own window, where the scope agrees."""
    as_of = case.context.as_of
    periods = [
        None if trial.contract is None else period_of(rule, grant, case.person, trial.contract, as_of=as_of)
        for trial in trials
    ]
    inside = [period is None or as_of in period for period in periods]
    # INVARIANT: every contract that lies in the window of this grant satisfies the condition, or none gives anything.
    agreed = rule.scope is not Scope.EVERY_CONTRACT or all(
        trial.satisfied for trial, within in zip(trials, inside, strict=True) if within
    )
    return [
        GrantTrial(
            grant=grant,
            trial=trial,
            period=period,
            inside=within,
            given=within and trial.satisfied and agreed,
            offers=offers_of(grant, trial, case.person) if within and trial.satisfied and agreed else (),
        )
        for trial, period, within in zip(trials, periods, inside, strict=True)
    ]


def offers_of(grant: Grant | TableGrant, trial: Trial, person: Person) -> tuple[Offer, ...]:
    """Fill what the grant gives through the contract of the trial, if it gives at all."""
    return tuple(_fill(one, person, trial.contract) for one in _templates(grant, person, trial))


def _templates(grant: Grant | TableGrant, person: Person, trial: Trial) -> tuple[Template, ...]:
    match grant:
        case Grant():
            return (grant.template,)
        case TableGrant():
            key = value_of(grant.field, person, trial.contract)
            # An absent value takes `otherwise`, as one that is not listed.
            return grant.otherwise if key is None else grant.rows.get(str(plain(key)), grant.otherwise)


def _fill(template: Template, person: Person, contract: Contract | None) -> Offer:
    """Fill the fields of a template; an absent or empty value gives nothing."""
    texts: list[str] = []
    for part in template.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = value_of(part, person, contract)
        if value is None or value == "":
            return Offer(template, None, part)
        texts.append(str(plain(value)))
    return Offer(template, Entitlement(template.target, template.kind, normal_text("".join(texts))))
