"""Laws of the forecast: E8 and E9, it is what evaluating and reconciling everybody on every single day gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.enforce.apply import Effect, apply_effects
from engine.evaluate.evaluate import evaluate
from engine.forecast.columnar import FEW, ColumnarEvaluations
from engine.forecast.evaluations import ReferenceEvaluations
from engine.forecast.walk import StartingPoint, forecast
from engine.merge.managed import managed_columns
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.limits import LimitBasis, judge_bucket
from engine.reconcile.order import Bucket
from engine.reconcile.reconcile import reconcile
from policy.diff import LimitVerdict, Line, Op, Status
from policy.entitlements import EntitlementKey, Kind
from policy.forecasts import Forecast, ForecastDay
from policy.ledger import ExecutedChange, ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.forecasting import (
    SPAN,
    executed_changes,
    held_back_policies,
    managed_then,
    maybe_day_before,
)
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import snapshots

modest = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
DAY = timedelta(days=1)
Told = tuple[date, list[tuple[object, ...]], list[LimitVerdict], list[tuple[str, str]]]


def plain(line: Line) -> tuple[object, ...]:
    return line.key, line.op, line.status, line.because, tuple(one.id for one in line.why), line.released_by


def told(day: ForecastDay) -> Told:
    lines = [plain(one.line) for one in day.lines]
    return day.day, lines, [*day.limits], [(one.person, one.never) for one in day.violations]


def day_by_day(policy: CheckedPolicy, snapshot: Snapshot, start: StartingPoint, *, include_drafts: bool) -> list[Told]:
    """What a very patient administrator finds out: every day everybody is evaluated, reconciled and carried out."""
    free = replace(policy, targets={name: replace(one, limits=()) for name, one in policy.targets.items()})
    managed, executed, previous = start.managed, [*start.executed], start.previous_as_of
    waited: set[tuple[object, ...]] = set()
    violated: set[tuple[str, str]] = set()
    found: list[Told] = []
    day = SPAN[0]
    while day <= SPAN[1]:
        decisions = evaluate(policy, snapshot, day, include_drafts=include_drafts)
        diff = reconcile(ReconcileInputs(decisions, free, managed, previous_as_of=previous))
        planned = [line for line in diff.lines if line.status is Status.PLANNED]
        new = [line for line in diff.lines if (line.key, line.op, line.status) not in waited]
        unsaid = day == SPAN[0] and not start.managed.entries
        if unsaid:
            new = [line for line in new if line.status is not Status.PLANNED]
        limits = [] if unsaid else judged(LimitBasis.of(policy.targets, managed, executed, day), planned)
        violations = {(one.person, one.never) for one in diff.violations}
        if new or violations - violated:
            found.append((day, [plain(line) for line in new], limits, sorted(violations - violated)))
        if not unsaid:
            executed += [ExecutedChange(line.key.target, line.key.kind, line.op, day) for line in planned]
        managed = apply_effects(managed, [(line, effect(policy, line.key, day)) for line in planned])
        waited = {(one.key, one.op, one.status) for one in diff.lines if one.status is not Status.PLANNED}
        violated, previous, day = violations, day, day + DAY
    return found


def effect(policy: CheckedPolicy, key: EntitlementKey, day: date) -> Effect:
    return Effect(day, staged=policy.targets[key.target].staged_deletion is not None)


def judged(basis: LimitBasis, planned: list[Line]) -> list[LimitVerdict]:
    buckets = [Bucket.of(line.key, line.op) for line in planned]
    return [one for bucket in sorted(set(buckets)) for one in judge_bucket(basis, bucket, buckets.count(bucket))]


def looked_ahead(
    policy: CheckedPolicy, snapshot: Snapshot, start: StartingPoint, *, include_drafts: bool = False
) -> Forecast:
    evaluations = ReferenceEvaluations(policy, snapshot, include_drafts=include_drafts)
    found = forecast(policy, evaluations, start, SPAN)
    for few in (0, FEW):
        columns = ColumnarEvaluations(policy, columns_of(snapshot), include_drafts=include_drafts, few=few)
        for begun in (start, replace(start, managed=in_columns(start.managed))):
            assert forecast(policy, columns, begun, SPAN) == found
    return found


def in_columns(managed: ManagedState) -> ManagedState:
    return replace(managed, entries=managed_columns(managed.entries))


@modest
@given(held_back_policies(), snapshots(), st.data())
def test_e8_e9_a_forecast_is_every_day_evaluated_reconciled_and_enforced(
    policy: CheckedPolicy, snapshot: Snapshot, data: st.DataObject
) -> None:
    start = StartingPoint(
        data.draw(managed_then(policy, snapshot)), data.draw(executed_changes), data.draw(maybe_day_before)
    )
    include_drafts = data.draw(st.booleans())
    ahead = looked_ahead(policy, snapshot, start, include_drafts=include_drafts)
    assert [told(day) for day in ahead.days] == day_by_day(policy, snapshot, start, include_drafts=include_drafts)


@modest
@given(policies(), snapshots())
def test_where_nothing_is_held_back_a_forecast_is_what_decisions_gain_and_lose(
    policy: CheckedPolicy, snapshot: Snapshot
) -> None:
    """Accounts of people whom nothing freezes: desired today against desired tomorrow."""
    free = replace(policy, exclusions={})
    days = {day.day: day for day in looked_ahead(free, snapshot, StartingPoint(ManagedState("L", 0))).days}
    before = evaluate(free, snapshot, SPAN[0])
    for number in range(1, (SPAN[1] - SPAN[0]).days + 1):
        day = SPAN[0] + number * DAY
        now = evaluate(free, snapshot, day)
        troubled = before.frozen.keys() | now.frozen.keys()
        turned = {
            key: Op.GRANT if key in now.desired else Op.REVOKE
            for key in before.desired.keys() ^ now.desired.keys()
            if key.kind is Kind.ACCOUNT and key.person not in troubled
        }
        changes = days[day].changes if day in days else ()
        assert turned == {
            one.line.key: one.line.op
            for one in changes
            if one.line.key.kind is Kind.ACCOUNT and one.line.key.person not in troubled
        }
        before = now
