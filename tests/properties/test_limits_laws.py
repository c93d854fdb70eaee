"""Laws of limits: T1, T2, and a release that opens its own bucket alone (T5)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.enforce.releases import release_lines
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.limits import LimitBasis
from engine.reconcile.order import Bucket
from engine.reconcile.reconcile import reconcile
from policy.diff import Line, Op, Status
from policy.statements import Releases
from policy.targets import Limit
from tests.builders.diffs import TODAY
from tests.properties.strategies.reconciling import worlds

modest = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bucket(line: Line) -> Bucket:
    return Bucket.of(line.key, line.op)


def reached(inputs: ReconcileInputs, limit: Limit, one: Bucket, count: int) -> bool:
    """Whether `count` lines reach a limit: said once more, in fractions."""
    entries = inputs.managed.entries.items()
    base = sum(1 for key, entry in entries if (key.target, key.kind, entry.disabled_on) == (one.target, one.kind, None))
    past = [
        change
        for change in inputs.executed
        if limit.days is not None
        and (change.target, change.kind) == (one.target, one.kind)
        and (TODAY - change.executed_on).days < limit.days
        and change.op is one.op
    ]
    total = count + len(past)
    by_percent = limit.percent_hundredths is not None and base > 0
    return (limit.count is not None and total >= limit.count) or (
        by_percent and Fraction(total, base) * 10_000 >= (limit.percent_hundredths or 0)
    )


def limits_on(inputs: ReconcileInputs, one: Bucket) -> list[Limit]:
    action = Op.REVOKE if one.op is Op.DELETE else one.op
    return [
        limit
        for limit in inputs.policy.targets[one.target].limits
        if (limit.action, limit.kind) == (action.value, one.kind)
    ]


def by_bucket(lines: Iterable[Line]) -> dict[Bucket, list[Line]]:
    found: dict[Bucket, list[Line]] = {}
    for line in lines:
        found.setdefault(bucket(line), []).append(line)
    return found


@modest
@given(worlds())
def test_t1_t2_a_bucket_is_blocked_whole_exactly_when_a_limit_is_reached(inputs: ReconcileInputs) -> None:
    diff = reconcile(inputs)
    counted = by_bucket(line for line in diff.lines if line.status in {Status.PLANNED, Status.BLOCKED})
    for one, lines in counted.items():
        trips = any(reached(inputs, limit, one, len(lines)) for limit in limits_on(inputs, one))
        assert {line.status for line in lines} == {Status.BLOCKED if trips else Status.PLANNED}
    tripped = {Bucket(one.target, one.op, one.kind) for one in diff.limits if one.tripped}
    assert tripped == {one for one, lines in counted.items() if lines[0].status is Status.BLOCKED}


@modest
@given(worlds())
def test_every_limit_has_its_verdict(inputs: ReconcileInputs) -> None:
    written = sum(len(target.limits) for target in inputs.policy.targets.values())
    assert len([one for one in reconcile(inputs).limits if one.op is not Op.DELETE]) == written


@modest
@given(worlds(), st.data())
def test_t5_a_release_opens_its_own_bucket_alone(inputs: ReconcileInputs, data: st.DataObject) -> None:
    diff = reconcile(inputs)
    names = sorted({str(bucket(line)) for line in diff.lines if line.status is Status.BLOCKED})
    chosen = data.draw(st.sets(st.sampled_from(names))) if names else set()
    basis = LimitBasis.of(inputs.policy.targets, inputs.managed, inputs.executed, TODAY)
    done = release_lines(diff.lines, Releases(frozenset(chosen)), basis)
    for one, lines in by_bucket(diff.lines).items():
        awake = [line for line in lines if line.n in done.lines]
        assert all(line.status in {Status.BLOCKED, Status.WAITING} for line in awake)
        if not awake or str(one) in chosen:
            continue
        assert all(line.status is Status.WAITING for line in awake)
        executable = awake + [line for line in lines if line.status is Status.PLANNED]
        assert not any(reached(inputs, limit, one, len(executable)) for limit in limits_on(inputs, one))
    assert bool(done.lines) <= bool(chosen)
    blocked = {line.n for line in diff.lines if line.status is Status.BLOCKED and str(bucket(line)) in chosen}
    assert blocked <= done.lines
