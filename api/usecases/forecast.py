"""Forecast: what will be granted and revoked on which day if nobody changes rules or data. Nothing is written."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from api.tools import Tools
from api.usecases.checked_policy import checked_policy
from api.usecases.display_names import DisplayNames
from api.usecases.explain import unknown_person
from api.usecases.state import State, read_state
from engine.forecast.columnar import ColumnarEvaluations
from engine.forecast.selection import Selection, explain_endings, select
from engine.forecast.walk import StartingPoint, forecast
from policy.catalogue.forecast import ENDS_BEFORE_IT_BEGINS, NOTHING_OF_THAT_NAME, TOO_FAR_AHEAD
from policy.diagnostics import Diagnostic, UsageError
from policy.forecasts import Forecast, ForecastLine
from policy.rules import CheckedPolicy

DEFAULT_DAYS = 90
"""How far a forecast looks ahead when nobody says until when."""
MOST_DAYS = 1827
"""Five years."""


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """What is asked: the first day (default: today) and the last (default: 90 days later), and of whom and what.

    `most_explained` revokes are told with the reason why they come: each takes a look at the nearest rules.
    """

    first: date | None = None
    until: date | None = None
    selection: Selection = field(default_factory=Selection)
    drafts: bool = False
    most_explained: int = 0


@dataclass(frozen=True, slots=True)
class Forecasted:
    """A forecast with what its readers want to know besides: the workspace's name and people's names."""

    forecast: Forecast
    workspace: str
    selection: Selection
    names: dict[str, str]


def forecast_workspace(tools: Tools, request: ForecastRequest) -> Forecasted:
    """Look ahead from what is managed, by the rules as they stand and the snapshot in force.

    Raises DataError when the rules have errors or there is no snapshot, UsageError for days between which nothing can
    be forecast and for a person, target or rule that nobody knows.
    """
    tools.progress("reading rules", 0, 0)
    policy = checked_policy(tools.workspace)
    first = request.first or tools.today(policy.timezone)
    days = (first, _last_day(first, request.until))
    tools.progress("reading people and what is managed", 0, 0)
    state = read_state(tools)
    _require_known(policy, state, request.selection)
    start = StartingPoint(state.managed, state.executed, state.previous_as_of)
    whole = forecast(
        policy,
        ColumnarEvaluations(policy, state.columns, include_drafts=request.drafts),
        start,
        days,
        progress=lambda done, total: tools.progress("looking ahead, day by day", done, total),
    )
    chosen = _choose(tools, whole, policy, state, request=request)
    people = {one.line.key.person for _, one in chosen.lines}
    names = DisplayNames(state.columns)
    called = {person: name for person in sorted(people) if (name := names.get(person))}
    return Forecasted(chosen, tools.workspace.name, request.selection, called)


def _last_day(first: date, until: date | None) -> date:
    last = until or first + timedelta(days=min(DEFAULT_DAYS, (date.max - first).days))
    if last < first:
        detail = f"The last day, {last}, lies before the first, {first}."
        raise UsageError(Diagnostic(ENDS_BEFORE_IT_BEGINS, detail, hint="name a last day that lies behind the first"))
    if (last - first).days > MOST_DAYS:
        detail = (
            f"From {first} to {last} are {(last - first).days:,} days; a forecast looks at most {MOST_DAYS:,} ahead."
        )
        hint = f"name a last day up to {first + timedelta(days=MOST_DAYS)}"
        raise UsageError(Diagnostic(TOO_FAR_AHEAD, detail, hint=hint))
    return last


def _choose(
    tools: Tools, whole: Forecast, policy: CheckedPolicy, state: State, *, request: ForecastRequest
) -> Forecast:
    """Narrow the forecast to what is asked for, and say why things end in it."""
    drafts, selection = request.drafts, request.selection
    if selection.rules:
        # What is revoked on the first day names no rule by itself: why it ends tells the nearest.
        tools.progress("looking for why things end", 0, 0)
        whole = explain_endings(whole, policy, state.snapshot, include_drafts=drafts, wanted=lambda one: not one.before)
    chosen = select(whole, selection)
    left = request.most_explained

    def wanted(_one: ForecastLine) -> bool:
        nonlocal left
        left -= 1
        return left >= 0

    if left:
        tools.progress("looking for why things end", 0, 0)
        chosen = explain_endings(chosen, policy, state.snapshot, include_drafts=drafts, wanted=wanted)
    return chosen


def _require_known(policy: CheckedPolicy, state: State, selection: Selection) -> None:
    for person in sorted(selection.persons):
        if state.columns.find(person) is None and state.entries.find_person(person) is None:
            raise unknown_person(person, state.snapshot.external_ids())
    targets = policy.targets.keys() | {target for target, _ in state.managed.counts()}
    for kind, names, known in (("target", selection.targets, targets), ("rule", selection.rules, policy.rules.keys())):
        for name in sorted(names - known):
            raise _unknown(kind, name, known)


def _unknown(kind: str, name: str, known: Collection[str]) -> UsageError:
    similar = difflib.get_close_matches(name, known, n=2)
    listed = ", ".join(sorted(known)[:6]) + (" …" if len(known) > 6 else "")  # noqa: PLR2004  # as many as a line holds
    hint = f"did you mean {' or '.join(f'`{one}`' for one in similar)}?" if similar else f"there are {listed}"
    return UsageError(Diagnostic(NOTHING_OF_THAT_NAME, f"The policy has no {kind} {name}.", hint=hint, subject=name))
