"""Persons put before the few rules that have a say in what is asked, instead of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from engine.evaluate.context import Context
from engine.evaluate.persons import decide_person
from engine.evaluate.rules import Subject
from engine.evaluate.typed_person import type_person
from engine.explain.fields_seen import FieldsSeen
from engine.explain.witness import Witness
from engine.graph.givers import Givers
from engine.graph.holds import held_by
from policy.entitlements import Entitlement
from policy.people import Person


@dataclass(frozen=True, slots=True)
class RulesBehind:
    """Rules that may grant something, and those that decide what such a rule `holds`.

    `held` has what the condition of each rule holds, by its id, where it holds anything.
    """

    context: Context
    givers: Givers
    held: Mapping[str, tuple[Entitlement, ...]]
    seen: FieldsSeen

    @classmethod
    def of(cls, context: Context) -> RulesBehind:
        """All rules of the context's policy, drafts too; those that take part decide what is held."""
        held = {rule.id: held_by(rule) for rule in context.policy.rules.values()}
        givers = Givers(context.policy.rules.values())
        return cls(context, givers, {rule: found for rule, found in held.items() if found}, FieldsSeen(context.policy))

    def witness(self, person: Person, entitlements: Iterable[Entitlement]) -> Witness:
        """Witness who can be asked about these entitlements, and says what one who met all rules would."""
        deciding = self._deciding(entitlements)
        if not deciding:
            typed = type_person(self.seen.narrow(person), self.context)
            return Witness(Subject.of(typed, self.context, frozenset()), self.givers)
        rules = tuple(rule for rule in self.context.rules if rule.id in deciding)
        context = replace(self.context, rules=rules)
        decision = decide_person(person, context)
        return Witness(Subject.of(decision.person, self.context, decision.desired.keys()), self.givers)

    def _deciding(self, entitlements: Iterable[Entitlement]) -> set[str]:
        """Rules that decide what the rules behind the entitlements hold, and so on behind those."""
        found: set[str] = set()
        open_ends = [
            held for one in entitlements for rule in self.givers.of(one) for held in self.held.get(rule.id, ())
        ]
        while open_ends:
            for rule in self.givers.of(open_ends.pop()):
                if rule.id not in found:
                    found.add(rule.id)
                    open_ends += self.held.get(rule.id, ())
        return found
