"""The evaluator against a naive model that shares no code with it: windows by walking the calendar day by day,
conditions over plain dictionaries.

The model knows rules for any and every contract, windows relative to a contract's dates, and `is` with `and`/`or`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluate.evaluate import evaluate
from policy.entitlements import EntitlementKey, Kind
from policy.expressions import AllOf, AnyOf, Comparison, Condition, TextOperand
from policy.moments import Duration, Moment, Unit
from policy.people import Contract, Person
from policy.rules import Grant, Rule, Scope, Template, Window, WindowBound
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import field, policy_of, span

EPOCH = date(2026, 1, 29)
SPELL = 45


@dataclass(frozen=True)
class Bound:
    """`count` units before (negative) or after `base`."""

    base: str
    count: int
    months: bool


@dataclass(frozen=True)
class Job:
    start: int
    length: int | None
    codes: tuple[str, str]


@dataclass(frozen=True)
class Ask:
    """Two tests `path is code`, joined by `and` or `or`, each possibly negated."""

    first: tuple[str, bool]
    second: tuple[str, bool]
    both: bool


PATHS = ("type.code", "title.code")
_bases = st.sampled_from(("start_date", "end_date"))
bounds = st.builds(Bound, _bases, st.integers(-20, 20), months=st.just(value=False)) | st.builds(
    Bound, _bases, st.integers(-2, 2), months=st.just(value=True)
)
jobs = st.builds(
    Job, st.integers(0, SPELL), st.none() | st.integers(0, SPELL), st.tuples(*[st.sampled_from(("A", "B", ""))] * 2)
)
asks = st.builds(Ask, *[st.tuples(st.sampled_from(("A", "B")), st.booleans())] * 2, st.booleans())


def naive_shift(day: date, bound: Bound) -> date:
    """Walk: one day at a time, or one month at a time keeping the first day's number as far as the month has it."""
    step = 1 if bound.count > 0 else -1
    if not bound.months:
        for _ in range(abs(bound.count)):
            day += timedelta(days=step)
        return day
    year, month = day.year, day.month
    for _ in range(abs(bound.count)):
        month += step
        year, month = (year + 1, 1) if month == 13 else (year - 1, 12) if month == 0 else (year, month)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def naive_inside(job: Job, starting: Bound | None, ending: Bound | None, today: date) -> bool:
    dates = {"start_date": EPOCH + timedelta(days=job.start), "end_date": None}
    if job.length is not None:
        dates["end_date"] = dates["start_date"] + timedelta(days=job.length)
    first = dates["start_date"] if starting is None else dates[starting.base]
    last = dates["end_date"] if ending is None else dates[ending.base]
    if first is None:
        return False
    first = naive_shift(first, starting) if starting else first
    last = naive_shift(last, ending) if last and ending else last
    if last is None:
        return today >= first
    day = first
    while day <= last:
        if day == today:
            return True
        day += timedelta(days=1)
    return False


def naive_satisfied(job: Job, ask: Ask) -> bool:
    one = (job.codes[0] == ask.first[0]) != ask.first[1]
    two = (job.codes[1] == ask.second[0]) != ask.second[1]
    return (one and two) if ask.both else (one or two)


def to_bound(bound: Bound | None) -> WindowBound | None:
    if bound is None:
        return None
    offset = Duration(abs(bound.count), Unit.MONTHS if bound.months else Unit.DAYS)
    base = field(f"contract.{bound.base}")
    return WindowBound(Moment(base, offset, "before" if bound.count < 0 else "after"), span())


def to_condition(ask: Ask) -> Condition:
    parts = tuple(
        Comparison(field(f"contract.{path}"), "is", TextOperand(code), negated, span())
        for path, (code, negated) in zip(PATHS, (ask.first, ask.second), strict=True)
    )
    return AllOf(parts, span()) if ask.both else AnyOf(parts, span())


def to_contract(number: int, job: Job) -> Contract:
    start = EPOCH + timedelta(days=job.start)
    end = {} if job.length is None else {"end_date": start + timedelta(days=job.length)}
    codes = {path: code for path, code in zip(PATHS, job.codes, strict=True) if code}
    return Contract(f"C{number}", {"start_date": start, **end, **codes})


@settings(max_examples=300, deadline=None)
@given(
    st.lists(jobs, max_size=3),
    st.sampled_from((Scope.ANY_CONTRACT, Scope.EVERY_CONTRACT)),
    asks,
    st.none() | bounds,
    st.none() | bounds,
    st.integers(-30, SPELL * 2 + 30),
)
def test_agrees_with_the_naive_model(  # noqa: PLR0917  # one argument per thing that varies
    found: list[Job], scope: Scope, ask: Ask, starting: Bound | None, ending: Bound | None, day: int
) -> None:
    today = EPOCH + timedelta(days=day)
    account = Grant(Template("ad", Kind.ACCOUNT, (), span()), Window(ending=to_bound(ending)), span())
    window = Window(to_bound(starting))
    rule = Rule("r", "r", None, None, None, scope, to_condition(ask), window, (account,), draft=False, span=span())
    person = Person("P1", {}, tuple(to_contract(number, job) for number, job in enumerate(found)))

    inside = [job for job in found if naive_inside(job, starting, ending, today)]
    satisfied = [naive_satisfied(job, ask) for job in inside]
    expected = bool(inside) and (any(satisfied) if scope is Scope.ANY_CONTRACT else all(satisfied))

    desired = evaluate(policy_of(rule), Snapshot.of([person], ()), today).desired
    assert (EntitlementKey("P1", "ad", Kind.ACCOUNT) in desired) == expected
