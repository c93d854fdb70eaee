"""The door of this room: from an evaluation to the events that fire in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from engine.evaluate.conditions import is_true
from engine.evaluate.context import Context, prepare
from engine.evaluate.typed_person import type_person
from engine.evaluate.values import AccountValue, Case
from engine.events.account_data import account_data
from engine.events.employments import Employment, employments_of
from engine.graph.holds import held_in
from engine.people.primary import primary_contract
from engine.reconcile.inputs import ReconcileInputs
from policy.diff import EntitlementDiff, Line, Op, Slot, Status, lines_in_slots
from policy.entitlements import Entitlement, EntitlementKey
from policy.events import DateTrigger, EmploymentDay, Event, FiredEvent, LineTrigger, Recipient
from policy.moments import move
from policy.people import Contract, Person
from policy.snapshot import Snapshot
from policy.targets import AccountPayload
from policy.types import FieldType


@dataclass(frozen=True, slots=True)
class EventInputs:
    """What events look at: the evaluation (`reconcile`, its `snapshot` and `diff`), and what fired before.

    `fired` are the employment days of events that were enforced; each event fires once for each. `new_accounts` are
    payloads of accounts to be made, for events that ask for their data.
    """

    reconcile: ReconcileInputs
    snapshot: Snapshot
    diff: EntitlementDiff
    fired: AbstractSet[EmploymentDay] = frozenset()
    new_accounts: Mapping[EntitlementKey, AccountPayload] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something happened that an event is about: the cases its condition is put before, in order.

    It is a `line` of the diff (its number), or an `employment` day and when the event was `due` for it.
    """

    event: Event
    cases: tuple[Case, ...]
    line: int | None = None
    employment: EmploymentDay | None = None
    due: date | None = None


def fire_events(inputs: EventInputs) -> tuple[FiredEvent, ...]:
    """Events that fire, in order of (person, event, line, day). Pure: equal inputs give equal events.

    An event of a line fires when the line is planned. An event before or after an employment's day fires at the first
    evaluation on or after its own day, unless the person is frozen, or excluded from all targets.
    """
    found = ((one, _first_satisfied(one)) for one in occasions_of(inputs))
    return tuple(sorted((_fired(one, case) for one, case in found if case is not None), key=_order))


def occasions_of(inputs: EventInputs) -> tuple[Occasion, ...]:
    """Every occasion of every event, whether its condition is met or not."""
    policy = inputs.reconcile.policy
    if not policy.events:
        return ()
    decisions = inputs.reconcile.decisions
    context = prepare(policy, inputs.snapshot, decisions.as_of, include_drafts=decisions.includes_drafts)
    held = {one for event in policy.events.values() for one in held_in(event.condition)}
    stage = _Stage(inputs, context, frozenset(held))
    return (*stage.of_lines(), *stage.of_days())


def _first_satisfied(occasion: Occasion) -> Case | None:
    condition = occasion.event.condition
    return next((one for one in occasion.cases if condition is None or is_true(condition, one)), None)


def _order(one: FiredEvent) -> tuple[str, str, int, date]:
    day = one.employment.day if one.employment else date.min
    return one.person, one.event, -1 if one.line is None else one.line, day


_DAYS = ("start_date", "end_date")


