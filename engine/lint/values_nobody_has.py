"""Values of `one of` that nobody in the latest snapshot has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.lint.context import LintContext
from policy.catalogue.lint import VALUE_NOBODY_HAS
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding

_SHOWN = 8


def find_values_nobody_has(context: LintContext) -> Iterator[LintFinding]:
    """Note, once per field, the values that no person has, with the number of persons who have each other one."""
    if context.people is None or not context.people.persons:
        return
    for declared in context.policy.fields.values():
        name = declared.field.name
        counts = context.people.values.get(name, {})
        absent = [f'"{value}"' for value in declared.field.one_of or () if not counts.get(value)]
        if absent:
            detail = f"Of the {context.people.persons} persons in the latest snapshot nobody has {_listed(absent)}"
            detail += f" as `{name}`. {_counted(counts)}"
            hint = "correct the spelling, or leave the value out until somebody has it"
            yield LintFinding(Diagnostic(VALUE_NOBODY_HAS, detail, declared.span, hint))


def _listed(values: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [f'"{value}" {count}' for value, count in ordered[:_SHOWN]]
    more = [f"{len(ordered) - _SHOWN} more values"] if len(ordered) > _SHOWN else []
    return f"Persons by value: {', '.join(shown + more)}." if shown else "Nobody has any value there."
