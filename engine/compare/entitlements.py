"""What is compared: the entitlements and families of names that either version can give, and which rules do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.compare.relevance import Compared, Givers, rules_with_a_say, templates_in
from engine.graph.templates import may_give
from engine.prove.names import entitlements_of, family_of
from policy.comparison import EntitlementComparison, PersonChange
from policy.entitlements import Entitlement, Kind
from policy.proofs import Family
from policy.rules import CheckedPolicy, Template


@dataclass(frozen=True, slots=True)
class Sides:
    """The two versions that are compared, looked through once for what their rules may give."""

    base: CheckedPolicy
    head: CheckedPolicy
    givers: tuple[Givers, Givers] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "givers", (Givers.of(self.base), Givers.of(self.head)))

    @property
    def compared(self) -> tuple[Compared, ...]:
        """Everything that published rules of either version can give, in order of target, kind and name."""
        both = entitlements_of(self.base, self.head)
        return tuple(sorted(both, key=lambda one: (one.target, kind_of(one), one.name, isinstance(one, Family))))

    def template_of(self, family: Family) -> Template:
        """Give the template of a family, from whichever version has it."""
        found = (each.families.get(str(family)) for each in self.givers)
        return next(one[0] for one in found if one is not None)

    def limited_to(self, wanted: Iterable[Compared]) -> Sides:
        """Give both versions with only the rules, of either, that have a say in `wanted`."""
        asked = [self.template_of(one) if isinstance(one, Family) else one for one in wanted]
        names = rules_with_a_say(self.givers, asked)
        base, head = (
            replace(policy, rules={name: rule for name, rule in policy.rules.items() if name in names})
            for policy in (self.base, self.head)
        )
        return Sides(base, head)


def kind_of(one: Compared) -> Kind:
    """Kind of an entitlement; names are only filled in for permissions."""
    return one.kind if isinstance(one, Entitlement) else Kind.PERMISSION


def can_give(policy: CheckedPolicy, one: Compared) -> bool:
    """Tell whether some published rule of the policy can give the entitlement, or has the name of the family."""
    if isinstance(one, Family):
        return any(True for _ in _templates_of(policy, one))
    return any(may_give(each, one) for each in _published(policy))


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
        templates = _templates_of(policy, Family(one.target, one.name)) if one.family else ()
        if any(may_give(each, told) for each in templates):
            yield one


def _templates_of(policy: CheckedPolicy, family: Family) -> Iterator[Template]:
    return (one for one in _published(policy) if one.fixed is None and family_of(one) == family)


def _published(policy: CheckedPolicy) -> Iterator[Template]:
    return (one for rule in policy.rules.values() if not rule.draft for one in templates_in(rule))