@dataclass(frozen=True, slots=True)
class _Stage:
    inputs: EventInputs
    context: Context
    held: AbstractSet[Entitlement]
    """Entitlements that a condition of an event asks for with `holds`: nobody looks at others."""
    _people: dict[str, Person] = field(default_factory=dict)

    # --- lines -------------------------------------------------------------------------------------------------------

    def of_lines(self) -> Iterator[Occasion]:
        events = [one for one in self.context.policy.events.values() if isinstance(one.trigger, LineTrigger)]
        # INVARIANT: X1, no event for what is frozen; nor for what waits, is denied or blocked
        slots = {_slot(one.trigger) for one in events if isinstance(one.trigger, LineTrigger)}
        for line in lines_in_slots(self.inputs.diff.lines, slots) if slots else ():
            for event in events:
                assert isinstance(event.trigger, LineTrigger)
                if _triggers(event.trigger, line):
                    person = self._person(line.key.person)
                    account = account_data(line, self.inputs.reconcile, self.inputs.new_accounts.get(line.key))
                    cases = self._cases(event, person, self._contracts_of(line, person), account)
                    yield Occasion(event, cases, line=line.n)

    def _contracts_of(self, line: Line, person: Person) -> tuple[Contract, ...]:
        """Contracts that the line is about: its reasons, or what ended; without one the primary contract."""
        named = {one.contract for one in line.because} | {one.contract for one in line.ended}
        found = tuple(one for one in person.contracts if one.external_id in named)
        if found:
            return found
        primary = primary_contract(person, self.context.policy.primary_contract_by, self.context.as_of)
        return () if primary is None else (primary,)

    # --- days --------------------------------------------------------------------------------------------------------

    def of_days(self) -> Iterator[Occasion]:
        events = [one for one in self.context.policy.events.values() if isinstance(one.trigger, DateTrigger)]
        for found in self.inputs.snapshot.persons if events else ():
            # Of most people nothing is due: their dates alone tell, and no more of them is typed.
            if self._is_left_alone(found.external_id) or not any(self._due(events, self._dated(found))):
                continue
            person = self._people.setdefault(found.external_id, type_person(found, self.context))
            for event, employment, once, due in self._due(events, person):
                yield Occasion(event, self._cases(event, person, employment.contracts, {}), employment=once, due=due)

    def _is_left_alone(self, person: str) -> bool:
        decisions = self.inputs.reconcile.decisions
        return person in decisions.frozen or any(one.targets is None for one in decisions.excluded.get(person, ()))

    def _dated(self, person: Person) -> Person:
        """Give the person with the days of their contracts alone, typed."""
        contracts = tuple(
            Contract(one.external_id, {path: one.values[path] for path in _DAYS if path in one.values})
            for one in person.contracts
        )
        return type_person(Person(person.external_id, {}, contracts), self.context)

    def _due(self, events: Sequence[Event], person: Person) -> Iterator[tuple[Event, Employment, EmploymentDay, date]]:
        """Events that are due for an employment of a typed person and did not fire yet, by employment, and when."""
        for employment in employments_of(person.contracts):
            for event in events:
                trigger = event.trigger
                assert isinstance(trigger, DateTrigger)
                day = employment.first if trigger.edge == "onboarding" else employment.last
                if day is None:
                    continue
                due = move(day, trigger.offset, trigger.direction)
                once = EmploymentDay(event.id, person.external_id, trigger.edge, day)
                if due <= self.context.as_of and once not in self.inputs.fired:
                    yield event, employment, once, due

    # --- both --------------------------------------------------------------------------------------------------------

    def _person(self, external_id: str) -> Person:
        """Typed person; somebody who is gone from the sources has no data any more."""
        if external_id not in self._people:
            found = self.inputs.snapshot.find_person(external_id)
            self._people[external_id] = type_person(found, self.context) if found else Person(external_id)
        return self._people[external_id]

    def _granted(self, person: str) -> frozenset[Entitlement]:
        desired = self.inputs.reconcile.decisions.desired
        return frozenset(one for one in self.held if EntitlementKey.of(person, one) in desired)

    def _cases(
        self, event: Event, person: Person, contracts: tuple[Contract, ...], account: Mapping[str, AccountValue]
    ) -> tuple[Case, ...]:
        """Cases to put before the condition; without a condition the person alone is one."""
        alone = Case(self.context, person, None, self._granted(person.external_id), account)
        if event.condition is None:
            return (alone,)
        return tuple(alone.through(one) for one in contracts) or (alone,)


def _fired(occasion: Occasion, case: Case) -> FiredEvent:
    event = occasion.event
    return FiredEvent(
        event=event.id,
        at=event.span.at,
        person=case.person.external_id,
        contract=case.contract_id,
        recipient=_recipient(event, case),
        template=event.template,
        line=occasion.line,
        employment=occasion.employment,
        due=occasion.due,
    )


def _recipient(event: Event, case: Case) -> Recipient:
    if isinstance(event.recipient, str):
        return Recipient(address=event.recipient)
    asked = event.recipient
    value = case.value_of(asked)
    if asked.private:
        return Recipient(asked.name, hidden=True)
    text = value if isinstance(value, str) else None
    if asked.type is FieldType.PERSON:
        return Recipient(asked.name, person=text)
    return Recipient(asked.name, address=text)


_OPS = {"grant": Op.GRANT, "update": Op.UPDATE, "revoke": Op.REVOKE}


def _slot(trigger: LineTrigger) -> Slot:
    return trigger.target, trigger.kind, _OPS[trigger.op], Status.PLANNED


def _triggers(trigger: LineTrigger, line: Line) -> bool:
    key = line.key
    if (line.op, key.target, key.kind) != (_OPS[trigger.op], trigger.target, trigger.kind):
        return False
    return trigger.name is None or trigger.name == key.name
