"""Which rules may cover another one, as far as the form of their conditions tells at once.

Only to ask less: a rule that is ruled out here might still have a part in a cover, which then goes unsaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.lint.free import topic_of
from engine.lint.implication import all_follow, parts_with_places, values_of
from engine.lint.proofs import Proofs
from engine.lint.windows import Line, lines_of
from policy.expressions import Comparison, Condition, HasContract, NoOperand
from policy.rules import CheckedPolicy, Rule, Scope

_Values = frozenset[object] | None


_THROUGH_ANY = frozenset({Scope.EVERY_CONTRACT, Scope.PRIMARY_CONTRACT})
"""Scopes in which the contract that a rule grants through is enough for a rule `for any contract`."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What a rule speaks of at all, and what its condition wants of fields: their values, where it lists them."""

    topics: frozenset[str]
    wants: dict[str, _Values]


@dataclass(frozen=True, slots=True)
class Forms:
    """Conditions of a policy's rules by their form, each read once."""

    policy: CheckedPolicy
    proofs: Proofs
    _known: dict[str, _Form] = field(default_factory=dict)
    _lines: dict[str, frozenset[Line]] = field(default_factory=dict)

    def rivals_of(self, rule: Rule, others: Iterable[Rule]) -> tuple[str, ...]:
        """Leave out rules that want a value where `rule` takes an absent one, and all when they miss a value of it."""
        form = self._form(rule)
        rivals = [one for one in others if all(topic in form.topics for topic in self._form(one).wants)]
        for topic, values in form.wants.items():
            wanted = [self._form(one).wants.get(topic) for one in rivals]
            listed = [one for one in wanted if one is not None]
            if values is not None and len(listed) == len(rivals) and not values <= frozenset().union(*listed):
                return ()
        return tuple(one.id for one in rivals)

    def cover_of(self, rule: Rule, others: Iterable[str]) -> tuple[str, ...]:
        """Name one of `others` that surely grants all that `rule` does, by their words alone; empty when none does."""
        for one in (self.policy.rules[name] for name in others):
            wider = one.scope is rule.scope or (one.scope is Scope.ANY_CONTRACT and rule.scope in _THROUGH_ANY)
            if wider and self._lines_of(rule) <= self._lines_of(one) and all_follow(one.condition, rule.condition):
                return (one.id,)
        return ()

    def _lines_of(self, rule: Rule) -> frozenset[Line]:
        if rule.id not in self._lines:
            self._lines[rule.id] = lines_of(rule)
        return self._lines[rule.id]

    def _form(self, rule: Rule) -> _Form:
        if rule.id not in self._known:
            topics = self.proofs.reading_of(rule.condition).topics if rule.condition else frozenset[str]()
            wants: dict[str, _Values] = {}
            for one in _parts(rule.condition):
                if isinstance(one, Comparison) and _wants_value(one):
                    wants[topic_of(one.field)] = values_of(one)
            self._known[rule.id] = _Form(topics, wants)
        return self._known[rule.id]


def _parts(condition: Condition | None) -> Iterator[Condition]:
    """Give what all holds when a condition does, of some contract or other."""
    for part in parts_with_places(condition):
        if isinstance(part, HasContract) and part.quantifier == "any":
            yield from _parts(part.condition)
        else:
            yield part


def _wants_value(one: Comparison) -> bool:
    """Tell whether a comparison is false where its field is absent, and the field may be."""
    return not one.negated and not one.field.required and not isinstance(one.operand, NoOperand)
