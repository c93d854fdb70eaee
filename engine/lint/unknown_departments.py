"""Departments that rules name and the latest snapshot does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from engine.lint.conditions import conditions_of, parts_written
from engine.lint.context import LintContext
from policy.catalogue.lint import UNKNOWN_DEPARTMENT
from policy.diagnostics import Diagnostic
from policy.expressions import Comparison, Condition, DepartmentsOperand, TextOperand, ValuesOperand
from policy.lint import LintFinding
from policy.source import Span

_SHOWN = 6
_BY_ID = "contract.department.external_id"


def find_unknown_departments(context: LintContext) -> Iterator[LintFinding]:
    """Find them where a condition names them, or where the set does that a condition compares departments with.

    Without any department in the snapshot nothing is said: the source brings none.
    """
    if context.people is None or not context.people.departments:
        return
    there = context.people.departments
    sets: dict[str, None] = {}
    for condition in conditions_of(context.policy):
        for part in parts_written(condition):
            names, set_name = _named(part)
            if set_name is not None:
                sets[set_name] = None
            else:
                yield from _report(names, there, part.span)
    for name in sets:
        value_set = context.policy.sets[name]
        yield from _report(value_set.values, there, value_set.span, of_set=name)


def _named(part: Condition) -> tuple[tuple[str, ...], str | None]:
    """Departments that a condition itself names, and the set it takes them from."""
    match part:
        case Comparison(operand=DepartmentsOperand() as operand):
            return operand.departments, operand.set_name
        case Comparison(operand=TextOperand(text=text), operator="is") if part.field.name == _BY_ID:
            return (text,), None
        case Comparison(operand=ValuesOperand() as values) if part.field.name == _BY_ID:
            return tuple(str(one) for one in values.values), values.set_name
        case _:
            return (), None


def _report(
    names: Iterable[str], there: frozenset[str], place: Span, *, of_set: str | None = None
) -> Iterator[LintFinding]:
    missing = [name for name in names if name not in there]
    if not missing:
        return
    listed = ", ".join(f'"{name}"' for name in missing[:_SHOWN])
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    origin = f", which the set `{of_set}` names" if of_set else ""
    word = "department" if len(missing) == 1 else "departments"
    detail = f"The latest snapshot has no {word} {listed}{more}{origin}."
    near = get_close_matches(missing[0], sorted(there), n=1)
    hint = f"did you mean `{near[0]}`?" if near else "a department is named by its external id: correct or remove it"
    yield LintFinding(Diagnostic(UNKNOWN_DEPARTMENT, detail, place, hint))
