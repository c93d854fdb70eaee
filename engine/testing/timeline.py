"""The days of a test in order: evaluated, reconciled, and carried out, so that the next one starts from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from engine.enforce.apply import Effect, apply_effects
from engine.evaluate.evaluate import evaluate
from engine.events.fire import EventInputs, fire_events
from engine.explain.losses import explain_losses
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.order import ADDITIONS, target_order
from engine.reconcile.reconcile import reconcile
from engine.testing.limits import with_fair_limits
from policy.decisions import Decisions
from policy.diff import Ended, EntitlementDiff, Line, Op, Status
from policy.entitlements import EntitlementKey, Kind
from policy.events import EmploymentDay, LineTrigger
from policy.field_mapping import AccountAction
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.targets import AccountPayload
from policy.testing import PolicyTest, TestDay

_LINEAGE = "test"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AccountsToMap:
    """Accounts whose attributes are wanted on the day `as_of`, by the mapping for `action`.

    `managed` is what is managed then: dependent targets look at the account data in it.
    """

    keys: Sequence[EntitlementKey]
    action: AccountAction
    policy: CheckedPolicy
    snapshot: Snapshot
    as_of: date
    managed: ManagedState


@dataclass(frozen=True, slots=True)
class MappedAccounts:
    """Attributes by account key, and of an account that cannot be mapped why not, as a sentence."""

    payloads: Mapping[EntitlementKey, AccountPayload] = field(default_factory=dict)
    problems: Mapping[EntitlementKey, str] = field(default_factory=dict)


MapAccounts = Callable[[AccountsToMap], MappedAccounts]
"""Maps accounts as the workspace does; a key may be in neither, then nothing of it is mapped."""


def map_nothing(_accounts: AccountsToMap) -> MappedAccounts:
    """No field mapping: accounts have no attributes, so nothing is ever updated."""
    return MappedAccounts()


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """A day of a test as it was played: who took part, what was managed before it, what was decided, what changed."""

    policy: CheckedPolicy
    day: TestDay
    snapshot: Snapshot
    managed: ManagedState
    decisions: Decisions
    diff: EntitlementDiff
    occasion: EventInputs
    """What events were asked about that day."""
    events: tuple[tuple[str, str], ...] = ()
    """Events that fire that day, as person and event, in order."""

    @property
    def as_of(self) -> date:
        """The date."""
        return self.day.day

    def fired(self, person: str) -> tuple[str, ...]:
        """Ids of the events that fire for a person that day."""
        return tuple(event for who, event in self.events if who == person)

    def fired_before(self, person: str) -> frozenset[str]:
        """Ids of the events about days of employments that fired for a person on the days before."""
        return frozenset(one.event for one in self.occasion.fired if one.person == person)

    def line(self, key: EntitlementKey) -> Line | None:
        """Line of a key in the diff of that day; a key has at most one."""
        return next((one for one in self.diff.lines if one.key == key), None)


def play(
    policy: CheckedPolicy, test: PolicyTest, cast: Snapshot, *, map_accounts: MapAccounts = map_nothing
) -> Iterator[PlayedDay]:
    """Play the days of `test` over `cast` (see `engine.testing.cast`), one after the other.

    Each starts from what the one before left behind as if enforced: only planned lines have an effect, and they all
    succeed. There are no targets: nothing is observed, so nothing is adopted but an account that a staged deletion
    disabled. Draft rules take part, since they are tested too. What is held before the first day has the attributes
    that the mapping gives on the day before it.
    """
    stage = _Stage(policy, cast, map_accounts)
    managed = stage.begin(test)
    executed: list[ExecutedChange] = []
    fired: set[EmploymentDay] = set()
    previous: date | None = None
    for day in test.days:
        decisions = evaluate(policy, cast, day.day, include_drafts=True)
        inputs = stage.inputs(decisions, managed, executed, previous)
        diff = reconcile(inputs)
        occasion = EventInputs(inputs, cast, diff, frozenset(fired), stage.new_accounts(diff, managed))
        events = fire_events(occasion)
        told = tuple((one.person, one.event) for one in events)
        played = PlayedDay(policy, day, cast, managed, decisions, diff, occasion, told)
        yield played
        fired |= {one.employment for one in events if one.employment is not None}
        managed = stage.enforce(played, inputs.payloads)
        executed += _executed(played.diff)
        previous = day.day


@dataclass(frozen=True, slots=True)
class _Stage:
    policy: CheckedPolicy
    cast: Snapshot
    map_accounts: MapAccounts

    def begin(self, test: PolicyTest) -> ManagedState:
        """Give what is held before the first day, with its attributes."""
        held = sorted(EntitlementKey.of(one.person.external_id, each) for one in test.persons for each in one.holding)
        managed = ManagedState(_LINEAGE, 0, {key: ManagedEntitlement(key, 1) for key in held})
        day = test.days[0].day if test.days else date.min
        eve = day - _DAY if day > date.min else day
        for target in target_order(self.policy.targets):
            keys = [key for key in held if key.target == target and key.kind is Kind.ACCOUNT]
            payloads = self._map(keys, AccountAction.UPDATE, eve, managed).payloads
            managed = ManagedState(_LINEAGE, 0, _with_payloads(managed, payloads))
        return managed

    def inputs(
        self, decisions: Decisions, managed: ManagedState, executed: Sequence[ExecutedChange], previous: date | None
    ) -> ReconcileInputs:
        """Gather what `reconcile` looks at."""
        keys = [key for key in decisions.desired if key.kind is Kind.ACCOUNT and key in managed.entries]
        mapped = self._map(keys, AccountAction.UPDATE, decisions.as_of, managed)
        return ReconcileInputs(
            decisions=decisions,
            policy=with_fair_limits(self.policy, managed),
            managed=managed,
            payloads=mapped.payloads,
            payload_problems=mapped.problems,
            executed=tuple(executed),
            previous_as_of=previous,
            endings=self._endings(decisions, managed),
        )

    def _endings(self, decisions: Decisions, managed: ManagedState) -> Mapping[EntitlementKey, tuple[Ended, ...]]:
        """Say why things end where an event asks about the contract they end with."""
        triggers = (event.trigger for event in self.policy.events.values())
        if not any(isinstance(one, LineTrigger) and one.op == "revoke" for one in triggers):
            return {}
        lost = [key for key in managed.entries if key not in decisions.desired]
        return explain_losses(self.policy, self.cast, decisions.as_of, lost, include_drafts=True)

    def enforce(self, played: PlayedDay, updates: Mapping[EntitlementKey, AccountPayload]) -> ManagedState:
        """Carry out the planned lines, and give what is managed then.

        Removals and updates first, then what is new, target by target in the order of their dependencies, since a
        mapping may use the account data of the target before.
        """
        planned = [one for one in played.diff.lines if one.status is Status.PLANNED]
        managed = self._apply(played.managed, [one for one in planned if one.op not in ADDITIONS], played, updates)
        for target in target_order(self.policy.targets):
            new = [one for one in planned if one.op in ADDITIONS and one.key.target == target]
            create = [one.key for one in new if one.key.kind is Kind.ACCOUNT and one.op is Op.GRANT]
            created = self._map(create, AccountAction.CREATE, played.as_of, managed).payloads
            managed = self._apply(managed, new, played, {**updates, **created})
        return managed

    def new_accounts(self, diff: EntitlementDiff, managed: ManagedState) -> Mapping[EntitlementKey, AccountPayload]:
        """Give what new accounts will hold, for events that ask; one that needs another's account data has none yet."""
        if not self.policy.events:
            return {}
        new = [one.key for one in diff.lines if one.key.kind is Kind.ACCOUNT and one.op is Op.GRANT]
        return self._map(new, AccountAction.CREATE, diff.as_of, managed).payloads

    def _apply(
        self,
        managed: ManagedState,
        lines: Sequence[Line],
        played: PlayedDay,
        payloads: Mapping[EntitlementKey, AccountPayload],
    ) -> ManagedState:
        staged = {name for name, one in self.policy.targets.items() if one.staged_deletion is not None}
        done = [
            (one, Effect(played.as_of, payload=payloads.get(one.key), staged=one.key.target in staged)) for one in lines
        ]
        return apply_effects(managed, done)

    def _map(
        self, keys: Sequence[EntitlementKey], action: AccountAction, day: date, managed: ManagedState
    ) -> MappedAccounts:
        if not keys:
            return MappedAccounts()
        return self.map_accounts(AccountsToMap(keys, action, self.policy, self.cast, day, managed))


def _with_payloads(
    managed: ManagedState, payloads: Mapping[EntitlementKey, AccountPayload]
) -> dict[EntitlementKey, ManagedEntitlement]:
    held = dict(managed.entries)
    for key, payload in payloads.items():
        held[key] = replace(held[key], attributes=payload.attributes, account_data=payload.account_data)
    return held


def _executed(diff: EntitlementDiff) -> Iterator[ExecutedChange]:
    """List what was done that day, for budgets such as `in 7 days`."""
    for line in diff.lines:
        if line.status is Status.PLANNED:
            yield ExecutedChange(line.key.target, line.key.kind, line.op, diff.as_of)
