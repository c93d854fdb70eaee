"""One person evaluated, who can tell of each rule what happened; a rule is traced when it is first asked about."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.evaluate.context import Context
from engine.evaluate.persons import PersonDecision
from engine.evaluate.rules import Subject
from engine.explain.grants import Question, explain_grants
from engine.explain.traces import RuleTrace, trace_rule
from engine.graph.givers import Givers
from policy.explanations import GrantExplained
from policy.rules import Rule


@dataclass(frozen=True, slots=True)
class Witness:
    """A person as rules saw them in the end, who can be asked about the rules in `givers`.

    INVARIANT: what a rule `holds` is settled before the rule is evaluated, so a rule traced with all that was granted
    in the end says what it said then.
    """

    subject: Subject
    givers: Givers
    _traces: dict[str, RuleTrace] = field(default_factory=dict)

    @classmethod
    def of(cls, decision: PersonDecision, context: Context, givers: Givers | None = None) -> Witness:
        """Ask about what was decided of a person of the snapshot; who asks often brings the policy's `givers`."""
        subject = Subject.of(decision.person, context, decision.desired.keys())
        return cls(subject, givers or Givers(context.policy.rules.values()))

    def tell(
        self, question: Question, *, attempts: bool = True
    ) -> tuple[tuple[GrantExplained, ...], tuple[GrantExplained, ...]]:
        """Grants that are the reasons for an entitlement, by rule; and all others that could give it, nearest first.

        Rules that do not take part are among the others, also where they would give it.
        """
        told = [
            (grant, trace.takes_part)
            for rule in self.givers.of(question.entitlement)
            for trace in [self._trace(rule)]
            for grant in explain_grants(trace, question, attempts=attempts)
        ]
        because = [grant for grant, takes_part in told if grant.given and takes_part]
        others = [grant for grant, takes_part in told if not (grant.given and takes_part)]
        others.sort(key=lambda one: (one.distance, *_place(one)))
        return tuple(sorted(because, key=_place)), tuple(others)

    def _trace(self, rule: Rule) -> RuleTrace:
        if rule.id not in self._traces:
            self._traces[rule.id] = trace_rule(rule, self.subject)
        return self._traces[rule.id]


def _place(grant: GrantExplained) -> tuple[str, str]:
    return grant.rule, grant.grant_at
