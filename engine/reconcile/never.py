"""Separation of duties: forbidden pairs among what is held and what would be new (LANGUAGE.md section 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from engine.reconcile.drafts import Draft
from engine.reconcile.order import ADDITIONS, REMOVALS
from policy.diff import Status, Violation, Why
from policy.entitlements import Entitlement, EntitlementKey
from policy.ledger import ManagedState
from policy.rules import Never


class Standing(Enum):
    """Where one side of a pair stands for somebody."""

    ABSENT = auto()
    HELD = auto()
    LEAVING = auto()  # held, and its removal is planned in this same diff
    NEW = auto()


@dataclass(frozen=True, slots=True)
class NeverVerdicts:
    """What the nevers say: lines denied, lines that wait for a removal of this same diff, pairs held already."""

    denied: Mapping[EntitlementKey, tuple[Why, ...]] = field(default_factory=dict)
    waiting: Mapping[EntitlementKey, tuple[Why, ...]] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What everybody holds and would get. `statuses` holds the settled status of every removal."""

    managed: ManagedState
    drafts: Mapping[EntitlementKey, Draft]
    statuses: Mapping[EntitlementKey, Status]

    def side(self, key: EntitlementKey) -> Standing:
        """Where one side of a pair stands. A disabled account is taken away already; managed means held."""
        entry = self.managed.entries.get(key)
        draft = self.drafts.get(key)
        if draft is not None and draft.op in ADDITIONS:
            return Standing.NEW
        if entry is None or entry.disabled_on is not None:
            return Standing.ABSENT
        if draft is not None and draft.op in REMOVALS and self.statuses[key] is Status.PLANNED:
            return Standing.LEAVING
        return Standing.HELD


def judge_nevers(nevers: Mapping[str, Never], holdings: Holdings, as_of: date) -> NeverVerdicts:
    """Judge every never for every person.

    A new grant beside something held is denied; if both would be new, both are, also when one of them is frozen or
    waiting today, so that no detour decides who is first. A removal that is planned in this same diff lets the other
    side wait for it; one that is blocked, frozen or waiting itself leaves the side held. Both held is a violation,
    which revokes nothing.
    """
    people = _index(nevers, holdings)
    denied: dict[EntitlementKey, list[Why]] = {}
    waiting: dict[EntitlementKey, list[Why]] = {}
    violations: list[Violation] = []
    for id_ in sorted(nevers):
        never = nevers[id_]
        for person in sorted(people.get(never.first, set()) & people.get(never.second, set())):
            if is_excepted(never, person, as_of):
                continue
            first, second = EntitlementKey.of(person, never.first), EntitlementKey.of(person, never.second)
            sides = (holdings.side(first), holdings.side(second))
            if sides == (Standing.HELD, Standing.HELD):
                violations.append(violation(never, person))
            for key, other, (own, theirs) in ((first, second, sides), (second, first, sides[::-1])):
                if own is not Standing.NEW:
                    continue
                match theirs:
                    case Standing.HELD | Standing.NEW:
                        denied.setdefault(key, []).append(denial(never, other, theirs))
                    case Standing.LEAVING:
                        waiting.setdefault(key, []).append(revoke_first(never, other))
                    case Standing.ABSENT:
                        pass
    return NeverVerdicts(
        {key: tuple(whys) for key, whys in denied.items()},
        {key: tuple(whys) for key, whys in waiting.items()},
        tuple(sorted(violations, key=lambda one: (one.person, one.never))),
    )


def _index(nevers: Mapping[str, Never], holdings: Holdings) -> dict[Entitlement, set[str]]:
    spoken_of = {side for never in nevers.values() for side in (never.first, never.second)}
    people: dict[Entitlement, set[str]] = {}
    keys: Iterable[EntitlementKey] = holdings.managed.entries.keys() | holdings.drafts.keys() if spoken_of else ()
    for key in keys:
        if key.entitlement in spoken_of:
            people.setdefault(key.entitlement, set()).add(key.person)
    return people


def is_excepted(never: Never, person: str, as_of: date) -> bool:
    """Whether a person may hold both on that day."""
    return any(one.person == person and (one.until is None or as_of <= one.until) for one in never.exceptions)


def _pair(never: Never) -> str:
    return f"{never.id} ({never.span.at}) forbids {never.first} together with {never.second}"


def denial(never: Never, other: EntitlementKey, theirs: Standing) -> Why:
    """Why a grant is denied beside `other`."""
    state = "is held already" if theirs is Standing.HELD else "would be new as well, so neither is granted"
    return Why("never", never.id, f"{_pair(never)}; {other.entitlement} {state}.")


def revoke_first(never: Never, other: EntitlementKey) -> Why:
    """Why a grant waits until `other` is gone."""
    return Why("revoke_first", never.id, f"{_pair(never)}; {other.entitlement} is taken away first, in this same diff.")


def violation(never: Never, person: str) -> Violation:
    """Both sides are held by a person."""
    because = f" ({never.because})" if never.because else ""
    text = f"{_pair(never)}{because}; both are held. Nothing is revoked by this."
    return Violation(person, never.id, never.severity, never.span.at, text)
