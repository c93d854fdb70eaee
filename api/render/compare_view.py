"""What is said of a comparison, in sentences that text, Markdown and html share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from api.render.counting import counted
from dsl.testing.write import person_lines
from policy.comparison import (
    Blame,
    Clause,
    Comparison,
    DeclarationChange,
    EntitlementComparison,
    FailingTest,
    LimitComparison,
    NeverComparison,
    PersonChange,
    ReplayedWitness,
)
from policy.explanations import Explanation
from policy.proofs import Answer, Outcome, Verdict

SIGNS = {Verdict.SAME: "=", Verdict.WIDENED: "+", Verdict.NARROWED: "-", Verdict.MIXED: "±", Verdict.UNDECIDED: "?"}
"""One sign per verdict, as text shows them."""

_PERSONS_NAMED = 8
_RULES_NAMED = 5


@dataclass(frozen=True, slots=True)
class SideSays:
    """What one version says of a witness: in a sentence, or in several."""

    side: str
    entitled: bool
    sentences: tuple[str, ...]


def headline(comparison: Comparison) -> str:
    """One sentence: how many entitlements differ, and how."""
    counts = Counter(one.verdict for one in comparison.entitlements)
    total = counted(len(comparison.entitlements), "entitlement")
    differing = [f"{counts[one]} {one.value}" for one in Verdict if one is not Verdict.SAME and counts[one]]
    if not differing:
        return f"{total}: all the same, which is proved for every possible person."
    return f"{total}: {', '.join(differing)}, {counts[Verdict.SAME]} the same (proved)."


def witness_title(witness: ReplayedWitness) -> str:
    """Who gains or loses what, and when."""
    verb = "gains" if witness.gains else "loses"
    return f"Somebody {verb} {witness.entitlement}, on {witness.witness.as_of.isoformat()}:"


def witness_lines(witness: ReplayedWitness) -> list[str]:
    """Tell the person as a test of the language does."""
    return person_lines(witness.witness.person, witness.witness.departments)


def say_sides(witness: ReplayedWitness) -> tuple[SideSays, SideSays]:
    """Tell what each version says of the witness, BASE first."""
    return _say("BASE", witness.base), _say("HEAD", witness.head)


def _say(side: str, explanation: Explanation) -> SideSays:
    answer = explanation.answers[0]
    if answer.entitled:
        because = tuple(f"entitled because of rule {one.rule} ({one.grant_at})" for one in answer.because)
        return SideSays(side, entitled=True, sentences=because)
    if not answer.nearest:
        return SideSays(side, entitled=False, sentences=("not entitled: no rule gives it",))
    nearest = answer.nearest[0]
    failures = [f"{failure.text} ({failure.at})" for failure in nearest.failures]
    first = f"not entitled: rule {nearest.rule} ({nearest.at}) comes nearest"
    return SideSays(side, entitled=False, sentences=(first, *failures))


def blame_title(blame: Blame) -> str:
    """Say what happened, and to which rule."""
    if not blame.rules:
        return blame.what
    named = ", ".join(blame.rules[:_RULES_NAMED]) + (" …" if len(blame.rules) > _RULES_NAMED else "")
    return f"{'rule' if len(blame.rules) == 1 else 'rules'} {named}: {blame.what}"


def blame_words(one: EntitlementComparison) -> str:
    """How surely clauses are to blame: a witness shows it, without one they may be."""
    return "to blame" if one.witnesses else "may be to blame"


def clause_lines(blame: Blame) -> list[tuple[str, str, str]]:
    """Side, place and words of the clause in both sources; the words are "" where it does not stand."""
    return [_placed(side, clause) for side, clause in (("BASE", blame.base), ("HEAD", blame.head))]


def _placed(side: str, clause: Clause | None) -> tuple[str, str, str]:
    if clause is None or not clause.stands:
        return side, "", ""
    return side, clause.at, clause.text


def people_lines(one: EntitlementComparison, comparison: Comparison) -> Iterator[str]:
    """Real people who gain or lose the entitlement: on the day that is looked at, and later within the horizon."""
    today = comparison.population.as_of if comparison.population else date.min
    for later in (False, True):
        for verb, gains in (("gain", True), ("lose", False)):
            people = [change for change in one.persons if change.gains is gains and (change.first > today) is later]
            if people:
                some = f"{counted(len(people), 'person')} {verb}{'s' if len(people) == 1 else ''}"
                when = "later" if later else f"on {today.isoformat()}"
                yield f"{some} it {when}: {_named(people, dated=later, family=one.family)}"


def people_totals(one: EntitlementComparison) -> str:
    """How many real people gain and lose it: `3 gain, 1 loses`; "" for nobody."""
    gain = len({change.person for change in one.persons if change.gains})
    lose = len({change.person for change in one.persons if not change.gains})
    parts = [f"{gain:,} gain{'s' if gain == 1 else ''}"] if gain else []
    parts += [f"{lose:,} lose{'s' if lose == 1 else ''}"] if lose else []
    return ", ".join(parts)


def _named(people: list[PersonChange], *, dated: bool, family: bool) -> str:
    told = [_person(change, dated=dated, family=family) for change in people[:_PERSONS_NAMED]]
    rest = len(people) - len(told)
    return ", ".join(told) + (f" and {rest:,} more" if rest else "")


def _person(change: PersonChange, *, dated: bool, family: bool) -> str:
    about = [change.entitlement.name] if family else []
    about += [f"from {change.first.isoformat()}"] if dated else []
    about += ["left alone for now"] if change.left_alone else []
    return f"{change.person} ({', '.join(about)})" if about else change.person


def causes(comparison: Comparison) -> list[tuple[Blame, int]]:
    """Clauses that make a difference, or may, and for how many entitlements; the farthest-reaching first."""
    reach: dict[tuple[object, ...], tuple[Blame, int]] = {}
    for one in comparison.changed:
        for blame in one.blame:
            piece = (blame.what, blame.base, blame.head)
            known, count = reach.get(piece, (blame, 0))
            rules = tuple(dict.fromkeys((*known.rules, *blame.rules)))
            reach[piece] = (replace(known, rules=rules), count + 1)
    return sorted(reach.values(), key=lambda found: -found[1])


def population_line(comparison: Comparison) -> str:
    """Which people were looked at; "" for none."""
    people = comparison.population
    if people is None:
        return ""
    days = f"{people.as_of.isoformat()} to {people.until.isoformat()}"
    return f"Real people: {counted(people.persons, 'person')} of {people.origin}, {days}."


def declaration_title(change: DeclarationChange) -> str:
    """Say which declaration was added, removed or changed, and where."""
    clause = change.head or change.base
    return f"{change.kind} {change.id} was {change.change}{f' ({clause.at})' if clause else ''}"


def never_sentence(never: NeverComparison) -> str:
    """Say whether a never can be violated, before and now."""
    now = _can_be_violated(never.head)
    if never.base is None:
        return f"never {never.id} is new: {now}"
    if never.head is None:
        return f"never {never.id} is gone: {_can_be_violated(never.base)} in BASE"
    if never.became_violable:
        return f"never {never.id} became violable: {now}; in BASE {_can_be_violated(never.base)}"
    if never.became_proved:
        return f"never {never.id} is proved to hold for all persons; in BASE {_can_be_violated(never.base)}"
    if never.differs:
        return f"never {never.id}: {now}; in BASE {_can_be_violated(never.base)}"
    return f"never {never.id}: {now}, as in BASE"


def _can_be_violated(answer: Answer | None) -> str:
    if answer is None:
        return "nothing is known"
    match answer.outcome:
        case Outcome.YES:
            return "the rules entitle somebody to both sides"
        case Outcome.NO:
            return "nobody can be entitled to both sides"
        case Outcome.UNDECIDED:
            return f"whether somebody can be entitled to both sides is undecided ({answer.why})"


def never_lines(never: NeverComparison) -> list[str]:
    """Somebody who is entitled to both sides in HEAD, as a test tells them; nothing when that is no news."""
    witness = never.head.witness if never.head is not None and never.head is not never.base else None
    if witness is None or not (never.became_violable or never.base is None):
        return []
    return [f"on {witness.as_of.isoformat()}", *person_lines(witness.person, witness.departments)]


def limit_sentence(limit: LimitComparison) -> str:
    """Say which limit trips with HEAD, and whether it does so already."""
    already = "" if limit.new else " It trips with BASE, too."
    return f"{limit.head.text}{already}"


def failing_title(test: FailingTest) -> str:
    """Say which test fails, and whose it is."""
    whose = "" if test.side == "head" else ", as BASE has it"
    return f"test “{test.title}” ({test.at}){whose} fails now"
