"""Compare two versions of the rules: entitlement by entitlement, for real people, and for what else follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from api.tools import Progress
from api.usecases.compare_tests import failing_tests
from api.usecases.versions import RulesVersion
from engine.compare.declarations import declaration_changes
from engine.compare.effects import Managed, compare_never, limit_comparisons, may_have_changed
from engine.compare.entitlements import Sides, can_give, find_comparison, kind_of
from engine.compare.persons import person_changes
from engine.compare.relevance import Compared
from engine.compare.touched import touched
from engine.compare.verdicts import compare_entitlement, same_by_form
from engine.compare.version import suggest_version
from policy.catalogue.comparison import NOTHING_TO_COMPARE
from policy.comparison import Comparison, EntitlementComparison, PersonChange, Population, SideEffects
from policy.diagnostics import Diagnostic, UsageError
from policy.entitlements import Entitlement, Kind
from policy.ports import ScriptRunner
from policy.proofs import Budget, Family, Verdict
from policy.snapshot import Snapshot

_NAMED = 6
HORIZON_DAYS = 90
"""How far ahead real people are looked at when nobody says until when."""


@dataclass(frozen=True, slots=True)
class World:
    """Real people and what is managed for them, if there are any; `left_out` says what is missing, and why."""

    snapshot: Snapshot | None = None
    origin: str = ""
    managed: Managed | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What is asked: the days that real people are looked at, and the only entitlement, in the words of the rules."""

    as_of: date
    until: date
    budget: Budget
    entitlement: str | None = None


def horizon(as_of: date, until: date | None) -> date:
    """Last day that real people are looked at."""
    return until or as_of + timedelta(days=min(HORIZON_DAYS, (date.max - as_of).days))


@dataclass(frozen=True, slots=True)
class Means:
    """What a comparison works with: the runner of mapping scripts, and whom it tells how far it is."""

    scripts: ScriptRunner
    progress: Progress


def compare_versions(
    base: RulesVersion, head: RulesVersion, world: World, request: CompareRequest, *, means: Means
) -> Comparison:
    """Compare two versions of the rules.

    Raises UsageError when the entitlement that was asked for is none that either version can give.
    """
    sides = Sides(base.policy, head.policy)
    wanted = _wanted(sides, request.entitlement)
    may_differ, everything, found = touched(sides), frozenset(sides.compared), list[EntitlementComparison]()
    for number, one in enumerate(wanted):
        means.progress("comparing entitlements", number, len(wanted))
        changed = one in may_differ or one not in everything
        found.append(compare_entitlement(sides, one, budget=request.budget) if changed else same_by_form(one))
    changes = _people(sides, found, world, request, progress=means.progress)
    compared = _with_people(found, changes, sides)
    effects = _effects(base, head, world, request, means=means)
    version, reasons = suggest_version(compared, effects)
    population = None
    if world.snapshot is not None:
        population = Population(world.origin, len(world.snapshot.persons), request.as_of, request.until)
    return Comparison(base.told, head.told, compared, effects, version, reasons, population)


def _wanted(sides: Sides, text: str | None) -> Sequence[Compared]:
    """Find what is to be compared: everything, or what `text` names; one name of a family is compared by itself."""
    everything = sides.compared
    if text is None:
        return everything
    said = re.sub(r'^permission (?!")(.+?) in ', r'permission "\1" in ', " ".join(text.split()))
    exact = [one for one in everything if _told(one) == said]
    if exact:
        return exact
    member = re.fullmatch(r'permission "(.+)" in (\S+)', said)
    if member is not None:
        one = Entitlement(member[2], Kind.PERMISSION, member[1])
        if can_give(sides.base, one) or can_give(sides.head, one):
            return [one]
    known = sorted({_told(one) for one in everything})
    more = " …" if len(known) > _NAMED else ""
    hint = f"they give {', '.join(known[:_NAMED])}{more}" if known else None
    detail = f"No rule of either version gives {text}."
    raise UsageError(Diagnostic(NOTHING_TO_COMPARE, detail, hint=hint, subject=text))


def _told(one: Compared) -> str:
    return f'permission "{one.name}" in {one.target}' if one.name else f"{kind_of(one)} in {one.target}"


def _people(
    sides: Sides, found: list[EntitlementComparison], world: World, request: CompareRequest, *, progress: Progress
) -> tuple[PersonChange, ...]:
    """Real people who gain or lose something that is not proved to be the same."""
    changed = [_compared(one) for one in found if one.verdict is not Verdict.SAME]
    if world.snapshot is None or not changed:
        return ()
    return person_changes(
        sides,
        changed,
        world.snapshot,
        (request.as_of, request.until),
        progress=lambda done, total: progress("looking at real people", done, total),
    )


def _with_people(
    found: list[EntitlementComparison], changes: tuple[PersonChange, ...], sides: Sides
) -> tuple[EntitlementComparison, ...]:
    changed = [one for one in found if one.verdict is not Verdict.SAME]
    people: dict[int, list[PersonChange]] = {}
    for change in sorted(changes, key=lambda one: (one.first, one)):
        for one in find_comparison(change, changed, sides):
            people.setdefault(id(one), []).append(change)
    return tuple(replace(one, persons=tuple(people.get(id(one), ()))) for one in found)


def _compared(one: EntitlementComparison) -> Compared:
    return Family(one.target, one.name) if one.family else Entitlement(one.target, one.kind, one.name)


def _effects(
    base: RulesVersion, head: RulesVersion, world: World, request: CompareRequest, *, means: Means
) -> SideEffects:
    if request.entitlement is not None:
        alone = "Only one entitlement was asked for: side effects were not looked at."
        return SideEffects(left_out=(alone, *world.left_out))
    sides = Sides(base.policy, head.policy)
    names = [name for name in sorted({*base.policy.nevers, *head.policy.nevers}) if may_have_changed(sides, name)]
    nevers = []
    for number, name in enumerate(names):
        means.progress("looking at separation of duties", number, len(names))
        nevers.append(compare_never(sides, name, budget=request.budget))
    means.progress("judging limits", 0, 0)
    limits = limit_comparisons(sides, world.managed, request.as_of) if world.managed else ()
    tests = failing_tests(base, head, means.scripts, progress=means.progress)
    return SideEffects(declaration_changes(base.policy, head.policy), tuple(nevers), limits, tests, world.left_out)
