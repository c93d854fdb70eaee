"""How many persons each migrated rule selects, beside what HelloID counted, and why the two may differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from api.tools import Progress
from dsl.migrate.outcome import RuleCount
from dsl.migrate.rules import WrittenRule
from engine.evaluate.evaluate import evaluate
from policy.business_rules import TimeFrame
from policy.decisions import Decisions
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

_LOOK_BACK_DAYS = 45
_MOST_DAYS = 12
_MOST_LOOKS = 3_000_000
"""Persons times rules times days that are looked at for the day of an export."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Migrated rules in order of the export, as `policy`.

    `apart` holds those of them that ask several things of one contract, as if each were asked of all contracts.
    """

    rules: tuple[WrittenRule, ...]
    policy: CheckedPolicy
    apart: CheckedPolicy | None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was evaluated: persons by rule, who is marked as excluded, who is frozen.

    `apart` are the numbers of persons by rule whose conditions are asked one by one, `days` those on which a rule
    selects as many as there; of rules that differ alone.
    """

    selected: Mapping[str, frozenset[str]]
    excluded: frozenset[str]
    frozen: frozenset[str]
    apart: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)


def count_persons(
    candidates: Candidates, snapshot: Snapshot, as_of: date, *, progress: Progress
) -> tuple[RuleCount, ...]:
    """Count for every rule of the export, in its order, whom it selects alone on the day `as_of`; drafts, too."""
    progress("evaluating the rules", 0, len(snapshot.persons))
    decisions = evaluate(candidates.policy, snapshot, as_of, include_drafts=True)
    excluded = frozenset(one.external_id for one in snapshot.persons if one.values.get("excluded") is True)
    counted = _Counted(_selected(decisions), excluded, frozenset(decisions.frozen))
    differing = [one for one in candidates.rules if _differs(one, counted)]
    apart = _count_apart(candidates.apart, snapshot, as_of, differing)
    days = _other_days(candidates.policy, snapshot, as_of, rules=differing, progress=progress)
    counted = replace(counted, apart=apart, days=days)
    return tuple(_count(one, counted) for one in candidates.rules)


def _count_apart(
    policy: CheckedPolicy | None, snapshot: Snapshot, as_of: date, differing: list[WrittenRule]
) -> dict[str, int]:
    asked = {one.id: policy.rules[one.id] for one in differing if policy is not None and one.id in policy.rules}
    if policy is None or not asked:
        return {}
    selected = _selected(evaluate(replace(policy, rules=asked), snapshot, as_of))
    return {rule: len(selected.get(rule, ())) for rule in asked}


def _selected(decisions: Decisions) -> dict[str, frozenset[str]]:
    """Persons by the rule that grants them something: no migrated rule depends on another, so each counts alone."""
    found: dict[str, set[str]] = {}
    for key, reasons in decisions.desired.items():
        for reason in reasons:
            found.setdefault(reason.rule, set()).add(key.person)
    return {rule: frozenset(persons) for rule, persons in found.items()}


def _differs(one: WrittenRule, counted: _Counted) -> bool:
    there = one.rule.persons
    return bool(one.granted) and there is not None and len(counted.selected.get(one.id, ())) != there


def _count(one: WrittenRule, counted: _Counted) -> RuleCount:
    if not one.granted:
        return RuleCount(one, one.rule.persons, None, ("it is not carried over",))
    here = len(counted.selected.get(one.id, ()))
    if one.rule.persons is None:
        why = "it was not counted there" if one.rule.published else "a draft is not evaluated there"
        return RuleCount(one, None, here, (why,))
    if not _differs(one, counted):
        return RuleCount(one, one.rule.persons, here, ())
    reasons = tuple(_likely(one, counted))
    return RuleCount(one, one.rule.persons, here, reasons or ("not known: ask `ordain explain` about single persons",))


def _likely(one: WrittenRule, counted: _Counted) -> Iterator[str]:
    """Give what explains a difference, surest first."""
    persons = counted.selected.get(one.id, frozenset())
    if not one.rule.published:
        yield "a draft is not evaluated there"
    if one.lost_conditions:
        number = len(one.lost_conditions)
        yield f"{number} {'condition is' if number == 1 else 'conditions are'} not carried over"
    for who, why in ((counted.excluded, "are marked as excluded"), (counted.frozen, "have data problems")):
        few = len(persons & who)
        if few and len(persons) - few == one.rule.persons:
            yield f"{few} of them {why}"
    if counted.apart.get(one.id) == one.rule.persons:
        yield "they are equal if each condition is asked of all contracts, not all of one contract"
    day = counted.days.get(one.id)
    if day is not None:
        yield f"on {day.isoformat()} they are equal: the time frame was counted about that day"
    if one.unseen:
        more = f" and {len(one.unseen) - 1} more" if len(one.unseen) > 1 else ""
        yield f"nobody in the vault has “{one.unseen[0]}”{more}"


def _other_days(
    policy: CheckedPolicy, snapshot: Snapshot, as_of: date, *, rules: list[WrittenRule], progress: Progress
) -> dict[str, date]:
    """Latest day before `as_of` on which a rule selects as many as there: the export may be older than today."""
    days = _days_before(snapshot, as_of, {_frame(one) for one in rules})
    if not rules or len(days) * len(rules) * len(snapshot.persons) > _MOST_LOOKS:
        return {}
    found: dict[str, date] = {}
    asked = {one.id: one.rule.persons for one in rules}
    for number, day in enumerate(days):
        progress("looking for the day of the export", number, len(days))
        few = replace(policy, rules={rule: policy.rules[rule] for rule in asked if rule not in found})
        selected = _selected(evaluate(few, snapshot, day, include_drafts=True))
        found |= {rule: day for rule in few.rules if len(selected.get(rule, ())) == asked[rule]}
    return found


def _frame(one: WrittenRule) -> tuple[int, int]:
    """Days before the start and after the end of a contract on which the rule looks at it."""
    frames = [(each.days_before, each.days_after) for each in one.rule.conditions if isinstance(each, TimeFrame)]
    return frames[0] if frames else (0, 0)


def _days_before(snapshot: Snapshot, as_of: date, frames: set[tuple[int, int]]) -> list[date]:
    """Latest days before `as_of` on which rules with these time frames may select other people than a day later."""
    turns: set[int] = set()  # days, counted as `date.toordinal` does, on which a contract comes in or is out
    for person in snapshot.persons:
        for contract in person.contracts:
            start, end = contract.values.get("start_date"), contract.values.get("end_date")
            if isinstance(start, date):
                turns |= {start.toordinal() - before for before, _ in frames}
            if isinstance(end, date):
                turns |= {end.toordinal() + after + 1 for _, after in frames}
    latest = sorted((day for day in turns if 0 <= as_of.toordinal() - day < _LOOK_BACK_DAYS), reverse=True)
    return [date.fromordinal(day - 1) for day in latest[:_MOST_DAYS] if day > 1]
