"""Map accounts that are still to be made, where an event asks what they will hold."""

from __future__ import annotations

from collections.abc import Mapping

from api.runners.targets import Mapper, OpenTarget, read_mappings
from api.tools import Tools
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.mapping.person_document import DocumentContext
from engine.reconcile.inputs import ReconcileInputs
from policy.diff import EntitlementDiff, Op, Status, lines_in_slots
from policy.entitlements import EntitlementKey, Kind
from policy.events import LineTrigger
from policy.expressions import Comparison, walk
from policy.field_mapping import AccountAction
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.targets import AccountPayload


def map_told_accounts(
    tools: Tools,
    inputs: ReconcileInputs,
    diff: EntitlementDiff,
    *,
    snapshot: Snapshot,
    targets: Mapping[str, OpenTarget],
) -> dict[EntitlementKey, AccountPayload]:
    """Payloads of accounts to be granted in targets whose events look at account data.

    An account that cannot be mapped, or not yet, has none: what it will hold is absent for events.
    """
    asked = _targets_asked(inputs.policy) & targets.keys()
    if not asked:
        return {}
    mapper = Mapper(read_mappings(tools.workspace), tools.scripts, DocumentContext(inputs.policy, snapshot, diff.as_of))
    found: dict[EntitlementKey, AccountPayload] = {}
    for name in sorted(asked):
        jobs: dict[EntitlementKey, AccountJob] = {}
        for line in lines_in_slots(diff.lines, {(name, Kind.ACCOUNT, Op.GRANT, Status.PLANNED)}):
            person = snapshot.find_person(line.key.person)
            assert person is not None, "only people of the snapshot are entitled to an account"
            accounts = mapper.accounts_of(person.external_id, inputs.managed.entries)
            jobs[line.key] = AccountJob(person, AccountAction.CREATE, 0, accounts)
        results = zip(jobs, mapper.map(targets[name], [*jobs.values()]), strict=True)
        found |= {key: result for key, result in results if not isinstance(result, AccountProblem)}
    return found


def _targets_asked(policy: CheckedPolicy) -> set[str]:
    """Targets with an event `on grant account` that looks at account data."""
    return {
        trigger.target
        for event in policy.events.values()
        if isinstance(trigger := event.trigger, LineTrigger) and (trigger.op, trigger.kind) == ("grant", Kind.ACCOUNT)
        if event.condition is not None
        and any(isinstance(one, Comparison) and one.field.root == "account" for one in walk(event.condition))
    }
