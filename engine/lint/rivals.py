"""Which rules may cover another one, as far as the form of their conditions tells at once.

Only to ask less: a rule that is ruled out here might still have a part in a cover, which then goes unsaid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from engine.lint.free import topic_of
from engine.lint.implication import follows, parts_of, parts_with_places, values_of
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
class _Group:
    """Rules that want values of the same fields: `topics` of these, and of each how often each value is listed.

    `open` counts the rules that want some value of a topic and list none.
    """

    topics: frozenset[str]
    rules: dict[str, None] = field(default_factory=dict)
    listed: dict[str, Counter[object]] = field(default_factory=dict)
    open: Counter[str] = field(default_factory=Counter)

    def add(self, rule: str, wants: dict[str, _Values]) -> None:
        """Take a rule in."""
        self.rules[rule] = None
        for topic, values in wants.items():
            if values is None:
                self.open[topic] += 1
            else:
                self.listed.setdefault(topic, Counter()).update(values)


@dataclass(frozen=True, slots=True)
class Forms:
    """Conditions of a policy's rules by their form, each read once; rules that grant one thing are grouped once."""

    policy: CheckedPolicy
    proofs: Proofs
    _known: dict[str, _Form] = field(default_factory=dict)
    _lines: dict[str, frozenset[Line]] = field(default_factory=dict)
    _grouped: dict[Hashable, list[_Group]] = field(default_factory=dict)
    _by_line: dict[Line, dict[str, None]] = field(default_factory=dict)
    _parts: dict[str, tuple[Condition, ...]] = field(default_factory=dict)

    def rivals_of(self, rule: Rule, granted: Hashable, givers: Callable[[], Iterable[str]]) -> frozenset[str]:
        """Name rules other than `rule` that grant what it does: `givers` tells who grants what goes by `granted`.

        Left out are rules that want a value where `rule` takes an absent one, and all when they miss a value of it.
        """
        form = self._form(rule)
        near = [one for one in self._groups_of(granted, givers) if one.topics <= form.topics]
        for topic, values in form.wants.items():
            if values is not None and _misses_one(topic, values, near, own=rule.id):
                return frozenset()
        return frozenset().union(*(one.rules for one in near)) - {rule.id}

    def count_givers(self, granted: Hashable, givers: Callable[[], Iterable[str]]) -> int:
        """Count the rules that grant what goes by `granted`, as in `rivals_of`."""
        return sum(len(one.rules) for one in self._groups_of(granted, givers))

    def cover_of(self, rule: Rule, others: Collection[str]) -> tuple[str, ...]:
        """Name one of `others` that surely grants all that `rule` does, by their words alone; empty when none does."""
        for name in sorted(self._with_lines_of(rule, others)):
            one = self.policy.rules[name]
            wider = one.scope is rule.scope or (one.scope is Scope.ANY_CONTRACT and rule.scope in _THROUGH_ANY)
            if wider and all(follows(part, self._parts_of(rule)) for part in self._parts_of(one)):
                return (one.id,)
        return ()

    def _with_lines_of(self, rule: Rule, others: Collection[str]) -> list[str]:
        """Those of `others` that grant all that the rule does on the same days, found by the rarest of its lines."""
        if not others:
            return []
        if not self._by_line:
            for name, one in self.policy.rules.items():
                for line in self._lines_of(one):
                    self._by_line.setdefault(line, {})[name] = None
        lines = self._lines_of(rule)
        rarest = min((self._by_line[line] for line in lines), key=len)
        return [one for one in rarest if one in others and lines <= self._lines_of(self.policy.rules[one])]

    def _groups_of(self, granted: Hashable, givers: Callable[[], Iterable[str]]) -> list[_Group]:
        if granted not in self._grouped:
            groups: dict[frozenset[str], _Group] = {}
            for name in givers():
                wants = self._form(self.policy.rules[name]).wants
                topics = frozenset(wants)
                groups.setdefault(topics, _Group(topics)).add(name, wants)
            self._grouped[granted] = [*groups.values()]
        return self._grouped[granted]

    def _parts_of(self, rule: Rule) -> tuple[Condition, ...]:
        if rule.id not in self._parts:
            self._parts[rule.id] = parts_of(rule.condition)
        return self._parts[rule.id]

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


def _misses_one(topic: str, values: frozenset[object], groups: Iterable[_Group], *, own: str) -> bool:
    """Tell whether all rules but `own`, which lists `values`, list values of a field, and one of these not."""
    seen: Counter[object] = Counter()
    for one in groups:
        mine = own in one.rules
        if len(one.rules) > mine and (topic not in one.topics or one.open[topic]):
            return False  # some rule takes whatever the field holds
        seen.update({value: one.listed.get(topic, Counter())[value] - mine for value in values})
    return any(seen[value] <= 0 for value in values)


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
