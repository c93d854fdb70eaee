"""Changes between two evaluations: of people, departments, rules, exclusions and the day, one by one or together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

from policy.people import Department, Person
from policy.rules import CheckedPolicy, Exclusion, ManagerRule, Rule
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import LEVELS, exclusions, policy_of, rules, span
from tests.properties.strategies.towns import DEPARTMENTS, FIRST_DAY, days, persons

_PEOPLE = 6
_KINDS = ("rules", "people", "day", "units", "exclusions", "manager")
_levels = st.integers(0, LEVELS - 1)
_seldom = st.sampled_from((False, False, True))


@dataclass(frozen=True, repr=False)  # too long to print in full
class Inputs:
    """What an evaluation takes."""

    policy: CheckedPolicy
    town: Snapshot
    day: date


@st.composite
def changes(draw: st.DrawFn) -> tuple[Inputs, Inputs]:
    """Draw the inputs of an evaluation, and those of the next: mostly little of them differs."""
    kinds = draw(st.sampled_from((("rules",), ("people",), ("day",), ("units",), ("exclusions",), _KINDS)))
    levels = draw(st.lists(_levels, min_size=1, max_size=4))
    rules_of = [draw(rules(f"r{number}", level, draft=draw(_seldom))) for number, level in enumerate(levels)]
    excluded = [draw(exclusions(f"x{number}")) for number in range(draw(st.integers(0, 2)))]
    manager = draw(st.sampled_from(ManagerRule))
    people = [draw(persons(f"P{number}")) for number in range(1, draw(st.integers(1, _PEOPLE)) + 1)]
    day, units = draw(st.just(FIRST_DAY) | days), DEPARTMENTS
    before = Inputs(policy_of(*rules_of, exclude=tuple(excluded), manager=manager), Snapshot.of(people, units), day)
    if "people" in kinds:
        people = draw(_other_people(people))
    if "units" in kinds:
        units = draw(_other_units())
    if "rules" in kinds:
        rules_of = draw(_other_rules(rules_of, levels))
    if "exclusions" in kinds:
        excluded = draw(_other_exclusions(excluded))
    if "manager" in kinds and draw(_seldom):
        manager = draw(st.sampled_from(ManagerRule))
    after = Inputs(
        policy_of(*rules_of, exclude=tuple(excluded), manager=manager),
        Snapshot.of(people, units),
        draw(days) if "day" in kinds else day,
    )
    return before, after


@st.composite
def _other_people(draw: st.DrawFn, people: list[Person]) -> list[Person]:
    """Draw who is there afterwards: some changed, some gone, some new."""
    found: list[Person] = []
    for one in people:
        what = draw(st.sampled_from(("same", "same", "changed", "gone")))
        if what != "gone":
            found.append(one if what == "same" else draw(persons(one.external_id)))
    # Somebody new stands before, between or behind the others.
    new = sorted(draw(st.sets(st.sampled_from(("P0", "P10", "P9")), max_size=2)))
    return [*found, *(draw(persons(name)) for name in new)]


@st.composite
def _other_units(draw: st.DrawFn) -> tuple[Department, ...]:
    """Draw departments of which one has another place or manager, or is gone."""
    at = draw(st.integers(0, len(DEPARTMENTS) - 1))
    one = DEPARTMENTS[at]
    parent = draw(st.sampled_from(("", "TOP", "CARE", "FIN")))
    other = replace(one, parent_external_id=parent, manager=draw(st.sampled_from((None, "P1", "P2"))))
    kept = [unit for unit in DEPARTMENTS if unit is not one]
    return tuple(kept) if draw(_seldom) else (*kept, other)


@st.composite
def _other_rules(draw: st.DrawFn, before: list[Rule], levels: list[int]) -> list[Rule]:
    """Draw rules of which some say something else, some stand elsewhere, some are gone or new."""
    found: list[Rule] = []
    for number, one in enumerate(before):
        what = draw(st.sampled_from(("same", "same", "moved", "changed", "gone", "draft")))
        if what == "changed":
            found.append(draw(rules(one.id, levels[number])))
        elif what == "moved":
            found.append(replace(one, span=span(draw(st.integers(100, 120)))))
        elif what != "gone":
            found.append(replace(one, draft=not one.draft) if what == "draft" else one)
    if draw(_seldom):
        found.append(draw(rules(draw(st.sampled_from(("a-rule", "r0-b", "z-rule"))), draw(_levels))))
    return found


@st.composite
def _other_exclusions(draw: st.DrawFn, before: list[Exclusion]) -> list[Exclusion]:
    found = [one for one in before if not draw(_seldom)]
    found = [replace(one, span=span(77)) if draw(_seldom) else one for one in found]
    return [*found, draw(exclusions("x9"))] if draw(_seldom) else found
