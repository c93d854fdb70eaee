"""Evaluate: policy and snapshot against what is managed and observed, to an entitlement diff. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.runners.targets import OpenTarget, open_targets
from api.tools import Tools
from api.usecases.checked_policy import checked_policy
from api.usecases.evaluators import Evaluator, count_processors, evaluate_columns
from api.usecases.managed_copy import keep_managed
from api.usecases.map_told_accounts import map_told_accounts
from api.usecases.reconcile_inputs import Known, Walked, reconcile_inputs
from api.usecases.revision import Revision, find_revision
from api.usecases.snapshot_columns import load_columns
from api.usecases.state import State, read_state
from engine.columnar.desired import DesiredColumns
from engine.columnar.persons import snapshot_of
from engine.events.fire import EventInputs, fire_events
from engine.merge.candidates import find_candidates
from engine.merge.numbering import number_both
from engine.merge.reconcile import reconcile_columns
from policy.canonical import JsonValue, digest_of
from policy.decisions import Decisions
from policy.diff import EntitlementDiff, InputDigests
from policy.events import FiredEvent
from policy.ledger import ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.targets import Observation


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


def evaluate_workspace(
    tools: Tools, as_of: date | None = None, *, include_drafts: bool = False, evaluator: Evaluator = evaluate_columns
) -> Evaluated:
    """Evaluate the rules as they stand over the snapshot in force on the day `as_of` (default: today).

    `evaluator` decides who is entitled to what. Raises DataError when the rules have errors or there is no snapshot,
    OrdainError when a target cannot be read.
    """
    tools.progress("reading rules", 0, 0)
    policy = checked_policy(tools.workspace)
    day = as_of or tools.today(policy.timezone)
    state = read_state(tools)
    keep_managed(tools, state.managed)
    tools.progress("evaluating", 0, state.columns.person_count)
    decisions = evaluator(policy, state.columns, day, include_drafts)
    in_use = policy.targets.keys() | {one.target for one in state.entries.entitlements}
    targets = open_targets(tools.workspace, policy, in_use)
    observations = _observe(tools, targets)
    tools.progress("comparing with what is managed", 0, 0)
    walked = _walk(decisions, state)
    inputs = reconcile_inputs(tools, policy, Known(state, targets, observations), walked)
    tools.progress("making the diff", 0, 0)
    diff = reconcile_columns(inputs, walked.numbering, walked.candidates, parts=count_processors())
    new_accounts = map_told_accounts(tools, inputs, diff, snapshot=state.snapshot, targets=targets)
    events = fire_events(EventInputs(inputs, state.snapshot, diff, state.fired, new_accounts))
    tools.progress("digesting what was evaluated", 0, 0)
    digests = _input_digests(tools, policy, state, observations)
    return Evaluated(policy, state.snapshot, decisions, diff, digests, state.managed, events)


def _walk(decisions: Decisions, state: State) -> Walked:
    """Give what is desired and what is managed one numbering, and find what differs."""
    assert isinstance(decisions.desired, DesiredColumns), "an evaluator gives columns"
    numbering = number_both(decisions.desired, state.entries)
    return Walked(decisions, numbering, find_candidates(numbering, parts=count_processors()))


def require_snapshot(tools: Tools) -> Snapshot:
    """Give the snapshot in force. Raises DataError when there is none."""
    return snapshot_of(load_columns(tools))


def _observe(tools: Tools, targets: dict[str, OpenTarget]) -> dict[str, Observation]:
    observations = {}
    for number, (name, target) in enumerate(targets.items()):
        tools.progress(f"reading target {name}", number, len(targets))
        observations[name] = target.connector.observe()
    return observations


def _input_digests(
    tools: Tools, policy: CheckedPolicy, state: State, observations: dict[str, Observation]
) -> InputDigests:
    revision: Revision | None = find_revision(tools.workspace.rules_folder)
    clean = revision is not None and revision.clean
    return InputDigests(
        snapshot=state.columns.digest,
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
