"""Worlds to reconcile: what is desired, managed and observed, with rules of every kind that say what may be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from hypothesis import strategies as st

from engine.reconcile.inputs import Correlation, ReconcileInputs
from policy.diff import Op
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState
from policy.rules import CheckedPolicy
from policy.targets import AccountPayload, Limit, Observation, ObservedAccount
from tests.builders.diffs import PROBLEM, TODAY, decide, entry, excluded, executed, key, limit, never, policy, target

PERSONS = ("P1", "P2", "P3")
TARGETS = ("ad", "entra", "erp")
WHATS = ("account", "access", "A", "B")
TEXTS = tuple(f"{person} {target_id} {what}" for person in PERSONS for target_id in TARGETS for what in WHATS)
ACCOUNTS = tuple(f"{person} {target_id} account" for person in PERSONS for target_id in TARGETS)
NAMES = st.sampled_from(("Anna", "Bo"))


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    action: Literal["grant", "update", "revoke"] = draw(st.sampled_from(("grant", "update", "revoke")))
    kind = "account" if action == "update" else draw(st.sampled_from(("account", "access", "permission")))
    count = draw(st.none() | st.integers(1, 4))
    percent = draw(st.integers(10, 100) if count is None else st.none() | st.integers(10, 100))
    return limit(action, kind, count, percent=percent, days=draw(st.none() | st.integers(1, 7)))


@st.composite
def policies(draw: st.DrawFn, *, held_back: bool = True) -> CheckedPolicy:
    """Rules over three targets. Unless `held_back` there is no limit and no never."""
    chosen = {one: draw(st.lists(limits(), max_size=2)) if held_back else [] for one in TARGETS}
    upstream: dict[str, list[str]] = {
        "ad": [],
        "entra": draw(st.sampled_from(([], ["ad"]))),
        "erp": draw(st.sampled_from(([], ["entra"]))),
    }
    staged = {one: draw(st.sampled_from((None, 0, 30))) for one in TARGETS}
    nevers = [never("ad A", "erp B"), never("ad account", "erp account", but="P1", id_="no-erp")] if held_back else []
    return policy(
        *(target(one, *chosen[one], depends_on=upstream[one], delete_after_days=staged[one]) for one in TARGETS),
        nevers=nevers[: draw(st.integers(0, 2))],
    )


@st.composite
def managed_states(draw: st.DrawFn, *, by_hand: bool = True) -> ManagedState:
    """States our own doing can reach: nothing hangs on an account that is not managed, or that is disabled."""
    entries: dict[EntitlementKey, ManagedEntitlement] = {}
    chosen = draw(st.sets(st.sampled_from(TEXTS)))
    for text in ACCOUNTS:
        if text in chosen:
            disabled = TODAY - timedelta(days=draw(st.integers(0, 60))) if draw(st.integers(0, 4)) == 0 else None
            one = entry(text, attributes={"name": draw(NAMES)}, disabled_on=disabled)
            entries[one.key] = one
    for text in sorted(chosen - set(ACCOUNTS)):
        account = entries.get(key(text).account)
        if account is not None and account.disabled_on is None:
            entries[key(text)] = entry(text)
    if by_hand:
        for flagged in draw(st.sets(st.sampled_from(sorted(entries)), max_size=2)) if entries else ():
            entries[flagged] = replace(entries[flagged], unmanage=True)
    return ManagedState("L1", 1, dict(sorted(entries.items())))


@st.composite
def observations(draw: st.DrawFn, target_id: str, state: ManagedState) -> Observation:
    """What a target shows: accounts that we manage, and some of people whom we do not know or not yet."""
    ours = [one for one in state.entries.values() if one.key.target == target_id and one.key.kind is Kind.ACCOUNT]
    accounts = [draw(_accounts(one.anchor)) for one in ours]
    accounts += [draw(_accounts(f"{target_id}:x{n}")) for n in range(draw(st.integers(0, 3)))]
    return Observation(target_id, tuple(accounts))


def _accounts(anchor: str) -> st.SearchStrategy[ObservedAccount]:
    return st.builds(
        ObservedAccount,
        st.just(anchor),
        st.fixed_dictionaries({"number": st.sampled_from(("", *PERSONS)), "name": NAMES}),
        enabled=st.booleans(),
        permissions=st.frozensets(st.sampled_from(("A", "B", "C"))),
    )


@st.composite
def worlds(draw: st.DrawFn, *, held_back: bool = True, by_hand: bool = True) -> ReconcileInputs:
    """Everything a diff is made of. Unless `held_back` no limit, never, exclusion or data problem stands in the way."""
    state = draw(managed_states(by_hand=by_hand))
    desired = sorted(draw(st.sets(st.sampled_from(TEXTS))))
    left_alone: dict[str, Any] = {}
    if held_back:
        frozen = draw(st.sets(st.sampled_from(PERSONS), max_size=1))
        scopes = st.sampled_from(((), ("ad",), ("erp", "entra")))
        names = draw(st.dictionaries(st.sampled_from((*PERSONS, "P9")), scopes, max_size=1))
        left_alone = {
            "frozen": dict.fromkeys(sorted(frozen), PROBLEM),
            "excluded": {person: excluded("by-hand", *scope) for person, scope in names.items()},
        }
    problems = draw(st.sets(st.sampled_from(ACCOUNTS), max_size=1)) if held_back else set[str]()
    past = draw(st.lists(st.sampled_from((*TARGETS,)), max_size=2)) if held_back else []
    return ReconcileInputs(
        decide(*desired, **left_alone),
        draw(policies(held_back=held_back)),
        state,
        payloads={key(text): AccountPayload({"name": draw(NAMES)}, {}) for text in ACCOUNTS},
        payload_problems={key(text): "The name could not be made." for text in sorted(problems)},
        observations={one: draw(observations(one, state)) for one in draw(st.sets(st.sampled_from(TARGETS)))},
        correlations={one: Correlation("number", {person: person for person in PERSONS}) for one in TARGETS[:2]},
        executed=tuple(one for target_id in past for one in executed(f"{target_id} account", 2, Op.REVOKE)),
    )
