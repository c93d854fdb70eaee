"""Lines that need a look of their own, by the reference itself: changed, adopted, disabled or released accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, islice

import numpy as np
import pyarrow as pa

from engine.merge.candidates import GIVEN, Candidates
from engine.merge.managed import ManagedColumns
from engine.merge.numbering import ACCOUNT, Numbering, Numbers
from engine.merge.observing import Observed
from engine.reconcile.classify import Classifier
from engine.reconcile.drafts import Draft
from engine.reconcile.inputs import ReconcileInputs
from policy.decisions import Reason
from policy.diff import Op
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.targets import ObservedAccount

_Pairs = tuple[Numbers, Numbers]


@dataclass(slots=True)
class Intricate:
    """Judges single keys. `drafts` gives by person and entitlement (numbers) the line to be, None for no line."""

    inputs: ReconcileInputs
    managed: ManagedColumns
    numbering: Numbering
    observed: Observed
    drafts: dict[tuple[int, int], Draft | None] = field(default_factory=dict)

    def judge(self, candidates: Candidates) -> None:
        """Judge accounts first, as what hangs on them looks at theirs."""
        accounts = _joined(self._changed(), self._with_problem(), self._marked(), self.observed.adoptable)
        hanging = self._released()
        pairs = _joined(accounts, hanging)
        keys = self.numbering.keys_of(*pairs)
        classifier = Classifier(self._inputs_of(pairs, keys), dict(self.observed.targets))
        named = zip(zip(*(one.tolist() for one in pairs), strict=True), keys, strict=True)
        for pair, key in islice(named, len(accounts[0])):
            draft = self.drafts[pair] = classifier.classify_account(key)
            if draft is not None:
                classifier.drafts[key] = draft
        for pair, key in named:
            self.drafts[pair] = classifier.classify_hanging(key)
        self._adopt_held(candidates)

    def adopted(self) -> Mapping[str, Mapping[str, int]]:
        """Persons (numbers) of accounts to be adopted by target and anchor."""
        found: dict[str, dict[str, int]] = {}
        for (person, number), draft in sorted(self.drafts.items()):
            if draft is not None and draft.anchor and self.numbering.kind[number] == ACCOUNT:
                found.setdefault(draft.key.target, {})[draft.anchor] = person
        return found

    def _inputs_of(self, pairs: _Pairs, keys: Sequence[EntitlementKey]) -> ReconcileInputs:
        """Give the inputs of these keys alone: what the reference looks up one by one is read together."""
        is_given = self.numbering.desired.find(*pairs) >= 0
        desired: dict[EntitlementKey, tuple[Reason, ...]] = dict.fromkeys(compress(keys, is_given.tolist()), ())
        entries = dict(self.managed.entries_at(keys, self.numbering.managed.find(*pairs)))
        return replace(
            self.inputs,
            decisions=replace(self.inputs.decisions, desired=desired),
            managed=replace(self.inputs.managed, entries=entries),
        )

    def _changed(self) -> _Pairs:
        """Accounts desired and managed whose mapped attributes are not the very ones that were applied."""
        keys = list(self.inputs.payloads)
        persons = self.numbering.find_persons([key.person for key in keys])
        entitlements = self.numbering.numbers_of(keys)
        places = self.numbering.managed.find(persons, entitlements)
        is_both = (places >= 0) & (self.numbering.desired.find(persons, entitlements) >= 0)
        at = np.flatnonzero(is_both)
        rows = self.managed.detail_rows(places[at])
        texts = self.managed.details.column("attributes").take(pa.array(rows, mask=rows < 0)).to_pylist()
        applied = zip(at.tolist(), texts, strict=True)
        changed = [one for one, text in applied if _read(text) != self.inputs.payloads[keys[one]].attributes]
        return persons[changed], entitlements[changed]

    def _with_problem(self) -> _Pairs:
        """Desired accounts that could not be mapped."""
        keys = list(self.inputs.payload_problems)
        persons = self.numbering.find_persons([key.person for key in keys])
        entitlements = self.numbering.numbers_of(keys)
        at = np.flatnonzero(self.numbering.desired.find(persons, entitlements) >= 0)
        return persons[at], entitlements[at]

    def _marked(self) -> _Pairs:
        """Accounts that a staged deletion disabled, or that are released by hand."""
        persons, entitlements = self.numbering.managed.pairs_at(np.union1d(self.managed.gone, self.managed.released))
        is_account = self.numbering.kind[entitlements] == ACCOUNT
        return persons[is_account], entitlements[is_account]

    def _released(self) -> _Pairs:
        """Pairs other than accounts that are released by hand, or hang on an account that is."""
        persons, entitlements = self.numbering.managed.pairs_at(self.managed.released)
        found = set(zip(persons.tolist(), entitlements.tolist(), strict=True))
        side, targets = self.numbering.managed, self.numbering.target
        for person, number in [one for one in found if self.numbering.kind[one[1]] == ACCOUNT]:
            theirs = side.common[side.items[side.first[person] : side.first[person + 1]]]
            found |= {(person, one) for one in theirs.tolist() if targets[one] == targets[number]}
        hanging = sorted(one for one in found if self.numbering.kind[one[1]] != ACCOUNT)
        return np.array([one[0] for one in hanging], np.int32), np.array([one[1] for one in hanging], np.int32)

    def _adopt_held(self, candidates: Candidates) -> None:
        """Adopt what would be granted and is there already on the account, ours or to be adopted."""
        numbering = self.numbering
        is_seen = np.array([target in self.observed.targets for target in numbering.targets], np.bool_)
        is_hanging = is_seen[numbering.target] & (numbering.kind != ACCOUNT)
        at = np.flatnonzero(is_hanging[candidates.entitlements] & (candidates.sides == GIVEN))
        pairs = candidates.persons[at], candidates.entitlements[at]
        anchors = self._anchors(pairs[0], numbering.account[pairs[1]])
        for person, number, anchor in zip(*(one.tolist() for one in pairs), anchors, strict=True):
            entitlement = numbering.entitlements[number]
            account = self.observed.targets[entitlement.target].find_account(anchor)
            if account is not None and _has(account, entitlement):
                key = EntitlementKey.of(numbering.person_ids[person].as_py(), entitlement)
                self.drafts[person, number] = Draft(key, Op.ADOPT, anchor=account.anchor)

    def _anchors(self, persons: Numbers, accounts: Numbers) -> list[str | None]:
        """Anchor of each account that is managed or to be adopted."""
        places = self.numbering.managed.find(persons, accounts)
        rows = self.managed.detail_rows(places)
        ours = self.managed.details.column("anchor").take(pa.array(rows, mask=rows < 0)).to_pylist()
        found: list[str | None] = []
        for pair, place, anchor in zip(
            zip(persons.tolist(), accounts.tolist(), strict=True), places, ours, strict=True
        ):
            draft = self.drafts.get(pair)
            found.append(anchor if place >= 0 or draft is None else draft.anchor)
        return found


def _joined(*pairs: _Pairs) -> _Pairs:
    return np.concatenate([one[0] for one in pairs]), np.concatenate([one[1] for one in pairs])


def _has(account: ObservedAccount, entitlement: Entitlement) -> bool:
    return account.enabled if entitlement.kind is Kind.ACCESS else entitlement.name in account.permissions


def _read(text: str | None) -> object:
    """Attributes last applied."""
    return {} if text is None else json.loads(text)
