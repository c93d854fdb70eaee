"""What the linter is given and what it finds: smells of a policy that compiles, with a change where one is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policy.diagnostics import Diagnostic
from policy.rules import CheckedPolicy
from policy.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` takes the place of what `span` covers; an empty text removes it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the rules files that is certain: it never changes who gets what.

    `title` says what is done, as an act: "remove the set `sites`".
    """

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A smell, and the change that takes it away where one is certain."""

    diagnostic: Diagnostic
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """What lint asks of a snapshot.

    `persons` is how many people it has. `values` has, by full path of a field, the number of persons with each value
    (a person counts once for a value, however many contracts have it). `departments` are the external ids there are.
    """

    persons: int
    values: Mapping[str, Mapping[str, int]]
    departments: frozenset[str]


@dataclass(frozen=True, slots=True)
class Allowance:
    """`# ordain: allow CODE until DATE because "…"`: an author knows of a finding and says why it stays.

    It speaks of findings that begin on the lines `first_line` to `last_line` (both included) of the file of `span`,
    which is the place of the comment. `until` and `because` are None when not said.
    """

    code: str
    until: date | None
    because: str | None
    first_line: int
    last_line: int
    span: Span


@dataclass(frozen=True, slots=True)
class LintInput:
    """Everything lint looks at.

    `people` is None when no snapshot is at hand, and `permissions` has the targets alone that could list theirs: what
    needs either is left out then. `today` is the calendar date in the policy's timezone.
    """

    policy: CheckedPolicy
    today: date
    people: PeopleFacts | None = None
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    allowances: tuple[Allowance, ...] = ()
