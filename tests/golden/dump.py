"""A checked policy as short, stable lines: what golden documents show of rules that compile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.canonical import Value, plain, plain_number
from policy.events import DateTrigger, Event, LineTrigger
from policy.expressions import (
    AllOf,
    AnyOf,
    ChangeOperand,
    Comparison,
    Condition,
    DepartmentsOperand,
    FlagOperand,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    NoOperand,
    Not,
    NumberOperand,
    Operand,
    PatternOperand,
    StatusIs,
    TextOperand,
    ValuesOperand,
)
from policy.operators.registry import OPERATORS
from policy.rules import CheckedPolicy, Exclusion, Grant, Never, Rule, TableGrant, Template, Window
from policy.targets import TargetPolicy
from policy.testing import PolicyTest
from policy.types import Field


def dump(policy: CheckedPolicy) -> str:
    """One line per fact, indented below its declaration."""
    return "".join(f"{line}\n" for line in _lines(policy))


def _lines(policy: CheckedPolicy) -> Iterator[str]:
    yield f'policy "{policy.title}" language {policy.language} in {policy.timezone}'
    keys = (f"{key.field.path if key.field else 'active'} {key.direction}" for key in policy.primary_contract_by)
    yield f"  primary contract by {', '.join(keys)}"
    yield f"  primary manager from {policy.primary_manager}"
    for name, declared in policy.fields.items():
        one = declared.field
        listed = f" of {list(one.one_of)}" if one.one_of else ""
        yield f"field {name} {one.type}{listed}{' required' if one.required else ''}"
    for name, found in policy.sets.items():
        yield f"set {name} {list(found.values)}{f' from {found.file}' if found.file else ''}"
    for name, define in policy.defines.items():
        yield f"define {name}: {show(define.condition)}"
    for name, role in policy.roles.items():
        yield f'role {name} "{role.title}"{f" includes {list(role.includes)}" if role.includes else ""}'
        yield from (f"  {_template(grant.template)} via {'/'.join(grant.via)}" for grant in role.grants)
    for rule in policy.rules.values():
        yield from _rule(rule)
    for target in policy.targets.values():
        yield from _target(target)
    for exclusion in policy.exclusions.values():
        yield from _exclusion(exclusion)
    for never in policy.nevers.values():
        yield from _never(never)
    for event in policy.events.values():
        yield from _event(event)
    for test in policy.tests.values():
        yield from _test(test)


def _rule(rule: Rule) -> Iterator[str]:
    yield f'{"draft " if rule.draft else ""}rule {rule.id} "{rule.title}" for {rule.scope}'
    for word, said in (("owner", rule.owner), ("category", rule.category), ("about", rule.about)):
        if said is not None:
            yield f"  {word}: {said}"
    if rule.condition is not None:
        yield f"  when {show(rule.condition)}"
    if _window(rule.window):
        yield f" {_window(rule.window)}"
    for grant in rule.grants:
        yield from _grant(grant)


def _grant(grant: Grant | TableGrant) -> Iterator[str]:
    if isinstance(grant, Grant):
        via = f" via {'/'.join(grant.via)}" if grant.via else ""
        yield f"  grant {_template(grant.template)}{via}{_window(grant.window)}"
        return
    yield f"  grant by {grant.field.name}{_window(grant.window)}"
    for key, templates in grant.rows.items():
        yield f"    {key} -> {', '.join(map(_template, templates))}"
    if grant.otherwise:
        yield f"    otherwise -> {', '.join(map(_template, grant.otherwise))}"


def _target(target: TargetPolicy) -> Iterator[str]:
    yield f'target {target.id} "{target.title}"'
    for one in target.depends_on:
        yield f"  depends on {one.target} using {', '.join(one.using)}"
    for limit in target.limits:
        percent = None if limit.percent_hundredths is None else f"{limit.percent} %"
        bounds = " or ".join(str(bound) for bound in (limit.count, percent) if bound is not None)
        days = "" if limit.days is None else f" in {limit.days} days"
        yield f"  limit {limit.action} {limit.kind} to {bounds}{days}"
    if target.staged_deletion:
        yield f"  delete after {target.staged_deletion.delete_after_days} days"


def _exclusion(one: Exclusion) -> Iterator[str]:
    who = f"person {one.person}" if one.condition is None else f"when {show(one.condition)}"
    yield f'exclude {one.id} "{one.title}" {who}'
    yield f"  from {'all targets' if one.targets is None else ', '.join(one.targets)}"
    yield f"  because {one.because}; approved by {one.approved_by}; until {one.until}"


def _never(one: Never) -> Iterator[str]:
    yield f'never {one.id} "{one.title}" {one.first} together with {one.second}, {one.severity}, because {one.because}'
    for said in one.exceptions:
        yield f"  except {said.person} because {said.because}; approved by {said.approved_by}; until {said.until}"


def _event(event: Event) -> Iterator[str]:
    yield f'event {event.id} "{event.title}"'
    match event.trigger:
        case LineTrigger(op=op, kind=kind, target=target, name=name):
            yield f"  on {op} {kind} {name or '(any)'} in {target}"
        case DateTrigger(offset=offset, direction=direction, edge=edge):
            yield f"  {offset} {direction} {edge}"
    if event.condition is not None:
        yield f"  when {show(event.condition)}"
    recipient = event.recipient.name if isinstance(event.recipient, Field) else event.recipient
    yield f"  notify {recipient} using {event.template}"


def _test(test: PolicyTest) -> Iterator[str]:
    yield f'test "{test.title}"'
    for unit in test.departments:
        yield f"  department {unit.external_id} below {unit.parent_external_id}"
    for file, _ in test.snapshots:
        yield f"  from snapshot {file}"
    for one in test.persons:
        yield f"  person {one.person.external_id} {_facts(one.person.values)}"
        yield from (f"    holding {held}" for held in one.holding)
        yield from (f"    contract {each.external_id} {_facts(each.values)}" for each in one.person.contracts)
    for day in test.days:
        for expectation in day.expectations:
            what = [str(each) for each in expectation.entitlements] + ([expectation.event] if expectation.event else [])
            because = f" because {', '.join(expectation.because)}" if expectation.because else ""
            yield f"  {day.day} {expectation.person} {expectation.expected}: {', '.join(what)}{because}"


def _facts(values: Mapping[str, Value]) -> str:
    return "{" + ", ".join(f"{key}: {plain(value)}" for key, value in sorted(values.items())) + "}"


def _window(window: Window) -> str:
    bounds = (("starting", window.starting), ("ending", window.ending))
    return "".join(f" {word} {bound.moment or 'never'}" for word, bound in bounds if bound is not None)


def _template(template: Template) -> str:
    name = "".join(f"{{{part.name}}}" if isinstance(part, Field) else part for part in template.parts)
    quoted = f' "{name}"' if name else ""
    return f"{template.kind}{quoted} in {template.target}"


def show(condition: Condition) -> str:
    """Show a condition on one line, every connective written out."""
    match condition:
        case Comparison():
            entry = OPERATORS[condition.operator]
            phrase = entry.negation if condition.negated else entry.phrase
            return f"{condition.field.name} {phrase}{_operand(condition.operand)}"
        case StatusIs():
            return f"contract is {'not ' if condition.negated else ''}{condition.status}"
        case Holds():
            return f"holds {condition.entitlement}"
        case HasContract():
            return f"{condition.quantifier} contract has ({show(condition.condition)})"
        case Named():
            return f"<{condition.name}: {show(condition.condition)}>"
        case Not():
            return f"not ({show(condition.condition)})"
        case AllOf() | AnyOf() | NoneOf():
            word = {AllOf: "all", AnyOf: "any", NoneOf: "none"}[type(condition)]
            return f"{word} of ({', '.join(map(show, condition.conditions))})"


def _operand(operand: Operand) -> str:
    match operand:
        case TextOperand():
            return f' "{operand.text}"'
        case PatternOperand():
            return f" /{operand.pattern}/"
        case NumberOperand():
            return f" {plain_number(operand.number)}"
        case FlagOperand():
            return f" {str(operand.flag).lower()}"
        case ValuesOperand():
            listed = ", ".join(value if isinstance(value, str) else plain_number(value) for value in operand.values)
            return f" {operand.set_name or ''}({listed})"
        case DepartmentsOperand():
            below = " or below" if operand.or_below else ""
            return f" {operand.set_name or ''}[{', '.join(operand.departments)}]{below}"
        case MomentOperand():
            return f" {operand.moment}"
        case ChangeOperand():
            return f" {operand.before!r} -> {operand.after!r}"
        case NoOperand():
            return ""
