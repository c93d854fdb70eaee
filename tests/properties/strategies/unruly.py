"""Worlds to reconcile that our own doing would hardly reach: whatever comes, every engine says the same of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from engine.reconcile.inputs import Correlation, ReconcileInputs
from policy.canonical import JsonValue
from policy.decisions import Decisions, Reason
from policy.diff import Ended, Op
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState
from policy.people import DataProblem
from policy.rules import CheckedPolicy
from policy.targets import AccountPayload, Limit, Observation, ObservedAccount
from tests.builders.diffs import TODAY, excluded, exclusion, executed, key, limit, never, policy, target

PERSONS = ("P1", "P10", "P2", "Zoë", "é", "\U0001f600")
DECLARED = ("ad", "entra", "erp")
TARGETS = (*DECLARED, "gone")
PERMISSIONS = ("A", "B", "Ж")
KEYS = tuple(
    f"{person} {id_} {what}" for person in PERSONS for id_ in TARGETS for what in ("account", "access", *PERMISSIONS)
)
ACCOUNTS = tuple(key(text) for text in KEYS if text.endswith(" account"))
NUMBERS = ("1", "2", "3", "4", "")
ANCHORS = ("x0", "x1", "x2", "x3", "x4", "x5")
PROBLEMS = ((), *((DataProblem("ORD0000", field, "None."),) for field in ("name", "start_date")))
ITEM = TypeVar("ITEM")


def unruly_worlds() -> st.SearchStrategy[ReconcileInputs]:
    """Everything a diff is made of, without any sense: marks, anchors and observations of all kinds at once.

    Each comes from one number, so thousands are made in a minute.
    """
    return st.integers(0, 2**48).map(lambda seed: _Unruly(Random(seed)).world())


class _Unruly:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.share = random.choice((0.1, 0.5, 0.9))

    def world(self) -> ReconcileInputs:
        decisions, state = self.decisions(), self.state()
        payloads = {one: AccountPayload(self.attributes(), {}) for one in self.some(ACCOUNTS, 0.7)}
        return ReconcileInputs(
            decisions,
            self.policy(),
            state,
            payloads=payloads,
            payload_problems=dict.fromkeys(self.some(ACCOUNTS, 0.05), "The name could not be made."),
            observations={
                id_: Observation(id_, tuple(map(self.observed, self.some(ANCHORS, 0.7))))
                for id_ in self.some((*TARGETS, "new"), 0.7)
            },
            correlations={
                id_: Correlation("number", {person: self.pick(NUMBERS) for person in self.some(PERSONS)})
                for id_ in self.some(TARGETS, 0.7)
            },
            executed=executed("ad account", 2, self.pick(tuple(Op)), self.random.randrange(3)),
            secret_fields={"ad": frozenset({"level"})},
            salt=b"salt",
            previous_as_of=self.pick((None, TODAY - timedelta(days=5))),
            endings={one: self.endings() for one in self.some(tuple(state.entries))},
        )

    def decisions(self) -> Decisions:
        wanted = [key(text) for text in self.some(KEYS, self.share)]
        return Decisions(
            TODAY,
            {one: self.reasons() for one in sorted(wanted)},
            frozen={one: self.pick(PROBLEMS) for one in self.rarely()},
            excluded={one: excluded("by-hand", *self.some(DECLARED, 0.3)) for one in self.rarely()},
            ended={one: excluded("old", *self.some(DECLARED, 0.3)) for one in self.rarely()},
            present=frozenset(one.person for one in wanted),
            includes_drafts=self.pick((True, False)),
        )

    def policy(self) -> CheckedPolicy:
        upstream = {"ad": [], "entra": self.some(("ad",)), "erp": self.some(("ad", "entra", "nowhere"))}
        targets = [
            target(
                id_,
                *(self.limit() for _ in range(self.random.randrange(3))),
                depends_on=upstream[id_],
                delete_after_days=self.pick((None, 0, 30)),
            )
            for id_ in DECLARED
        ]
        nevers = (
            never("ad A", "erp B"),
            never("ad account", "erp account", but="P1", id_="no-erp"),
            never("ad A", "ad B", id_="both-in-ad"),
            never("erp A", "gone B", id_="far"),
            never("ad Ж", "ad Ж", id_="itself"),
            never("ad A", "nowhere A", id_="unheard-of"),
        )
        ends = self.pick((None, TODAY - timedelta(days=9), TODAY - timedelta(days=1)))
        return policy(*targets, nevers=self.some(nevers), exclusions=self.some([exclusion("old", until=ends)], 0.7))

    def limit(self) -> Limit:
        action = self.random.choice(("grant", "update", "revoke"))
        kind = "account" if action == "update" else self.pick(("account", "access", "permission"))
        count, percent = self.pick(((1, None), (4, None), (9, None), (None, 30), (9, 60)))
        return limit(action, kind, count, percent=percent, days=self.pick((None, 3)))

    def state(self) -> ManagedState:
        marks = self.pick((0, 0.1, 0.5))
        entries = [self.entry(key(text), marks) for text in self.some(KEYS, self.share)]
        return ManagedState("L1", 1, {one.key: one for one in sorted(entries, key=lambda one: one.key)})

    def entry(self, one: EntitlementKey, marks: float) -> ManagedEntitlement:
        is_account = one.kind is Kind.ACCOUNT
        disabled = self.random.random() < (marks if is_account else marks / 5)
        return ManagedEntitlement(
            one,
            self.random.randrange(1, 4),
            anchor=self.pick(("", *ANCHORS)) if is_account else "",
            attributes=self.attributes() if is_account else {},
            disabled_on=TODAY - timedelta(days=self.pick((0, 29, 30))) if disabled else None,
            unmanage=self.random.random() < marks / 2,
        )

    def observed(self, anchor: str) -> ObservedAccount:
        number = self.pick((*NUMBERS, None))
        permissions = frozenset(self.some((*PERMISSIONS, "unknown")))
        return ObservedAccount(anchor, {"number": number, **self.attributes()}, self.pick((True, False)), permissions)

    def attributes(self) -> dict[str, JsonValue]:
        values: dict[str, JsonValue] = {
            "name": self.pick(("Zoë", "Zoe\u0308", "Bo", None)),
            "level": self.pick((1, True, "1")),
            "list": self.pick(([], ["a"], ("a",), "a")),
        }
        return {name: values[name] for name in self.some(tuple(values), 0.7)}

    def reasons(self) -> tuple[Reason, ...]:
        rules = (("base", "hr:1"), ("base", "hr:2"), ("vip", "hr:1"))
        found = {Reason(*self.pick(rules), self.pick(("", "C1", "C2"))) for _ in range(self.random.randrange(1, 4))}
        return tuple(sorted(found))

    def endings(self) -> tuple[Ended, ...]:
        return tuple(Ended(text, "base", "hr:1") for text in self.some(("it is over", "no rule grants it any more")))

    def pick(self, of: Sequence[ITEM]) -> ITEM:
        return self.random.choice(of)

    def some(self, of: Iterable[ITEM], share: float = 0.5) -> list[ITEM]:
        return [one for one in of if self.random.random() < share]

    def rarely(self) -> list[str]:
        return self.some(PERSONS, self.pick((0, 0.3)))
