"""Everything about one person: rules in order, what freezes them, who leaves them alone."""

from __future__ import annotations

from engine.evaluate.context import Context
from engine.evaluate.exclusions import exclusions_of, part_by_day
from engine.evaluate.rules import trace_rule
from engine.evaluate.traces import PersonTrace, RuleTrace
from engine.evaluate.typed_person import type_person
from engine.evaluate.values import Case
from engine.people.required import freezing_problems
from policy.decisions import Reason
from policy.entitlements import Entitlement
from policy.people import Person


def trace_person(person: Person, context: Context) -> PersonTrace:
    """Evaluate one person of the snapshot.

    A frozen person is evaluated like any other, as far as the data go: the freeze is a fact beside it.
    """
    typed = type_person(person, context)
    rules, desired = _trace_rules(typed, context)
    exclusions = exclusions_of(Case(context, typed, None, desired.keys()))
    holding, over = part_by_day(exclusions, context.as_of)
    problems = freezing_problems(person, context.policy.schema, ended_since=context.horizon)
    return PersonTrace(
        person=typed,
        rules=rules,
        desired={one: tuple(sorted(desired[one])) for one in sorted(desired)},
        frozen=tuple(dict.fromkeys(problems)),
        excluded=holding,
        ended=over,
    )


def _trace_rules(typed: Person, context: Context) -> tuple[tuple[RuleTrace, ...], dict[Entitlement, set[Reason]]]:
    desired: dict[Entitlement, set[Reason]] = {}
    traces = []
    for rule in context.rules:
        # INVARIANT: every rule that may grant what this one `holds` stands before it (engine.graph.holds).
        trace = trace_rule(rule, Case(context, typed, None, desired.keys()))
        traces.append(trace)
        for entitlement, reason in trace.gifts():
            desired.setdefault(entitlement, set()).add(reason)
    return tuple(traces), desired
