"""Conditions that name a person by number."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.conditions import parts_written
from engine.lint.context import LintContext
from policy.catalogue.lint import PERSON_BY_NUMBER
from policy.diagnostics import Diagnostic
from policy.expressions import Comparison, Condition
from policy.lint import LintFinding
from policy.types import FieldType


def find_person_by_number(context: LintContext) -> Iterator[LintFinding]:
    """Find comparisons of a person's own number, or that of a manager, with a value, in rules and defines.

    Exclusions and exceptions of a `never` may name one person: they say why, and until when.
    """
    places: list[tuple[str, Condition]] = [
        (f"Rule `{rule.id}`", rule.condition) for rule in context.policy.rules.values() if rule.condition is not None
    ]
    places += [(f"The define `{one.id}`", one.condition) for one in context.policy.defines.values()]
    for where, condition in places:
        for part in parts_written(condition):
            if isinstance(part, Comparison) and part.operator != "known" and _is_number_of_person(part):
                detail = f"{where} asks who `{part.field.name}` is: it speaks of one person and not of a kind of work."
                hint = (
                    "name what this person is (a title, a department, a field of their own): the next one gets it too"
                )
                yield LintFinding(Diagnostic(PERSON_BY_NUMBER, detail, part.span, hint))


def _is_number_of_person(part: Comparison) -> bool:
    return part.field.name == "person.external_id" or part.field.type is FieldType.PERSON
