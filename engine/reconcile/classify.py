"""Classification of every desired, managed and observed entitlement (DIFFS.md section 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from engine.reconcile.attributes import Secrets, compare_applied, compare_observed
from engine.reconcile.drafts import Classification, Draft
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.matching import ObservedTarget, owned_anchors, read_targets
from engine.reconcile.order import entitlement_id
from policy.diff import Ended, Op, Unmanaged, Why
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.ledger import ManagedEntitlement
from policy.targets import ObservedAccount


def classify(inputs: ReconcileInputs) -> Classification:
    """Classify every key of D, M and O exactly once.

    Where DIFFS.md leaves room:

    - released by hand wins over everything, also where a rule still asks: the line is `unmanage`, the next diff may
      adopt it anew (exclude the person to keep it away for good). What hangs on a released account is released too,
      for without its anchor we could never take it away;
    - an account that a staged deletion disabled is taken away already: desired again it is an `adopt` of its anchor,
      not desired it is a `delete` once its days are over, or at once when policy no longer asks for a delay;
    - what is managed in a target counts as there, whatever the target says (drift is not looked at here).
    """
    classifier = Classifier(inputs, read_targets(inputs))
    keys = sorted(inputs.decisions.desired.keys() | inputs.managed.entries.keys())
    for key in keys:
        if key.kind is Kind.ACCOUNT:
            classifier.place(key, classifier.classify_account(key))
    for key in keys:
        if key.kind is not Kind.ACCOUNT:
            classifier.place(key, classifier.classify_hanging(key))
    unmanaged = tuple(one for target in classifier.targets.values() for one in classifier.find_unmanaged(target))
    return Classification(dict(sorted(classifier.drafts.items())), tuple(sorted(classifier.unchanged)), unmanaged)


@dataclass(slots=True)
class Classifier:
    """Gathers drafts; accounts come first, as what hangs on them looks at theirs."""

    inputs: ReconcileInputs
    targets: dict[str, ObservedTarget]
    drafts: dict[EntitlementKey, Draft] = field(default_factory=dict)
    unchanged: list[EntitlementKey] = field(default_factory=list)

    def place(self, key: EntitlementKey, draft: Draft | None) -> None:
        """Keep what was found of a key, with its reasons."""
        if draft is None:
            self.unchanged.append(key)
        else:
            because = self.inputs.decisions.desired.get(key, ())
            self.drafts[key] = replace(draft, because=because, ended=self._ended(draft))

    def classify_account(self, key: EntitlementKey) -> Draft | None:
        """Line of an account, None when there is nothing to do."""
        entry = self.inputs.managed.entries.get(key)
        desired = key in self.inputs.decisions.desired
        if entry is None:
            return self._with_problem(self._new_account(key))
        if entry.unmanage:
            return Draft(key, Op.UNMANAGE)
        if not desired:
            return self._account_to_remove(entry)
        if entry.disabled_on is not None:
            return self._with_problem(self._changed(Draft(key, Op.ADOPT, anchor=entry.anchor), entry))
        update = self._with_problem(self._changed(Draft(key, Op.UPDATE), entry))
        return update if update.after or update.problem else None

    def classify_hanging(self, key: EntitlementKey) -> Draft | None:
        """Access and permissions, which hang on an account."""
        desired = self.inputs.decisions.desired
        entry = self.inputs.managed.entries.get(key)
        account = self.drafts.get(key.account)
        if entry is None:
            anchor = self._findheld_by(key, account)
            return Draft(key, Op.GRANT) if anchor is None else Draft(key, Op.ADOPT, anchor=anchor)
        if entry.unmanage or (account is not None and account.op is Op.UNMANAGE):
            return Draft(key, Op.UNMANAGE)
        # When the account is no longer desired, what hangs on it goes first, even if a rule still asks for it.
        return None if key in desired and key.account in desired else Draft(key, Op.REVOKE)

    def find_unmanaged(self, target: ObservedTarget) -> Iterable[Unmanaged]:
        """Objects of a target that are neither managed nor adopted; an account stands for all that hangs on it."""
        id_ = target.observation.target
        owners = owned_anchors(self.inputs.managed, id_)
        for draft in self.drafts.values():
            if draft.key.target == id_ and draft.key.kind is Kind.ACCOUNT and draft.anchor:
                owners[draft.anchor] = draft.key
        for account in sorted(target.observation.accounts, key=lambda one: one.anchor):
            owner = owners.get(account.anchor)
            if owner is None:
                yield Unmanaged(id_, Kind.ACCOUNT, "", account.anchor)
                continue
            for kind, name in held_by(account):
                key = EntitlementKey(owner.person, id_, kind, name)
                if key not in self.inputs.decisions.desired and key not in self.inputs.managed.entries:
                    yield Unmanaged(id_, kind, name, account.anchor)

    def _ended(self, draft: Draft) -> tuple[Ended, ...]:
        """Why what the line takes away is not wanted any more."""
        if draft.op not in {Op.REVOKE, Op.DELETE}:
            return ()
        if draft.key in self.inputs.decisions.desired:
            return (hangs_on_nothing(draft.key.account.entitlement),)
        return self.inputs.endings.get(draft.key, ())

    def _new_account(self, key: EntitlementKey) -> Draft:
        target = self.targets.get(key.target)
        match = target.match(key.person) if target else None
        if match is None or (match.account is None and match.conflict is None):
            return Draft(key, Op.GRANT)
        if match.account is None:
            return Draft(key, Op.ADOPT, conflict=match.conflict)
        draft = Draft(key, Op.ADOPT, anchor=match.account.anchor)
        payload = self.inputs.payloads.get(key)
        if payload is None:
            return draft
        before, after = compare_observed(match.account.attributes, payload.attributes, self._secrets(key.target))
        return replace(draft, before=before, after=after) if after else draft

    def _account_to_remove(self, entry: ManagedEntitlement) -> Draft | None:
        if entry.disabled_on is None:
            return Draft(entry.key, Op.REVOKE)
        policy = self.inputs.policy.targets.get(entry.key.target)
        staged = policy.staged_deletion if policy else None
        days = timedelta(days=staged.delete_after_days) if staged else timedelta()
        due = self.inputs.decisions.as_of - entry.disabled_on >= days
        return Draft(entry.key, Op.DELETE) if due else None

    def _changed(self, draft: Draft, entry: ManagedEntitlement) -> Draft:
        payload = self.inputs.payloads.get(draft.key)
        if payload is None:
            return draft
        before, after = compare_applied(entry.attributes, payload.attributes, self._secrets(draft.key.target))
        return replace(draft, before=before, after=after) if after else draft

    def _with_problem(self, draft: Draft) -> Draft:
        text = self.inputs.payload_problems.get(draft.key)
        if text is None:
            return draft
        problem = Why("data", entitlement_id(draft.key.entitlement), text)
        return replace(draft, problem=problem, before=None, after=None)

    def _findheld_by(self, key: EntitlementKey, account: Draft | None) -> str | None:
        """Anchor of the account, ours or to be adopted, that holds `key` already; None when it does not."""
        entry = self.inputs.managed.entries.get(key.account)
        anchor = entry.anchor if entry else account.anchor if account else None
        target = self.targets.get(key.target)
        observed = target.find_account(anchor) if target else None
        if observed is None or (key.kind, key.name) not in held_by(observed):
            return None
        return observed.anchor

    def _secrets(self, target: str) -> Secrets:
        return Secrets(target, self.inputs.secret_fields.get(target, frozenset()), self.inputs.salt)


def hangs_on_nothing(account: Entitlement) -> Ended:
    """Why what a rule still asks for is taken away: its account goes."""
    return Ended(f"a rule still asks for it, but it hangs on the {account}, which no rule asks for")


def held_by(account: ObservedAccount) -> list[tuple[Kind, str]]:
    """Access and permissions that an account has in its target, in order."""
    access = [(Kind.ACCESS, "")] if account.enabled else []
    return access + [(Kind.PERMISSION, name) for name in sorted(account.permissions)]
