"""Questions about all possible people that lint asks: each once, about the rules it hangs on, from one purse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field, replace

from engine.evaluate.context import window_of
from engine.graph.holds import held_by
from engine.lint.free import Group, Reading, components, read_condition, topics_of_bounds
from engine.lint.givers import Givers
from engine.lint.implication import parts_of
from engine.prove.questions import can_be_entitled, can_be_entitled_to_both, can_fail, can_hold, is_covered
from policy.entitlements import Entitlement, Kind
from policy.expressions import AllOf, Condition, Holds, walk
from policy.proofs import Answer, Budget, Outcome
from policy.rules import CheckedPolicy, Grant, Never, Rule, Scope, Template
from policy.source import Span

_NOWHERE = Span("", 0, 0, 0, 0)
_ASKED = Entitlement("?", Kind.ACCOUNT)
_ASKED_FOR = Template(_ASKED.target, _ASKED.kind, (), _NOWHERE)
_FEW_RULES = 200
"""Up to so many rules `holds` is looked into everywhere; past that only where something is asked anyway."""
_MOST_RELATED = 40
"""Rules that one question may hang on."""

Asking = tuple[str, Span]
"""What a question is about, in words, and its place."""


@dataclass(slots=True)
class Purse:
    """How much may be asked in one run: so many questions, and so many steps, over all and for each.

    `refused` remembers what was not decided for lack of them.
    """

    questions: int = 200
    cases: int = 500_000
    cases_each: int = 20_000
    refused: dict[str, Span] = field(default_factory=dict)

    def ask(self, question: Callable[[Budget], Answer], asking: Asking, *, questions: int = 1) -> Answer | None:
        """Ask within what is left; None when that does not do. `questions` is how many are asked behind this one."""
        if self.questions <= 0 or self.cases <= 0:
            self.refuse(asking)
            return None
        budget = Budget(min(self.cases, self.cases_each), 0)
        answer = question(budget)
        self.questions -= questions
        self.cases -= answer.cases
        if answer.outcome is Outcome.UNDECIDED and answer.cases >= budget.cases:
            self.refuse(asking)
        return answer

    def refuse(self, asking: Asking) -> None:
        """Remember what was not decided."""
        self.refused.setdefault(*asking)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What lint asks of `engine.prove` about a policy; `published` are the givers among its published rules.

    Only a proof counts: what is undecided, or was not asked, is as if it were not so.
    """

    policy: CheckedPolicy
    published: Givers
    purse: Purse = field(default_factory=Purse)
    _proved: dict[Hashable, bool] = field(default_factory=dict)
    _readings: dict[int, Reading] = field(default_factory=dict)
    _groups: dict[int, list[Group]] = field(default_factory=dict)

    def is_free(self, condition: Condition) -> bool:
        """Tell by its form alone that a condition may be true, and false."""
        return self.reading_of(condition).free

    def reading_of(self, condition: Condition) -> Reading:
        """Read a condition of the policy, once: the policy keeps it as long as we remember it by its identity."""
        key = id(condition)
        if key not in self._readings:
            self._readings[key] = read_condition(condition, holds_is_free=self._holds_is_free)
        return self._readings[key]

    def is_never_true(self, condition: Condition, scope: Scope, asking: Asking) -> bool:
        """Tell whether it is proved that a condition is true of nobody, on no day."""
        return not self.is_free(condition) and any(
            self._never(members, scope, asking) for members, reading in self._groups_of(condition) if not reading.free
        )

    def is_always_true(self, condition: Condition, scope: Scope, asking: Asking) -> bool:
        """Tell whether it is proved that a condition is true of everybody, on every day."""
        groups = [] if self.is_free(condition) else self._groups_of(condition)
        if not groups or any(reading.free for _, reading in groups):
            return False
        return all(self._always(one, scope, asking) for members, _ in groups for one in members)

    def never_applies(self, rule: Rule) -> bool:
        """Tell whether it is proved that a condition is true of nobody on the days on which the rule grants anything.

        What does not hang together with the windows is left out of the question.
        """
        windows = tuple(dict.fromkeys(window_of(rule, grant) for grant in rule.grants))
        bounds = [bound for window in windows for bound in (window.starting, window.ending)]
        topics = topics_of_bounds(bounds)
        meets = rule.condition is not None and self.reading_of(rule.condition).meets(topics)
        groups = self._groups_of(rule.condition) if meets and rule.condition else []
        members = tuple(one for group, reading in groups if reading.meets(topics) for one in group)
        if rule.scope is Scope.PERSON or not (members or all(bounds)):
            return False
        grants = tuple(Grant(_ASKED_FOR, window, _NOWHERE) for window in windows)
        asked = replace(rule, id="?", condition=AllOf(members, _NOWHERE), grants=grants, draft=False)
        moments = tuple(bound and (bound.moment,) for bound in bounds)  # wherever it is said
        return self._is_proved(
            ("applies", members, rule.scope, moments),
            [asked],
            (rule.id, rule.span),
            lambda policy, budget: can_be_entitled(policy, _ASKED, budget=budget),
        )

    def never_together(self, never: Never) -> bool:
        """Tell whether it is proved that the rules entitle nobody to both sides."""
        givers = [*self.published.of(never.first), *self.published.of(never.second)]
        return self._is_proved(
            ("together", never.first, never.second),
            [self.policy.rules[one] for one in dict.fromkeys(givers)],
            (never.id, never.span),
            lambda policy, budget: can_be_entitled_to_both(policy, never.first, never.second, budget=budget),
        )

    def cover_of(self, rule: Rule, others: Collection[str]) -> tuple[str, ...] | None:
        """Name the rules among `others` that together grant all that a rule does; None unless that is proved."""
        if len(others) >= _MOST_RELATED:
            self.purse.refuse((rule.id, rule.span))
            return None
        about = self._about([rule, *(self.policy.rules[one] for one in sorted(others))], (rule.id, rule.span))
        if about is None:
            return None
        found: list[tuple[str, ...]] = []

        def ask(budget: Budget) -> Answer:
            coverage = is_covered(about, rule.id, budget=budget)
            found.append(coverage.by)
            return coverage.answer

        answer = self.purse.ask(ask, (rule.id, rule.span), questions=len(about.rules))
        return found[0] if answer is not None and answer.outcome is Outcome.NO else None

    @property
    def _holds_is_free(self) -> bool:
        return len(self.policy.rules) > _FEW_RULES

    def _groups_of(self, condition: Condition) -> list[Group]:
        """Take a condition of the policy apart, once."""
        key = id(condition)
        if key not in self._groups:
            self._groups[key] = components(parts_of(condition), holds_is_free=self._holds_is_free)
        return self._groups[key]

    def _never(self, members: list[Condition], scope: Scope, asking: Asking) -> bool:
        condition = AllOf(tuple(members), _NOWHERE)
        return self._is_proved(
            ("never", condition, scope),
            self._held_in(condition),
            asking,
            lambda policy, budget: can_hold(policy, condition, scope, budget=budget),
        )

    def _always(self, condition: Condition, scope: Scope, asking: Asking) -> bool:
        return self._is_proved(
            ("always", condition, scope),
            self._held_in(condition),
            asking,
            lambda policy, budget: can_fail(policy, condition, scope, budget=budget),
        )

    def _is_proved(
        self,
        key: Hashable,
        rules: Iterable[Rule],
        asking: Asking,
        question: Callable[[CheckedPolicy, Budget], Answer],
    ) -> bool:
        """Ask, once per `key`, whether there is somebody; True when it is proved that there is nobody."""
        if key not in self._proved:
            about = self._about(rules, asking)
            answer = None if about is None else self.purse.ask(lambda budget: question(about, budget), asking)
            self._proved[key] = answer is not None and answer.outcome is Outcome.NO
        return self._proved[key]

    def _held_in(self, condition: Condition) -> list[Rule]:
        held = {one.entitlement for one in walk(condition) if isinstance(one, Holds)}
        return [self.policy.rules[name] for one in sorted(held) for name in self.published.of(one)]

    def _about(self, rules: Iterable[Rule], asking: Asking) -> CheckedPolicy | None:
        """Policy with these rules and those that grant what they hold; None when they are too many."""
        kept: dict[str, Rule] = {}
        waiting = list(rules)
        while waiting and len(kept) <= _MOST_RELATED:
            rule = waiting.pop()
            if rule.id not in kept:
                kept[rule.id] = rule
                waiting += [self.policy.rules[name] for one in held_by(rule) for name in self.published.of(one)]
        if len(kept) > _MOST_RELATED:
            self.purse.refuse(asking)
            return None
        return replace(self.policy, rules=dict(sorted(kept.items())), exclusions={}, nevers={}, events={}, tests={})
