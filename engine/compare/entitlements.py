"""What is compared: the entitlements and families of names that either version can give, and which rules do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.compare.relevance import relevant_rules
from engine.graph.templates import may_give, template_text, templates_of
from engine.prove.names import entitlements_of
from policy.comparison import EntitlementComparison, PersonChange
from policy.entitlements import Entitlement, Kind
from policy.proofs import Family
from policy.rules import CheckedPolicy, Template

Compared = Entitlement | Family


@dataclass(frozen=True, slots=True)
class Sides:
    """The two versions that are compared."""

    base: CheckedPolicy
    head: CheckedPolicy

    @property
    def compared(self) -> tuple[Compared, ...]:
        """Everything that published rules of either version can give, in order of target, kind and name."""
        both = entitlements_of(self.base, self.head)
        return tuple(sorted(both, key=lambda one: (one.target, kind_of(one), one.name, isinstance(one, Family))))

    def limited_to(self, wanted: Iterable[Compared]) -> Sides:
        """Give both versions with only the rules, of either, that have a say in `wanted`."""
        listed = [*wanted]
        names = {
            name
            for policy in (self.base, self.head)
            for name in relevant_rules(policy, [each for one in listed for each in self._templates(one)])
        }
        base, head = (
            replace(policy, rules={name: rule for name, rule in policy.rules.items() if name in names})
            for policy in (self.base, self.head)
        )
        return Sides(base, head)

    def _templates(self, one: Compared) -> Iterator[Template | Entitlement]:
        if isinstance(one, Entitlement):
            yield one
        else:
            yield from (each for policy in (self.base, self.head) for each in _templates_of(policy, one))


def kind_of(one: Compared) -> Kind:
    """Kind of an entitlement; names are only filled in for permissions."""
    return one.kind if isinstance(one, Entitlement) else Kind.PERMISSION


def can_give(policy: CheckedPolicy, one: Compared) -> bool:
    """Tell whether some published rule of the policy can give the entitlement, or has the name of the family."""
    if isinstance(one, Family):
        return any(True for _ in _templates_of(policy, one, published=True))
    return any(may_give(each, one) for each in _all_templates(policy, published=True))


def find_comparison(
    change: PersonChange, comparisons: Sequence[EntitlementComparison], sides: Sides
) -> Iterator[EntitlementComparison]:
    """Find what speaks of a change: the entitlement by itself, else the families it came from.

    What somebody gains comes from a name that HEAD fills in, what they lose from one that BASE did.
    """
    told = change.entitlement
    exact = [one for one in comparisons if (one.target, one.kind, one.name) == (told.target, told.kind, told.name)]
    if exact:
        yield from exact
        return
    policy = sides.head if change.gains else sides.base
    for one in comparisons:
        templates = _templates_of(policy, Family(one.target, one.name), published=True) if one.family else ()
        if any(may_give(each, told) for each in templates):
            yield one


def _templates_of(policy: CheckedPolicy, family: Family, *, published: bool = False) -> Iterator[Template]:
    wanted = str(family)
    return (one for one in _all_templates(policy, published=published) if template_text(one) == wanted)


def _all_templates(policy: CheckedPolicy, *, published: bool) -> Iterator[Template]:
    for rule in policy.rules.values():
        if not (published and rule.draft):
            yield from (one for grant in rule.grants for one in templates_of(grant))
