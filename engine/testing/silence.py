"""Why an event does not fire on a day of a test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.events.employments import employments_of
from engine.explain.wording import condition_text
from engine.testing.timeline import PlayedDay
from engine.testing.words import line_words, listed
from policy.diff import Line, Status
from policy.events import DateTrigger, Event, LineTrigger
from policy.moments import move


def tell_silence(played: PlayedDay, person: str, event: Event) -> str:
    """Say what is missing for `event` to fire for a person of the test that day, as a sentence."""
    match event.trigger:
        case LineTrigger() as trigger:
            return _without_line(played, person, event, trigger)
        case DateTrigger() as trigger:
            return _without_day(played, person, event, trigger)


def _without_line(played: PlayedDay, person: str, event: Event, trigger: LineTrigger) -> str:
    about = [one for one in played.diff.lines if one.key.person == person and _is_about(trigger, one)]
    if any(one.op.value == trigger.op and one.status is Status.PLANNED for one in about):
        return _without_condition(event)
    name = f'permission "{trigger.name}"' if trigger.name else f"{trigger.kind}"
    came = f"; what came is {line_words(about[0])}" if about else "."
    return f"It fires on a planned {trigger.op} of {name} in {trigger.target}, and that day there is none{came}"


def _is_about(trigger: LineTrigger, line: Line) -> bool:
    key = line.key
    return (key.target, key.kind) == (trigger.target, trigger.kind) and trigger.name in {None, key.name}


def _without_day(played: PlayedDay, person: str, event: Event, trigger: DateTrigger) -> str:
    due = [*_due_days(played, person, trigger)]
    if not due:
        return f"It fires {_moment(trigger)}, and this person has no such day."
    if min(due) > played.as_of:
        return f"It fires {_moment(trigger)}: for this person not before {min(due)}."
    days = listed(str(one) for one in due if one <= played.as_of)
    fires = f"It fires {_moment(trigger)}, once: for this person it was due on {days}"
    return (
        f"{fires} and has fired."
        if event.id in played.fired_before(person)
        else f"{fires}. {_without_condition(event)}"
    )


def _due_days(played: PlayedDay, person: str, trigger: DateTrigger) -> Iterator[date]:
    found = played.snapshot.find_person(person)
    for employment in employments_of(found.contracts if found else ()):
        day = employment.first if trigger.edge == "onboarding" else employment.last
        if day is not None:
            yield move(day, trigger.offset, trigger.direction)


def _moment(trigger: DateTrigger) -> str:
    return f"{trigger.offset} {trigger.direction} {trigger.edge}"


def _without_condition(event: Event) -> str:
    words = "" if event.condition is None else f": {condition_text(event.condition)}"
    return f"Its condition is not met{words}."
