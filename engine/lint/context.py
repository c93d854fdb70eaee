"""What every lint rule has at hand: the input, and what several of them look up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.lint.givers import Givers
from engine.lint.proofs import Proofs
from policy.lint import LintInput, PeopleFacts
from policy.rules import CheckedPolicy, Rule


@dataclass(frozen=True, slots=True)
class LintContext:
    """One run of the linter. Make one with `LintContext.of`.

    `published` are the rules that are no drafts; `givers` looks among all rules, drafts too, `published_givers` among
    those alone.
    """

    given: LintInput
    published: tuple[Rule, ...]
    givers: Givers
    published_givers: Givers
    proofs: Proofs

    @classmethod
    def of(cls, given: LintInput) -> LintContext:
        """Look up once what several rules ask for."""
        rules = given.policy.rules.values()
        published = tuple(rule for rule in rules if not rule.draft)
        givers = Givers(published)
        return cls(given, published, Givers(rules), givers, Proofs(given.policy, givers))

    @property
    def policy(self) -> CheckedPolicy:
        """The policy."""
        return self.given.policy

    @property
    def today(self) -> date:
        """The day of looking, in the policy's timezone."""
        return self.given.today

    @property
    def people(self) -> PeopleFacts | None:
        """Facts of the latest snapshot, where one is at hand."""
        return self.given.people
