"""Towns whose rules hold things back: targets that need one another, staged deletions, limits, nevers, exclusions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from engine.evaluate.evaluate import evaluate
from policy.decisions import Reason
from policy.diff import Op
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState
from policy.rules import CheckedPolicy, Exclusion, Grant, Never, NeverException, Rule, Scope, Template, Window
from policy.snapshot import Snapshot
from policy.targets import Limit, StagedDeletion, TargetDependency, TargetPolicy
from tests.properties.strategies.policies import entitlements, field, policies, span
from tests.properties.strategies.towns import FIRST_DAY, LAST_DAY, days

_PERSONS = ("P1", "P2", "P9")
_TARGETS = ("ad", "t0", "t1", "t2")
SPAN = (FIRST_DAY - timedelta(days=3), LAST_DAY + timedelta(days=12))

_limits = st.builds(
    Limit,
    st.sampled_from(("grant", "revoke")),
    st.sampled_from(Kind),
    st.integers(1, 3),
    st.sampled_from((None, 2500, 5000)),
    st.sampled_from((None, 1, 7, 30)),
    st.just(span()),
)
_staged = st.none() | st.builds(StagedDeletion, st.sampled_from((0, 1, 20)), st.just(span()))
_until = st.none() | days
_sides = st.integers(0, 2).flatmap(entitlements)


@st.composite
def _targets(draw: st.DrawFn) -> dict[str, TargetPolicy]:
    found = {}
    for place, name in enumerate(_TARGETS):
        above = draw(st.sets(st.sampled_from(_TARGETS[:place]), max_size=1)) if place else set()
        needs = tuple(TargetDependency(one, ("mail",), span()) for one in sorted(above))
        limits = tuple(draw(st.lists(_limits, max_size=2)))
        found[name] = TargetPolicy(name, name, needs, limits, draw(_staged), span())
    return found


@st.composite
def _nevers(draw: st.DrawFn, never_id: str) -> Never:
    sides = st.lists(_sides, min_size=2, max_size=2, unique=True)
    first, second = draw(sides)
    people = draw(st.lists(st.sampled_from(_PERSONS), max_size=2, unique=True))
    but = tuple(NeverException(one, "Cover", None, draw(_until), span()) for one in people)
    return Never(never_id, never_id, first, second, "high", None, but, span())


@st.composite
def _exclusions(draw: st.DrawFn, exclusion_id: str) -> Exclusion:
    person = draw(st.sampled_from(_PERSONS))
    targets = draw(st.none() | st.sampled_from((("ad",), ("t0", "t1"))))
    return Exclusion(exclusion_id, exclusion_id, person, None, targets, "test", None, draw(days), span())


def _basics() -> Rule:
    """The accounts that most things need: without them little of a random policy would ever be planned."""
    grants = tuple(Grant(Template(one, Kind.ACCOUNT, (), span()), Window(), span()) for one in _TARGETS)
    return Rule(
        "basics", "basics", None, None, None, Scope.ANY_CONTRACT, None, Window(), grants, draft=False, span=span()
    )


@st.composite
def held_back_policies(draw: st.DrawFn) -> CheckedPolicy:
    policy = draw(policies(most=3))
    rules = {**policy.rules, **({"basics": _basics()} if draw(st.sampled_from((True, True, False))) else {})}
    nevers = [draw(_nevers(f"n{number}")) for number in range(draw(st.integers(0, 2)))]
    excluded = [draw(_exclusions(f"y{number}")) for number in range(draw(st.integers(0, 1)))]
    schema = policy.schema
    if draw(st.sampled_from((True, False, False))):
        schema = schema.narrowed(replace(field("contract.title.code"), required=True))
    return replace(
        policy,
        rules=dict(sorted(rules.items())),
        targets=draw(_targets()),
        nevers={one.id: one for one in nevers},
        exclusions={**policy.exclusions, **{one.id: one for one in excluded}},
        schema=schema,
    )


@st.composite
def managed_then(draw: st.DrawFn, policy: CheckedPolicy, snapshot: Snapshot) -> ManagedState:
    """Nothing, or what was desired some day, less and more of it, with accounts that were disabled or let go."""
    if draw(st.sampled_from((True, False, False))):
        return ManagedState("L", 0)
    desired: dict[EntitlementKey, tuple[Reason, ...]] = dict(evaluate(policy, snapshot, draw(days)).desired)
    extra = draw(st.lists(st.tuples(st.sampled_from(_PERSONS), _sides), max_size=3))
    keys = {key for key in desired if draw(st.sampled_from((True, True, True, False)))}
    keys |= {EntitlementKey.of(person, one) for person, one in extra}
    keys |= {EntitlementKey.of(person, Entitlement(one.target, Kind.ACCOUNT)) for person, one in extra}
    return ManagedState("L", 1, {key: draw(_entries(key)) for key in sorted(keys)})


def _entries(key: EntitlementKey) -> st.SearchStrategy[ManagedEntitlement]:
    plain = st.just(ManagedEntitlement(key, 1))
    let_go = st.just(ManagedEntitlement(key, 1, unmanage=True))
    if key.kind is not Kind.ACCOUNT:
        return st.one_of(plain, plain, plain, plain, let_go)
    disabled = st.builds(lambda day: ManagedEntitlement(key, 1, disabled_on=day), st.just(SPAN[0] - timedelta(days=9)))
    return st.one_of(plain, plain, plain, plain, let_go, disabled)


executed_changes = st.lists(
    st.builds(
        ExecutedChange,
        st.sampled_from(_TARGETS),
        st.sampled_from(Kind),
        st.sampled_from((Op.GRANT, Op.ADOPT, Op.REVOKE, Op.DELETE)),
        st.integers(0, 20).map(lambda ago: SPAN[0] - timedelta(days=ago)),
    ),
    max_size=4,
).map(tuple)

maybe_day_before: st.SearchStrategy[date | None] = st.none() | st.just(SPAN[0] - timedelta(days=5))
