"""What a proof says: whether some possible person makes a question true, with a made-up person who does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.decisions import Reason
from policy.entitlements import Entitlement
from policy.people import Department, Person
from policy.rules import Never
from policy.snapshot import Snapshot


class Outcome(StrEnum):
    """Answer to “is there a possible person, contract and day such that …”.

    `yes` always comes with a witness that the evaluator confirmed. `no` is proved: nobody, on no day. `undecided` is
    everything else, and says why.
    """

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class Verdict(StrEnum):
    """What a change of rules means for one entitlement."""

    SAME = "same"
    WIDENED = "widened"
    NARROWED = "narrowed"
    MIXED = "mixed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be looked at: `cases` are counted steps of the decision, never time, so answers are repeatable.

    `solver_steps` is the limit of the optional solver, which is asked where these were not enough, in a unit of its
    own (0: it is not asked).
    """

    cases: int = 200_000
    solver_steps: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Witness:
    """A made-up person, as small as could be found, the departments they need, and the day it is about.

    `entitlement` is the one the question was decided by, where it spoke of a family of names.
    """

    person: Person
    departments: tuple[Department, ...]
    as_of: date
    entitlement: Entitlement | None = None

    @property
    def snapshot(self) -> Snapshot:
        """Snapshot with this person alone."""
        return Snapshot.of([self.person], self.departments)


@dataclass(frozen=True, slots=True)
class Answer:
    """Outcome of one question; `witness` exactly when it is yes. `why` says why it is undecided ("" otherwise).

    `cases` counts what was looked at, in the steps of a budget.
    """

    outcome: Outcome
    witness: Witness | None = None
    why: str = ""
    cases: int = 0

    def __post_init__(self) -> None:
        assert (self.outcome is Outcome.YES) == (self.witness is not None), "a yes has a witness, and nothing else has"
        assert (self.outcome is Outcome.UNDECIDED) == bool(self.why), "what is undecided says why, and nothing else"


@dataclass(frozen=True, slots=True, order=True)
class Family:
    """Permissions of a target whose names are filled from fields: `name` is `GG-{contract.department.external_id}`."""

    target: str
    name: str

    def __str__(self) -> str:
        return f'permission "{self.name}" in {self.target}'


@dataclass(frozen=True, slots=True)
class Difference:
    """Whether somebody gains an entitlement in the second of two policies, and whether somebody loses it there."""

    gains: Answer
    losses: Answer

    @property
    def verdict(self) -> Verdict:
        """Same only when it is proved that nobody gains and nobody loses; undecided wherever one side is."""
        outcomes = (self.gains.outcome, self.losses.outcome)
        if Outcome.UNDECIDED in outcomes:
            return Verdict.UNDECIDED
        match outcomes:
            case (Outcome.NO, Outcome.NO):
                return Verdict.SAME
            case (Outcome.YES, Outcome.NO):
                return Verdict.WIDENED
            case (Outcome.NO, _):
                return Verdict.NARROWED
            case _:
                return Verdict.MIXED


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether a rule can grant anything that other published rules do not grant already.

    `answer` is yes (with a witness) when it can, no when it is proved that it cannot. `by` names the rules that
    together grant all it grants (a smallest such set that was found; empty when nothing was to be covered, as the rule
    can grant nothing at all).
    """

    rule: str
    answer: Answer
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeverProof:
    """What is proved of one never: `answer` is no when it holds for every possible person.

    With a witness, `first` and `second` are the reasons for both sides and `test` is a test block of it; both are
    empty otherwise.
    """

    never: Never
    answer: Answer
    first: tuple[Reason, ...] = ()
    second: tuple[Reason, ...] = ()
    test: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is proved to hold."""
        return self.answer.outcome is Outcome.NO
