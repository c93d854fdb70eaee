"""All that a diff is made of besides decisions: targets as they are, accounts as they would be mapped, endings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from api.runners.targets import Mapper, OpenTarget, read_mappings
from api.tools import Tools
from api.usecases.state import State
from engine.columnar.columns import people_at
from engine.columnar.desired import DesiredColumns
from engine.explain.losses import explain_losses
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.mapping.person_document import DocumentContext
from engine.merge.accounts import DesiredAccounts, desired_accounts
from engine.merge.candidates import HELD, Candidates
from engine.merge.numbering import Numbering
from engine.reconcile.inputs import Correlation, ReconcileInputs
from policy.decisions import Decisions
from policy.diff import Ended
from policy.entitlements import EntitlementKey, Kind
from policy.field_mapping import AccountAction
from policy.people import Person
from policy.rules import CheckedPolicy
from policy.targets import AccountPayload, Observation

_BATCH = 10_000
"""Accounts that are mapped at a time."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a diff starts from: what the store holds, and targets as they were read."""

    state: State
    targets: Mapping[str, OpenTarget]
    observations: Mapping[str, Observation]


@dataclass(frozen=True, slots=True)
class Walked:
    """Decisions beside managed state: a common numbering, and what differs."""

    decisions: Decisions
    numbering: Numbering
    candidates: Candidates

    @property
    def desired(self) -> DesiredColumns:
        """What is desired."""
        assert isinstance(self.decisions.desired, DesiredColumns), "evaluation gives columns"
        return self.decisions.desired


def reconcile_inputs(tools: Tools, policy: CheckedPolicy, known: Known, walked: Walked) -> ReconcileInputs:
    """Bring together what `engine.merge.reconcile` looks at."""
    context = DocumentContext(policy, known.state.snapshot, walked.decisions.as_of)
    mapping = _Mapping(tools, known, walked, Mapper(read_mappings(tools.workspace), tools.scripts, context))
    correlations: dict[str, Correlation] = {}
    payloads: dict[EntitlementKey, AccountPayload] = {}
    problems: dict[EntitlementKey, str] = {}
    for name, target in known.targets.items():
        accounts = desired_accounts(walked.numbering, name)
        correlation = mapping.correlate(target, accounts)
        if correlation is not None:
            correlations[name] = correlation
        for key, result in mapping.map(target, accounts, correlation):
            if isinstance(result, AccountProblem):
                problems[key] = result.diagnostic.detail
            else:
                payloads[key] = result
    return ReconcileInputs(
        decisions=walked.decisions,
        policy=policy,
        managed=known.state.managed,
        payloads=payloads,
        payload_problems=problems,
        observations=known.observations,
        correlations=correlations,
        executed=known.state.executed,
        secret_fields={name: one.secret_fields for name, one in known.targets.items() if one.secret_fields},
        salt=known.state.salt,
        previous_as_of=known.state.previous_as_of,
        endings=_explain_endings(tools, policy, known, walked),
    )


def _explain_endings(
    tools: Tools, policy: CheckedPolicy, known: Known, walked: Walked
) -> Mapping[EntitlementKey, tuple[Ended, ...]]:
    """Say of everything managed that is no longer desired why not."""
    found, decisions = walked.candidates, walked.decisions
    gone = found.sides == HELD
    keys = walked.numbering.keys_of(found.persons[gone], found.entitlements[gone])
    tools.progress("finding why entitlements ended", 0, len(keys))
    return explain_losses(policy, known.state.snapshot, decisions.as_of, keys, include_drafts=decisions.includes_drafts)


@dataclass(frozen=True, slots=True)
class _Mapping:
    """Maps accounts of people as the field mapping of each target says."""

    tools: Tools
    known: Known
    walked: Walked
    mapper: Mapper

    def correlate(self, target: OpenTarget, accounts: DesiredAccounts) -> Correlation | None:
        """Values by which accounts that are not managed yet are found in the target."""
        if target.correlate is None:
            return None
        persons = self._people(accounts.rows[~accounts.held]) if self.known.observations[target.name].accounts else ()
        told = ((one.external_id, target.correlation_value(one, self.mapper.context)) for one in persons)
        return Correlation(target.correlate[1], {who: value for who, value in told if value is not None})

    def map(
        self, target: OpenTarget, accounts: DesiredAccounts, correlation: Correlation | None
    ) -> Iterator[tuple[EntitlementKey, AccountPayload | AccountProblem]]:
        """Map accounts whose attributes may differ: those managed, and those that may be adopted.

        An account to be adopted whose mapping needs account data that do not exist yet is mapped when it is enforced.
        """
        rows = np.sort(np.concatenate((accounts.rows[accounts.held], self._adoptable(target, accounts, correlation))))
        for at in range(0, len(rows), _BATCH):
            self.tools.progress(f"mapping accounts of {target.name}", at, len(rows))
            wanted = (one for one in self._people(rows[at : at + _BATCH]) if self._is_mapped(one))
            jobs = [self._update_job(person, target) for person in wanted]
            for job, result in zip(jobs, self.mapper.map(target, jobs), strict=True):
                yield EntitlementKey(job.person.external_id, target.name, Kind.ACCOUNT), result

    def _adoptable(
        self, target: OpenTarget, accounts: DesiredAccounts, correlation: Correlation | None
    ) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        """Rows of persons whose account may be there already, and can be mapped."""
        if correlation is None or not correlation.values:
            return np.zeros(0, np.int32)
        observed = self.known.observations[target.name].accounts
        seen = {str(account.attributes.get(correlation.account_field)) for account in observed}
        numbers = accounts.persons[~accounts.held]
        entries = self.known.state.managed.entries
        found = [
            row
            for row, person in zip(
                accounts.rows[~accounts.held].tolist(), self.walked.numbering.name_persons(numbers), strict=True
            )
            if str(correlation.values.get(person)) in seen
            and all(EntitlementKey(person, other, Kind.ACCOUNT) in entries for other in target.needs)
        ]
        return np.array(found, np.int32)

    def _is_mapped(self, person: Person) -> bool:
        return person.external_id not in self.walked.decisions.frozen

    def _people(self, rows: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Iterator[Person]:
        return people_at(self.walked.desired.columns, rows)

    def _update_job(self, person: Person, target: OpenTarget) -> AccountJob:
        entries = self.known.state.managed.entries
        entry = entries.get(EntitlementKey(person.external_id, target.name, Kind.ACCOUNT))
        accounts = self.mapper.accounts_of(person.external_id, entries)
        return AccountJob(person, AccountAction.UPDATE, entry.iteration if entry else 0, accounts)
