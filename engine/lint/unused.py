"""Sets, defines, roles and targets that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.graph.templates import templates_of
from engine.lint.conditions import conditions_in_force, parts_written
from engine.lint.context import LintContext
from policy.catalogue.lint import UNUSED_DEFINE, UNUSED_ROLE, UNUSED_SET, UNUSED_TARGET
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.expressions import Comparison, Condition, DepartmentsOperand, Named, ValuesOperand
from policy.lint import Edit, Fix, LintFinding
from policy.rules import CheckedPolicy, Define, Grant, Role, ValueSet


def find_unused(context: LintContext) -> Iterator[LintFinding]:
    """Find what no rule, exclusion or event leads to; a draft counts as a rule.

    What only unused declarations use is unused too, so that all of it can go at once.
    """
    policy = context.policy
    sets, defines = _used_by_conditions(policy)
    roles = _used_roles(policy)
    yield from _unused(policy.sets.values(), sets, UNUSED_SET, "the set")
    yield from _unused(policy.defines.values(), defines, UNUSED_DEFINE, "the define")
    yield from _unused(policy.roles.values(), roles, UNUSED_ROLE, "the role")
    targets = _used_targets(policy)
    for target in policy.targets.values():
        if target.id not in targets:
            detail = f"No rule grants anything in `{target.id}`, and no target depends on it."
            hint = "add the rule that is missing, or remove the target once nothing is managed in it"
            yield LintFinding(Diagnostic(UNUSED_TARGET, detail, target.span, hint))


def _unused(
    declared: Iterable[ValueSet | Define | Role], used: set[str], kind: DiagnosticKind, word: str
) -> Iterator[LintFinding]:
    for one in declared:
        if one.id not in used:
            detail = f"Nothing that takes part uses {word} `{one.id}`."
            hint = "remove it, or use it where it was meant"
            fix = Fix(f"remove {word} `{one.id}`", (Edit(one.span, ""),))
            yield LintFinding(Diagnostic(kind, detail, one.span, hint), fix)


def _used_by_conditions(policy: CheckedPolicy) -> tuple[set[str], set[str]]:
    """Names of the sets and defines that conditions of rules, exclusions and events lead to."""
    sets: set[str] = set()
    defines: set[str] = set()
    waiting: list[Condition] = list(conditions_in_force(policy))
    while waiting:
        for part in parts_written(waiting.pop()):
            match part:
                case Named() if part.name not in defines:
                    defines.add(part.name)
                    waiting.append(part.condition)
                case Comparison(operand=ValuesOperand(set_name=str(name)) | DepartmentsOperand(set_name=str(name))):
                    sets.add(name)
                case _:
                    pass
    return sets, defines


def _used_roles(policy: CheckedPolicy) -> set[str]:
    rules = policy.rules.values()
    granted = {grant.via[0] for rule in rules for grant in rule.grants if isinstance(grant, Grant) and grant.via}
    used: set[str] = set()
    while granted:
        name = granted.pop()
        used.add(name)
        granted |= {one for one in policy.roles[name].includes if one not in used}
    return used


def _used_targets(policy: CheckedPolicy) -> set[str]:
    rules = policy.rules.values()
    used = {one.target for rule in rules for grant in rule.grants for one in templates_of(grant)}
    return used | {needed.target for target in policy.targets.values() for needed in target.depends_on}
