"""An expectation held against a day: met or not, and what came instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from engine.testing.silence import tell_silence
from engine.testing.timeline import PlayedDay
from engine.testing.words import line_words, listed, reasons_words
from policy.diff import Line, Op, Status
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.testing import Expectation, Expected


@dataclass(frozen=True, slots=True)
class Verdict:
    """`came`: sentences that say what came instead, none when the expectation is met.

    `asked` are the entitlements whose explanation helps a reader.
    """

    came: tuple[str, ...] = ()
    asked: tuple[Entitlement, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the expectation is met."""
        return not self.came


_MET = Verdict()
_EXPLAINED = 3
"""Of a long list that came instead, so many are explained: the rest has the same rules behind it, or its own test."""


def judge(played: PlayedDay, expectation: Expectation) -> Verdict:
    """Hold `expectation` against the day.

    - `entitled`, `not entitled`, `nothing` and `only` speak of what the rules ask for that day, before anything holds
      it up: who is frozen, denied or waiting is entitled all the same (that is what `expect frozen|denied|waiting` are
      for). Every rule named behind `because` must be among the reasons.
    - `grant`, `revoke` and `update` are planned lines of that day's diff: what is held already is not granted again.
      An account that comes back from a staged deletion counts as granted; its deletion at the end is no revoke.
    - `denied`, `waiting`, `blocked` and `conflict` are lines of that status; every never named must deny it.
    - `frozen`: data problems or an exclusion, in whatever target; every exclusion named must be one of them.

    Somebody who takes part in neither the test nor its snapshots meets no expectation at all.
    """
    if expectation.person not in played.decisions.present:
        return Verdict((_nobody(played, expectation.person),))
    view = _View(played, expectation)
    match expectation.expected:
        case Expected.ENTITLED:
            return view.entitled()
        case Expected.NOT_ENTITLED:
            return view.not_entitled()
        case Expected.NOTHING | Expected.ONLY:
            return view.only()
        case Expected.GRANT:
            return view.line_with(lambda one: one.op in {Op.GRANT, Op.ADOPT} and one.status is Status.PLANNED)
        case Expected.REVOKE:
            return view.line_with(lambda one: one.op is Op.REVOKE and one.status is Status.PLANNED)
        case Expected.UPDATE:
            return view.line_with(lambda one: one.op is Op.UPDATE and one.status is Status.PLANNED)
        case Expected.DENIED:
            return view.denied()
        case Expected.FROZEN:
            return view.frozen()
        case Expected.WAITING | Expected.BLOCKED | Expected.CONFLICT:
            return view.line_with(lambda one: one.status.value == expectation.expected.value)
        case Expected.EVENT:
            return view.event()


def _nobody(played: PlayedDay, person: str) -> str:
    near = get_close_matches(person, sorted(played.decisions.present), n=2)
    quoted = [f'"{one}"' for one in near]
    meant = f" Did you mean {' or '.join(quoted)}?" if near else ""
    return f'There is no person "{person}", neither in this test nor in the files it names.{meant}'


@dataclass(frozen=True, slots=True)
class _View:
    played: PlayedDay
    expectation: Expectation

    @property
    def entitlement(self) -> Entitlement:
        return self.expectation.entitlements[0]

    @property
    def key(self) -> EntitlementKey:
        return EntitlementKey.of(self.expectation.person, self.entitlement)

    def entitled(self) -> Verdict:
        reasons = self.played.decisions.desired.get(self.key)
        if reasons is None:
            return Verdict((f"Not entitled to {self.entitlement}.",), (self.entitlement,))
        absent = self._not_among({one.rule for one in reasons})
        if not absent:
            return _MET
        came = f"Entitled to {self.entitlement}, but because of {reasons_words(reasons)}, not because of {absent}."
        return Verdict((came,), (self.entitlement,))

    def not_entitled(self) -> Verdict:
        reasons = self.played.decisions.desired.get(self.key)
        if reasons is None:
            return _MET
        came = [f"Entitled to {self.entitlement}, because of {reasons_words(reasons)}."]
        line = self.played.line(self.key)
        if line is not None and line.status is not Status.PLANNED:
            came.append(f"It is not given, though: {line_words(line)} To expect that, write `expect {line.status} …`.")
        return Verdict(tuple(came), (self.entitlement,))

    def only(self) -> Verdict:
        wanted = set(self.expectation.entitlements)
        desired = self.played.decisions.desired
        theirs = {key.entitlement: why for key, why in desired.items() if key.person == self.expectation.person}
        absent, besides = sorted(wanted - theirs.keys()), sorted(theirs.keys() - wanted)
        came = [f"Not entitled to {one}." for one in absent]
        also = "also " if wanted else ""
        came += [f"Entitled {also}to {one}, because of {reasons_words(theirs[one])}." for one in besides]
        return Verdict(tuple(came), (*absent, *besides)[:_EXPLAINED])

    def line_with(self, is_expected: Callable[[Line], bool]) -> Verdict:
        line = self.played.line(self.key)
        if line is not None and is_expected(line):
            return _MET
        came = self._no_line() if line is None else f"What came is {line_words(line)}"
        return Verdict((came,), (self.entitlement,))

    def denied(self) -> Verdict:
        met = self.line_with(lambda one: one.status is Status.DENIED)
        line = self.played.line(self.key)
        if not met.passed or line is None:
            return met
        absent = self._not_among({why.id for why in line.why})
        if not absent:
            return _MET
        return Verdict((f"Denied, but because of {listed(why.id for why in line.why)}, not because of {absent}.",))

    def frozen(self) -> Verdict:
        exclusions = self.played.decisions.excluded.get(self.expectation.person, ())
        problems = self.played.decisions.frozen.get(self.expectation.person, ())
        if not exclusions and not problems:
            return Verdict(("Not frozen: no exclusion holds for this person that day, and the data have no problem.",))
        absent = self._not_among({one.exclusion for one in exclusions})
        if not absent:
            return _MET
        causes = [f"exclusion {one.exclusion} ({one.at})" for one in exclusions]
        causes += [f"a data problem ({one.text})" for one in problems]
        return Verdict((f"Frozen, but because of {listed(causes)}, not because of {absent}.",))

    def event(self) -> Verdict:
        fired = self.played.fired(self.expectation.person)
        if self.expectation.event in fired:
            return _MET
        instead = f"What fires is {listed(fired)}." if fired else "No event fires for this person that day."
        event = self.played.policy.events[self.expectation.event or ""]
        return Verdict((instead, tell_silence(self.played, self.expectation.person, event)))

    def _not_among(self, found: Iterable[str]) -> str:
        return listed(one for one in self.expectation.because if one not in set(found))

    def _no_line(self) -> str:
        """Why the diff has no line: held and to be kept as it is, or neither held nor asked for."""
        if self.key in self.played.managed.entries:
            differs = ", and no mapped attribute differs" if self.key.kind is Kind.ACCOUNT else ""
            return f"Nothing changes: {self.entitlement} is held already, and rules still ask for it{differs}."
        return f"Nothing changes: {self.entitlement} is not held, and no rule asks for it."
