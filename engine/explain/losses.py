"""Why somebody is no longer entitled to what is managed: the reason of a revoke, as a diff's line carries it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

from engine.evaluate.context import prepare
from engine.explain.grants import Question
from engine.explain.rules_behind import RulesBehind
from engine.explain.witness import Witness
from policy.diff import Ended
from policy.entitlements import EntitlementKey
from policy.explanations import Failure, GrantExplained
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

_MOST_RULES = 3
_TELLING = ("draft", "scope", "window", "condition", "name")
"""What is told first where several things fail: that a contract is over says more than what it had said besides."""

_GONE = Ended("the person is gone from the sources")
_NO_RULE = Ended("no rule grants it any more")


def explain_losses(
    policy: CheckedPolicy,
    snapshot: Snapshot,
    as_of: date,
    keys: Iterable[EntitlementKey],
    *,
    include_drafts: bool = False,
) -> Mapping[EntitlementKey, tuple[Ended, ...]]:
    """Tell of each key why it is not desired on the day `as_of`: the nearest rules and the first thing that fails.

    Values of private fields are hidden. INVARIANT: E8, the words are the same on every day from one date boundary to
    the next, so today's date is not among them. A key that is desired after all has no such reason.
    """
    lost = sorted(set(keys))
    if not lost:
        return {}
    behind = RulesBehind.of(prepare(policy, snapshot, as_of, include_drafts=include_drafts))
    found: dict[EntitlementKey, tuple[Ended, ...]] = {}
    by_person = [tuple(theirs) for _, theirs in groupby(lost, key=lambda key: key.person)]
    people = snapshot.find_people([asked[0].person for asked in by_person])
    for asked, person in zip(by_person, people, strict=True):
        if person is None:
            found |= dict.fromkeys(asked, (_GONE,))
            continue
        witness = behind.witness(person, [key.entitlement for key in asked])
        for key in asked:
            found[key] = _tell(witness, Question(key.entitlement, as_of))
    return found


def _tell(witness: Witness, question: Question) -> tuple[Ended, ...]:
    because, near = witness.tell(question, attempts=False)
    if because:
        return ()
    nearest = [one for one in near if one.distance == near[0].distance]
    told = dict.fromkeys(_ended(one) for one in nearest)
    return tuple(sorted([*told][:_MOST_RULES])) or (_NO_RULE,)


def _ended(grant: GrantExplained) -> Ended:
    first: Failure = min(grant.failures, key=lambda one: _TELLING.index(one.kind))
    sentence = first.lasting or first.text
    return Ended(f"{sentence[0].lower()}{sentence[1:]}".removesuffix("."), grant.rule, grant.at, first.contract)
