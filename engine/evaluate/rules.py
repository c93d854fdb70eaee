"""When a rule applies and what it gives (LANGUAGE.md section 6)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from engine.evaluate.conditions import is_true
from engine.evaluate.context import Context
from engine.evaluate.values import Case, value_of
from engine.evaluate.windows import Period, period_of
from engine.people.primary import primary_contract
from policy.canonical import normal_text, plain
from policy.entitlements import Entitlement
from policy.people import Person
from policy.rules import Grant, Rule, Scope, TableGrant, Template
from policy.types import Field


@dataclass(frozen=True, slots=True)
class Subject:
    """A person ready to be put before rules.

    `alone` is the case of the person without a contract, `cases` are those of the contracts in order, `primary` is
    that of the primary contract (None: there is none). By the number of a window, `periods` are the days that it means
    for each of `cases`, and `inside` are those whose contract lies in it today.
    """

    alone: Case
    cases: tuple[Case, ...]
    primary: Case | None
    periods: tuple[tuple[Period, ...], ...]
    inside: tuple[tuple[Case, ...], ...]

    @classmethod
    def of(cls, person: Person, context: Context, granted: AbstractSet[Entitlement]) -> Subject:
        """Make a typed person ready; `granted` is what they were granted so far, as in a case."""
        alone = Case(context, person, None, granted)
        cases = tuple(alone.through(one) for one in person.contracts)
        primary = primary_contract(person, context.policy.primary_contract_by, context.as_of)
        as_of = context.as_of
        periods = tuple(
            tuple(period_of(window, person, contract, as_of=as_of) for contract in person.contracts)
            for window in context.windows
        )
        inside = tuple(
            tuple(one for one, period in zip(cases, days, strict=True) if as_of in period) for days in periods
        )
        return cls(alone, cases, next((one for one in cases if one.contract is primary), None), periods, inside)

    def period(self, window: int, case: Case) -> Period | None:
        """Days that a window means for one of the cases; None for the person alone."""
        return next((days for one, days in zip(self.cases, self.periods[window], strict=True) if one is case), None)

    def in_scope(self, scope: Scope) -> tuple[Case, ...]:
        """Cases that a rule of this scope speaks of, whatever their windows."""
        match scope:
            case Scope.ANY_CONTRACT | Scope.EVERY_CONTRACT:
                return self.cases
            case Scope.PRIMARY_CONTRACT:
                return () if self.primary is None else (self.primary,)
            case Scope.PERSON:
                return (self.alone,)

    def in_window(self, scope: Scope, window: int) -> tuple[Case, ...]:
        """Those in scope whose contract lies in the window; the person alone lies in every one."""
        match scope:
            case Scope.ANY_CONTRACT | Scope.EVERY_CONTRACT:
                return self.inside[window]
            case Scope.PRIMARY_CONTRACT:
                return tuple(one for one in self.inside[window] if one is self.primary)
            case Scope.PERSON:
                return (self.alone,)


@dataclass(frozen=True, slots=True)
class Offer:
    """One template of a grant, filled from one case.

    `entitlement` is None when a field of the name is absent: `missing` is the first such field.
    """

    template: Template
    entitlement: Entitlement | None
    missing: Field | None = None


def givers_of(rule: Rule, window: int, subject: Subject) -> tuple[Case, ...]:
    """Cases through which the rule gives what it grants in this window (its number in the context)."""
    candidates = subject.in_window(rule.scope, window)
    if rule.condition is None or not candidates:
        return candidates
    satisfied = tuple(one for one in candidates if is_true(rule.condition, one))
    # INVARIANT: every contract that lies in the window of a grant satisfies the condition, or none gives anything.
    if rule.scope is Scope.EVERY_CONTRACT and len(satisfied) < len(candidates):
        return ()
    return satisfied


def offers_of(grant: Grant | TableGrant, case: Case) -> tuple[Offer, ...]:
    """Fill what the grant gives in the case, if it gives at all."""
    return tuple(_fill(one, case) for one in _templates(grant, case))


def _templates(grant: Grant | TableGrant, case: Case) -> tuple[Template, ...]:
    match grant:
        case Grant():
            return (grant.template,)
        case TableGrant():
            key = value_of(grant.field, case.person, case.contract)
            # An absent value takes `otherwise`, as one that is not listed.
            return grant.otherwise if key is None else grant.rows.get(str(plain(key)), grant.otherwise)


def _fill(template: Template, case: Case) -> Offer:
    """Fill the fields of a template; an absent or empty value gives nothing."""
    fixed = case.context.fixed.get(id(template))
    if fixed is not None:
        return Offer(template, fixed)
    texts: list[str] = []
    for part in template.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = value_of(part, case.person, case.contract)
        if value is None or value == "":
            return Offer(template, None, part)
        texts.append(str(plain(value)))
    return Offer(template, Entitlement(template.target, template.kind, normal_text("".join(texts))))
