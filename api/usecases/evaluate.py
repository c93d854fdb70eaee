"""Evaluate: policy and snapshot against what is managed and observed, to an entitlement diff. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.runners.targets import Mapper, OpenTarget, open_targets, read_mappings
from api.tools import Tools
from api.usecases.load_policy import load_policy
from api.usecases.managed_copy import keep_managed
from api.usecases.map_told_accounts import map_told_accounts
from api.usecases.revision import Revision, find_revision
from api.usecases.snapshot_columns import columns_in_force, load_columns
from engine.columnar.persons import snapshot_of
from engine.evaluate.evaluate import evaluate
from engine.events.fire import EventInputs, fire_events
from engine.explain.losses import explain_losses
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.mapping.person_document import DocumentContext
from engine.reconcile.inputs import Correlation, ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.canonical import JsonValue, digest_of
from policy.decisions import Decisions
from policy.diff import Ended, EntitlementDiff, InputDigests
from policy.entitlements import EntitlementKey, Kind
from policy.events import EmploymentDay, FiredEvent
from policy.field_mapping import AccountAction
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.targets import AccountPayload, Observation

_LONGEST_BUDGET_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A diff that is not signed yet, with everything it came from."""

    policy: CheckedPolicy
    snapshot: Snapshot
    decisions: Decisions
    diff: EntitlementDiff
    inputs: InputDigests
    managed: ManagedState
    events: tuple[FiredEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What the store holds at one moment."""

    snapshot: Snapshot
    managed: ManagedState
    executed: tuple[ExecutedChange, ...]
    previous_as_of: date | None
    salt: bytes
    fired: frozenset[EmploymentDay]


def evaluate_workspace(tools: Tools, as_of: date | None = None, *, include_drafts: bool = False) -> Evaluated:
    """Evaluate the rules as they stand over the snapshot in force on the day `as_of` (default: today).

    Raises DataError when the rules have errors or there is no snapshot, OrdainError when a target cannot be read.
    """
    tools.progress("reading rules", 0, 0)
    policy = load_policy(tools.workspace).require()
    day = as_of or tools.today(policy.timezone)
    state = read_state(tools)
    keep_managed(tools, state.managed)
    tools.progress("evaluating", 0, len(state.snapshot.persons))
    decisions = evaluate(policy, state.snapshot, day, include_drafts=include_drafts)
    targets = open_targets(tools.workspace, policy, _targets_in_use(policy, state.managed))
    observations = _observe(tools, targets)
    inputs = _reconcile_inputs(tools, policy, state, decisions=decisions, targets=targets, observations=observations)
    tools.progress("comparing with what is managed", 0, 0)
    digests = _input_digests(tools, policy, state, observations)
    diff = reconcile(inputs)
    new_accounts = map_told_accounts(tools, inputs, diff, snapshot=state.snapshot, targets=targets)
    events = fire_events(EventInputs(inputs, state.snapshot, diff, state.fired, new_accounts))
    return Evaluated(policy, state.snapshot, decisions, diff, digests, state.managed, events)


def require_snapshot(tools: Tools) -> Snapshot:
    """Give the snapshot in force. Raises DataError when there is none."""
    return snapshot_of(load_columns(tools))


def read_state(tools: Tools) -> State:
    """Give what the store holds. Raises DataError when there is no snapshot."""
    with tools.store.read() as tx:
        previous = tx.facts.get("enforced_as_of")
        return State(
            snapshot=snapshot_of(columns_in_force(tools, tx)),
            managed=tx.ledger.state(),
            executed=tx.ledger.executed_since(date.min),
            previous_as_of=date.fromisoformat(previous) if isinstance(previous, str) else None,
            salt=tx.facts.secret_salt(),
            fired=tx.fired_events.all(),
        )


def _targets_in_use(policy: CheckedPolicy, managed: ManagedState) -> set[str]:
    return set(policy.targets) | {key.target for key in managed.entries}


def _observe(tools: Tools, targets: dict[str, OpenTarget]) -> dict[str, Observation]:
    observations = {}
    for number, (name, target) in enumerate(targets.items()):
        tools.progress(f"reading target {name}", number, len(targets))
        observations[name] = target.connector.observe()
    return observations


def _reconcile_inputs(  # every part of the diff comes together here
    tools: Tools,
    policy: CheckedPolicy,
    state: State,
    *,
    decisions: Decisions,
    targets: dict[str, OpenTarget],
    observations: dict[str, Observation],
) -> ReconcileInputs:
    context = DocumentContext(policy, state.snapshot, decisions.as_of)
    mapper = Mapper(read_mappings(tools.workspace), tools.scripts, context)
    correlations = _correlate(targets, decisions, context)
    payloads: dict[EntitlementKey, AccountPayload] = {}
    problems: dict[EntitlementKey, str] = {}
    for name, target in targets.items():
        keys = _keys_to_map(
            target, decisions, state, correlation=correlations.get(name), observation=observations[name]
        )
        tools.progress(f"mapping accounts of {name}", 0, len(keys))
        jobs = [_update_job(mapper, key, state) for key in keys]
        for key, result in zip(keys, mapper.map(target, jobs), strict=True):
            if isinstance(result, AccountProblem):
                problems[key] = result.diagnostic.detail
            else:
                payloads[key] = result
    return ReconcileInputs(
        decisions=decisions,
        policy=policy,
        managed=state.managed,
        payloads=payloads,
        payload_problems=problems,
        observations=observations,
        correlations=correlations,
        executed=state.executed,
        secret_fields={name: target.secret_fields for name, target in targets.items() if target.secret_fields},
        salt=state.salt,
        previous_as_of=state.previous_as_of,
        endings=_explain_endings(policy, state, decisions),
    )


def _explain_endings(
    policy: CheckedPolicy, state: State, decisions: Decisions
) -> Mapping[EntitlementKey, tuple[Ended, ...]]:
    """Say of everything managed that is no longer desired why not."""
    lost = [key for key in state.managed.entries if key not in decisions.desired]
    drafts = decisions.includes_drafts
    return explain_losses(policy, state.snapshot, decisions.as_of, lost, include_drafts=drafts)


def _correlate(
    targets: dict[str, OpenTarget], decisions: Decisions, context: DocumentContext
) -> dict[str, Correlation]:
    found = {}
    for name, target in targets.items():
        if target.correlate is None:
            continue
        wanted = {key.person for key in decisions.desired if key.target == name and key.kind is Kind.ACCOUNT}
        people = [person for person in context.snapshot.persons if person.external_id in wanted]
        values = {person.external_id: target.correlation_value(person, context) for person in people}
        found[name] = Correlation(
            target.correlate[1], {who: value for who, value in values.items() if value is not None}
        )
    return found


def _keys_to_map(
    target: OpenTarget,
    decisions: Decisions,
    state: State,
    *,
    correlation: Correlation | None,
    observation: Observation,
) -> list[EntitlementKey]:
    """Accounts whose attributes may differ: those managed, and those that may be adopted.

    An account to be adopted whose mapping needs account data that do not exist yet is mapped when it is enforced.
    """
    adoptable: set[str] = set()
    if correlation is not None:
        adoptable = {str(account.attributes.get(correlation.account_field)) for account in observation.accounts}
    found = []
    for key in decisions.desired:
        if key.target != target.name or key.kind is not Kind.ACCOUNT or key.person in decisions.frozen:
            continue
        seen = correlation is not None and str(correlation.values.get(key.person)) in adoptable
        needed = [EntitlementKey(key.person, other, Kind.ACCOUNT) for other in target.needs]
        if key in state.managed.entries or (seen and all(one in state.managed.entries for one in needed)):
            found.append(key)
    return found


def _update_job(mapper: Mapper, key: EntitlementKey, state: State) -> AccountJob:
    person = state.snapshot.find_person(key.person)
    assert person is not None, "only people of the snapshot are entitled to an account"
    entry: ManagedEntitlement | None = state.managed.entries.get(key)
    accounts = mapper.accounts_of(key.person, state.managed.entries)
    return AccountJob(person, AccountAction.UPDATE, entry.iteration if entry else 0, accounts)


def _input_digests(
    tools: Tools, policy: CheckedPolicy, state: State, observations: dict[str, Observation]
) -> InputDigests:
    revision: Revision | None = find_revision(tools.workspace.rules_folder)
    clean = revision is not None and revision.clean
    return InputDigests(
        snapshot=state.snapshot.digest,
        policy=policy.digest,
        configuration=tools.workspace.configuration_digest(),
        managed=state.managed.digest,
        lineage=state.managed.lineage,
        serial=state.managed.serial,
        observed=digest_of([_observation_json(observations[name]) for name in sorted(observations)]),
        commit=revision.commit if revision and clean else None,
        tree=revision.tree if revision and clean else None,
    )


def _observation_json(observation: Observation) -> dict[str, JsonValue]:
    return {
        "accounts": [
            {
                "anchor": account.anchor,
                "attributes": sorted([name, value] for name, value in account.attributes.items()),
                "enabled": account.enabled,
                "permissions": sorted(account.permissions),
            }
            for account in observation.accounts
        ],
        "target": observation.target,
    }
