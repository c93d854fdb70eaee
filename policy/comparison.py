"""What two versions of the rules differ in: for every entitlement, for real people, and for what else depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from policy.diff import LimitVerdict
from policy.entitlements import Entitlement, Kind
from policy.explanations import Explanation
from policy.proofs import Answer, Outcome, Verdict, Witness
from policy.source import Span

Side = Literal["base", "head"]


class Version(StrEnum):
    """Step of a version number (semantic versioning)."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of one side's source.

    `text` are its words on one line. `stands` False: the piece does not exist on this side, and this is the place where
    it would stand.
    """

    span: Span
    text: str
    stands: bool = True

    @property
    def at(self) -> str:
        """`path:line`."""
        return self.span.at


@dataclass(frozen=True, slots=True)
class Blame:
    """A clause whose change makes the difference, to the `rules` that use it (none: it belongs to no rule).

    One side at least is not None.
    """

    rules: tuple[str, ...]
    what: str
    base: Clause | None
    head: Clause | None

    @property
    def clause(self) -> Clause:
        """The clause as HEAD has it; as BASE has it when HEAD has no place for it."""
        found = self.head or self.base
        assert found is not None, "a clause stands on one side at least"
        return found


@dataclass(frozen=True, slots=True)
class ReplayedWitness:
    """A smallest person for whom the versions differ, with what the evaluator itself says of them in both.

    `entitlement` is the one they gain (`gains`) or lose in HEAD; one of a family has its name filled in.
    """

    gains: bool
    entitlement: Entitlement
    witness: Witness
    base: Explanation
    head: Explanation
    blame: tuple[Blame, ...]


@dataclass(frozen=True, slots=True, order=True)
class PersonChange:
    """A real person who gains or loses an entitlement, from the day `first` on.

    `left_alone`: data problems or an exclusion hold that day, so nothing happens to them yet.
    """

    person: str
    entitlement: Entitlement
    gains: bool
    first: date
    left_alone: bool = False


@dataclass(frozen=True, slots=True)
class EntitlementComparison:
    """One entitlement, or the family that a name with fields spans, in both versions.

    `name` is "" for account and access; that of a `family` holds `{contract.field}`. `why` says why it is undecided.
    `in_base`/`in_head`: some published rule of that version can give it. Without a witness `suspects` are the clauses
    that changed and may make a difference. `persons` are in order of day and person.
    """

    target: str
    kind: Kind
    name: str
    verdict: Verdict
    in_base: bool
    in_head: bool
    family: bool = False
    why: str = ""
    witnesses: tuple[ReplayedWitness, ...] = ()
    suspects: tuple[Blame, ...] = ()
    persons: tuple[PersonChange, ...] = ()

    @property
    def text(self) -> str:
        """The entitlement as rules write it."""
        return f'permission "{self.name}" in {self.target}' if self.name else f"{self.kind} in {self.target}"

    @property
    def new(self) -> bool:
        """Whether no rule of BASE could give it."""
        return self.in_head and not self.in_base

    @property
    def blame(self) -> tuple[Blame, ...]:
        """Clauses to blame over all witnesses, each once; without a witness those that may be."""
        return tuple(dict.fromkeys(one for witness in self.witnesses for one in witness.blame)) or self.suspects


@dataclass(frozen=True, slots=True)
class DeclarationChange:
    """A declaration other than a published rule that was added, removed or changed, with what of it changed.

    `kind` is the word of the language: `never`, `exclude`, `target`, `draft rule`, `event`, `field` or `policy`.
    `binding`: it can hold up, or let through, what rules ask for.
    """

    kind: str
    id: str
    change: Literal["added", "removed", "changed"]
    what: tuple[str, ...]
    base: Clause | None
    head: Clause | None
    binding: bool


@dataclass(frozen=True, slots=True)
class NeverComparison:
    """Whether somebody can violate one `never`, in both versions (None where it does not exist); its clause."""

    id: str
    base: Answer | None
    head: Answer | None
    clause: Clause

    @property
    def became_violable(self) -> bool:
        """Whether HEAD lets somebody break what nobody could break in BASE, as far as is known."""
        before = self.base is not None and self.base.outcome is not Outcome.YES
        return before and self.head is not None and self.head.outcome is Outcome.YES

    @property
    def became_proved(self) -> bool:
        """Whether it is proved that nobody can break in HEAD what was not proved of BASE."""
        before = self.base is not None and self.base.outcome is not Outcome.NO
        return before and self.head is not None and self.head.outcome is Outcome.NO

    @property
    def became_unsure(self) -> bool:
        """Whether it was proved of BASE that nobody can break it, and is not known of HEAD."""
        before = self.base is not None and self.base.outcome is Outcome.NO
        return before and self.head is not None and self.head.outcome is Outcome.UNDECIDED

    @property
    def differs(self) -> bool:
        """Whether the answers of the two versions differ."""
        return self.base is not None and self.head is not None and self.base.outcome is not self.head.outcome


@dataclass(frozen=True, slots=True)
class LimitComparison:
    """A limit that trips with HEAD; `before` is what it says with BASE (None: no such lines, or no such limit)."""

    head: LimitVerdict
    before: LimitVerdict | None

    @property
    def new(self) -> bool:
        """Whether it does not trip with BASE."""
        return self.before is None or not self.before.tripped


@dataclass(frozen=True, slots=True)
class FailingTest:
    """A test that fails with the rules of HEAD and did not fail before; `side` is the version it was written in."""

    title: str
    side: Side
    at: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideEffects:
    """What else follows from the change. Each text of `left_out` says what was not looked at, and why."""

    declarations: tuple[DeclarationChange, ...] = ()
    nevers: tuple[NeverComparison, ...] = ()
    limits: tuple[LimitComparison, ...] = ()
    tests: tuple[FailingTest, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Population:
    """The real people that were looked at: where they come from, how many, and the days."""

    origin: str
    persons: int
    as_of: date
    until: date


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions compared. `base` and `head` are what they were called; `reasons` say why the step is what it is.

    `entitlements` are in order of target, kind and name, those that are the same among them.
    """

    base: str
    head: str
    entitlements: tuple[EntitlementComparison, ...]
    effects: SideEffects
    version: Version
    reasons: tuple[str, ...]
    population: Population | None = None

    @property
    def changed(self) -> tuple[EntitlementComparison, ...]:
        """Entitlements that are not proved to be the same."""
        return tuple(one for one in self.entitlements if one.verdict is not Verdict.SAME)

    @property
    def same(self) -> bool:
        """Whether nothing differs: drafts, which grant nothing, may."""
        effects = self.effects
        declared = any(one.kind != "draft rule" for one in effects.declarations)
        stands = any(one.differs for one in effects.nevers) or any(one.new for one in effects.limits)
        return not (self.changed or declared or stands or effects.tests)
