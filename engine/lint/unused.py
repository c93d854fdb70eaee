"""Sets, defines, roles and targets that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.graph.templates import templates_of
from engine.lint.conditions import conditions_in_force, parts_written
from engine.lint.context import LintContext
from policy.catalogue.lint import UNUSED_DEFINE, UNUSED_ROLE, UNUSED_SET, UNUSED_TARGET
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.expressions import Comparison, Condition, DepartmentsOperand, Named, ValuesOperand
from policy.lint import Edit, Fix, LintFinding
from policy.rules import CheckedPolicy, Define, Grant, Role, ValueSet


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of sets, defines and roles that something uses."""

    sets: frozenset[str]
    defines: frozenset[str]
    roles: frozenset[str]


def find_unused(context: LintContext) -> Iterator[LintFinding]:
    """Find what no rule, exclusion or event leads to; a draft counts as a rule.

    What only unused declarations use is unused too, but they have to go first.
    """
    policy = context.policy
    led_to = _led_to(policy)
    named = _named(policy)
    yield from _unused(policy.sets.values(), (led_to.sets, named.sets), UNUSED_SET, "the set")
    yield from _unused(policy.defines.values(), (led_to.defines, named.defines), UNUSED_DEFINE, "the define")
    yield from _unused(policy.roles.values(), (led_to.roles, named.roles), UNUSED_ROLE, "the role")
    targets = _used_targets(policy)
    for target in policy.targets.values():
        if target.id not in targets:
            detail = f"No rule grants anything in `{target.id}`, and no target depends on it."
            hint = "add the rule that is missing, or remove the target once nothing is managed in it"
            yield LintFinding(Diagnostic(UNUSED_TARGET, detail, target.span, hint))


def _unused(
    declared: Iterable[ValueSet | Define | Role],
    names: tuple[frozenset[str], frozenset[str]],
    kind: DiagnosticKind,
    word: str,
) -> Iterator[LintFinding]:
    """`names` are those that something in force leads to, and those that anything names."""
    led_to, named = names
    for one in declared:
        if one.id in led_to:
            continue
        if one.id in named:
            detail, hint = f"Only what is unused itself uses {word} `{one.id}`.", "remove both, or use it"
            yield LintFinding(Diagnostic(kind, detail, one.span, hint))
        else:
            detail, hint = f"Nothing uses {word} `{one.id}`.", "remove it, or use it where it was meant"
            fix = Fix(f"remove {word} `{one.id}`", (Edit(one.span, ""),))
            yield LintFinding(Diagnostic(kind, detail, one.span, hint), fix)


def _led_to(policy: CheckedPolicy) -> _Names:
    """Names that rules, exclusions and events lead to."""
    sets: set[str] = set()
    defines: set[str] = set()
    waiting: list[Condition] = list(conditions_in_force(policy))
    while waiting:
        found_sets, found = _names_in(waiting.pop())
        sets |= found_sets
        waiting += [policy.defines[name].condition for name in found - defines]
        defines |= found
    rules = policy.rules.values()
    granted = {grant.via[0] for rule in rules for grant in rule.grants if isinstance(grant, Grant) and grant.via}
    roles: set[str] = set()
    while granted:
        name = granted.pop()
        roles.add(name)
        granted |= set(policy.roles[name].includes) - roles
    return _Names(frozenset(sets), frozenset(defines), frozenset(roles))


def _named(policy: CheckedPolicy) -> _Names:
    """Names that stand in any declaration at all, those of rules left out."""
    found = [_names_in(define.condition) for define in policy.defines.values()]
    sets: frozenset[str] = frozenset().union(*(one for one, _ in found))
    defines: frozenset[str] = frozenset().union(*(one for _, one in found))
    return _Names(sets, defines, frozenset(name for role in policy.roles.values() for name in role.includes))


def _names_in(condition: Condition) -> tuple[set[str], set[str]]:
    """Give the sets and defines that stand in a condition itself."""
    sets: set[str] = set()
    defines: set[str] = set()
    for part in parts_written(condition):
        match part:
            case Named():
                defines.add(part.name)
            case Comparison(operand=ValuesOperand(set_name=str(name)) | DepartmentsOperand(set_name=str(name))):
                sets.add(name)
            case _:
                pass
    return sets, defines


def _used_targets(policy: CheckedPolicy) -> set[str]:
    rules = policy.rules.values()
    used = {one.target for rule in rules for grant in rule.grants for one in templates_of(grant)}
    return used | {needed.target for target in policy.targets.values() for needed in target.depends_on}
