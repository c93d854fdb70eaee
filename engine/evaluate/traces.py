"""What the evaluator did, step by step. Its truth is the evaluation; the explainer tells the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policy.canonical import Value
from policy.decisions import ActiveExclusion, Reason
from policy.entitlements import Entitlement
from policy.expressions import Condition
from policy.people import Contract, DataProblem, Person
from policy.rules import Grant, Rule, TableGrant, Template
from policy.types import Field


@dataclass(frozen=True, slots=True)
class ConditionTrace:
    """A condition and its verdict.

    `seen` is the value of the compared field (None: absent), `moment` the date a moment stood for, `contract` the
    external id of the contract it spoke of ("" for none), `parts` the conditions inside, in reading order (for
    `any|no contract has` once per contract).
    """

    condition: Condition
    verdict: bool
    contract: str = ""
    seen: Value | None = None
    moment: date | None = None
    parts: tuple[ConditionTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included. `first` None: it never begins; `last` None: it never ends."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        """Tell whether `day` lies in the period."""
        return self.first is not None and self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Trial:
    """A contract (None: the person alone) put before a rule's condition (`condition` None: the rule has none)."""

    contract: Contract | None
    condition: ConditionTrace | None

    @property
    def satisfied(self) -> bool:
        """Whether the condition holds."""
        return self.condition is None or self.condition.verdict

    @property
    def contract_id(self) -> str:
        """External id of the contract, "" for the person alone."""
        return self.contract.external_id if self.contract is not None else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One template of a grant, filled from one contract.

    `entitlement` is None when a field of the name is absent: `missing` is the first such field.
    """

    template: Template
    entitlement: Entitlement | None
    missing: Field | None = None


@dataclass(frozen=True, slots=True)
class GrantTrial:
    """A grant for one trial: its window there (None: a rule about the person has none) and what it gives.

    `given` says that it is given: the trial lies in the window, and the rule's scope is satisfied for this grant.
    `offers` are empty otherwise (`engine.evaluate.rules.offers_of` tells what it would give).
    """

    grant: Grant | TableGrant
    trial: Trial
    period: Period | None
    inside: bool
    given: bool
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule put before a person: every contract in scope, and every grant for each of them."""

    rule: Rule
    trials: tuple[Trial, ...]
    grants: tuple[GrantTrial, ...]

    def gifts(self) -> Iterator[tuple[Entitlement, Reason]]:
        """Everything the rule gives, with its reason."""
        for grant in self.grants:
            if grant.given:
                reason = Reason(self.rule.id, self.rule.span.at, grant.trial.contract_id)
                yield from ((offer.entitlement, reason) for offer in grant.offers if offer.entitlement is not None)


@dataclass(frozen=True, slots=True)
class PersonTrace:
    """Everything the evaluator found out about one person; `person` carries typed values and the primary manager."""

    person: Person
    rules: tuple[RuleTrace, ...]
    desired: dict[Entitlement, tuple[Reason, ...]]
    frozen: tuple[DataProblem, ...]
    excluded: tuple[ActiveExclusion, ...]
    ended: tuple[ActiveExclusion, ...]
