"""What differs between two policies, as far as it may decide about anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.compare.meaning import same_meaning
from engine.graph.holds import held_by, held_in, may_grant
from policy.entitlements import Entitlement
from policy.rules import CheckedPolicy, Rule

EVERYBODY: Sequence[tuple[str, str]] = (
    ("timezone", "the timezone of the policy changed"),
    ("primary_contract_by", "another contract may be the primary one"),
    ("primary_manager", "the primary manager is found in another way"),
    ("schema", "fields changed"),
)
"""What of a policy decides about everybody, and what to say when it differs."""


Holders = Mapping[str, tuple[Entitlement, ...]]
"""Rules that hold something, by id, and what."""


@dataclass(frozen=True, slots=True)
class PolicyChanges:
    """What differs.

    `everybody` says why everybody is touched, "" when that is not so. `rules` are ids of rules that were added,
    removed or changed, or that hold what such a rule grants. `exclusions` tells whether all exclusions have to be
    looked at again: one was added, removed or changed, or holds what may be granted otherwise now. `holders` are rules
    that hold something. `unlike` are ids of all rules that differ in any way, also drafts, and in where they stand.
    """

    everybody: str = ""
    rules: frozenset[str] = frozenset()
    exclusions: bool = False
    holders: Holders = field(default_factory=dict)
    unlike: frozenset[str] = frozenset()


def holders_of(rules: Iterable[Rule]) -> Holders:
    """Rules that hold something."""
    found = ((rule.id, held_by(rule)) for rule in rules)
    return {id_: held for id_, held in found if held}


def compare_policies(
    before: CheckedPolicy, after: CheckedPolicy, holders: Holders, *, include_drafts: bool
) -> PolicyChanges:
    """Tell what differs in what the policies mean; where they say it does not count.

    `holders` are those of the policy before. Draft rules count when they take part.
    """
    if before is after:
        return PolicyChanges(holders=holders)
    for name, why in EVERYBODY:
        if getattr(before, name) != getattr(after, name):
            return PolicyChanges(why)
    old, new = (_taking_part(one, include_drafts=include_drafts) for one in (before, after))
    names = {**before.rules, **after.rules}
    unlike = frozenset(id_ for id_ in names if before.rules.get(id_) != after.rules.get(id_))
    others = [id_ for id_ in names if id_ in unlike and (id_ in old or id_ in new)]
    changed = {id_ for id_ in others if not _same_rule(old.get(id_), new.get(id_))}
    holding = {**holders, **holders_of(new[id_] for id_ in others if id_ in new)}
    rules = _with_holders(changed, holding, (old, new))
    return PolicyChanges("", rules, _exclusions_differ(before, after, rules=rules), holding, unlike)


def narrowed_to(policy: CheckedPolicy, wanted: Iterable[str], holders: Holders) -> CheckedPolicy:
    """Give the policy with these rules alone, and those that may grant what they hold."""
    found = {id_: policy.rules[id_] for id_ in sorted(wanted) if id_ in policy.rules}
    waiting = [*found]
    while waiting:
        for held in holders.get(waiting.pop(), ()):
            givers = [rule for rule in policy.rules.values() if rule.id not in found and may_grant(rule, held)]
            found |= {rule.id: rule for rule in givers}
            waiting += [rule.id for rule in givers]
    return replace(policy, rules=dict(sorted(found.items())), exclusions={}, events={})


def _taking_part(policy: CheckedPolicy, *, include_drafts: bool) -> Mapping[str, Rule]:
    if include_drafts:
        return policy.rules
    return {id_: rule for id_, rule in policy.rules.items() if not rule.draft}


def _same_rule(before: Rule | None, after: Rule | None) -> bool:
    """Tell whether a rule decides the same wherever it stands."""
    if before is None or after is None:
        return False
    return same_meaning(replace(before, draft=False), replace(after, draft=False))


def _exclusions_differ(before: CheckedPolicy, after: CheckedPolicy, *, rules: frozenset[str]) -> bool:
    old, new = before.exclusions, after.exclusions
    if old.keys() != new.keys():
        return True
    if rules and any(held_in(one.condition) for one in old.values()):
        return True
    return any(one != new[id_] and not same_meaning(one, new[id_]) for id_, one in old.items())


def _with_holders(changed: set[str], holders: Holders, versions: Sequence[Mapping[str, Rule]]) -> frozenset[str]:
    """Add the rules that hold what a changed rule may grant, or may have granted, and so on."""
    found, waiting = set(changed), [*changed]
    while waiting and holders:
        one = waiting.pop()
        rules = [version[one] for version in versions if one in version]
        for id_, held in holders.items():
            if id_ not in found and any(may_grant(rule, each) for rule in rules for each in held):
                found.add(id_)
                waiting.append(id_)
    return frozenset(found)
