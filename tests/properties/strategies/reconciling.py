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

PERSONS = ("P1", "P2")
TARGETS = ("ad", "entra", "erp")
HOMES = tuple((person, target_id) for person in PERSONS for target_id in TARGETS)
ACCOUNTS = tuple(f"{person} {target_id} account" for person, target_id in HOMES)
SEEN = tuple({"number": number, "name": name} for number in ("", *PERSONS) for name in ("Anna", "Bo"))
BUNDLES = (
    (),
    ("account",),
    ("account", "access"),
    ("account", "A"),
    ("account", "access", "A"),
    ("account", "access", "A", "B"),
)
NAMES = st.sampled_from(("Anna", "Bo"))


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    action: Literal["grant", "update", "revoke"] = draw(st.sampled_from(("grant", "update", "revoke")))
    kind = "account" if action == "update" else draw(st.sampled_from(("account", "access", "permission")))
    count = draw(st.sampled_from((None, 1, 2, 3, 4)))
    percent = draw(st.sampled_from((20, 25, 50, 100) if count is None else (None, 50)))
    return limit(action, kind, count, percent=percent, days=draw(st.sampled_from((None, None, 2, 3))))


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
    for person, target_id in HOMES:
        days_disabled = draw(st.sampled_from((None, None, None, None, None, 0, 29, 30)))
        bundle = ("account",) if days_disabled is not None else draw(st.sampled_from(BUNDLES))
        for what in bundle:
            disabled = None if days_disabled is None else TODAY - timedelta(days=days_disabled)
            more = {"attributes": {"name": draw(NAMES)}, "disabled_on": disabled} if what == "account" else {}
            one = entry(f"{person} {target_id} {what}", **more)
            entries[one.key] = one
    flagged = draw(st.sampled_from((None, None, *sorted(entries)))) if by_hand else None
    if flagged is not None:
        entries[flagged] = replace(entries[flagged], unmanage=True)
    return ManagedState("L1", 1, dict(sorted(entries.items())))


@st.composite
def desires(draw: st.DrawFn) -> list[str]:
    """What people are entitled to, as texts of keys; now and then without the account it needs."""
    wanted = []
    for person, target_id in HOMES:
        wanted += [f"{person} {target_id} {what}" for what in draw(st.sampled_from((*BUNDLES, ("access", "A"))))]
    return wanted


@st.composite
def observations(draw: st.DrawFn, target_id: str, state: ManagedState) -> Observation:
    """What a target shows: accounts that we manage, and some of people whom we do not know or not yet."""
    ours = [one for one in state.entries.values() if one.key.target == target_id and one.key.kind is Kind.ACCOUNT]
    accounts = [draw(_accounts(one.anchor)) for one in ours]
    accounts += [draw(_accounts(f"{target_id}:x{n}")) for n in range(draw(st.sampled_from((0, 0, 1, 2))))]
    return Observation(target_id, tuple(accounts))


def _accounts(anchor: str) -> st.SearchStrategy[ObservedAccount]:
    return st.builds(
        ObservedAccount,
        st.just(anchor),
        st.sampled_from(SEEN),
        enabled=st.booleans(),
        permissions=st.sampled_from((frozenset[str](), frozenset({"A"}), frozenset({"B", "C"}))),
    )


@st.composite
def worlds(draw: st.DrawFn, *, held_back: bool = True, by_hand: bool = True) -> ReconcileInputs:
    """Everything a diff is made of. Unless `held_back` no limit, never, exclusion or data problem stands in the way."""
    state = draw(managed_states(by_hand=by_hand))
    desired = draw(desires())
    left_alone: dict[str, Any] = {}
    if held_back:
        frozen = draw(st.sampled_from(((), (), (), ("P1",))))
        scopes = st.sampled_from(((), ("ad",), ("erp", "entra")))
        names = draw(st.sampled_from(((), (), ("P2",), ("P9",))))
        left_alone = {
            "frozen": dict.fromkeys(frozen, PROBLEM),
            "excluded": {person: excluded("by-hand", *draw(scopes)) for person in names},
        }
    problems = draw(st.sampled_from(((), (), *((one,) for one in ACCOUNTS)))) if held_back else ()
    past = draw(st.lists(st.sampled_from((*TARGETS,)), max_size=2)) if held_back else []
    return ReconcileInputs(
        decide(*desired, **left_alone),
        draw(policies(held_back=held_back)),
        state,
        payloads={key(text): AccountPayload({"name": draw(NAMES)}, {}) for text in ACCOUNTS},
        payload_problems={key(text): "The name could not be made." for text in problems},
        observations={
            one: draw(observations(one, state))
            for one in draw(st.sampled_from(((), ("ad",), ("ad", "entra"), TARGETS)))
        },
        correlations={one: Correlation("number", {person: person for person in PERSONS}) for one in TARGETS[:2]},
        executed=tuple(one for target_id in past for one in executed(f"{target_id} account", 2, Op.REVOKE)),
    )
