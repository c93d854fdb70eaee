"""Which tests a change of the rules can touch; where that is not sure, they are among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from engine.compare.meaning import same_meaning
from engine.compare.relevance import relevant_rules
from engine.graph.templates import templates_of
from engine.people.horizon import contract_horizon
from policy.rules import CheckedPolicy, Template
from policy.testing import Expectation, Expected, PolicyTest

_OF_EVERYTHING = frozenset({Expected.NOTHING, Expected.ONLY, Expected.EVENT})
_OF_RULES = frozenset({Expected.ENTITLED, Expected.NOT_ENTITLED})
_WHOLE = ("targets", "exclusions", "nevers", "events")
"""Declarations that can decide an expectation of anybody."""
_SOME_DAYS = (date(2024, 3, 1), date(2025, 2, 28))


def touched_tests(base: CheckedPolicy, head: CheckedPolicy) -> frozenset[str]:
    """Titles of tests of `head` that are new, were changed, or may come out otherwise than under the rules of `base`.

    Prose, places and the order of things are no change. A changed rule touches what it may give, what is given to
    those who hold that, and every line in its target and in those bound to it; a changed target, exclusion, never,
    event, field or clause of `policy` touches every test. Vault files and field mappings are not looked at here.
    """
    if _differ_throughout(base, head):
        return frozenset(head.tests)
    changed = _changed_rules(base, head)
    return frozenset(
        title
        for title, test in head.tests.items()
        if not _same_test(test, base.tests.get(title)) or changed & (_reached(base, test) | _reached(head, test))
    )


def _differ_throughout(base: CheckedPolicy, head: CheckedPolicy) -> bool:
    one, other = (
        (
            policy.timezone,
            policy.primary_contract_by,
            policy.primary_manager,
            policy.schema.fields,
            # How far back a contract's missing data freeze somebody hangs on the windows of all rules together.
            [contract_horizon(policy, day) for day in _SOME_DAYS],
        )
        for policy in (base, head)
    )
    return one != other or not all(same_meaning(getattr(base, name), getattr(head, name)) for name in _WHOLE)


def _changed_rules(base: CheckedPolicy, head: CheckedPolicy) -> frozenset[str]:
    ids = base.rules.keys() | head.rules.keys()
    return frozenset(one for one in ids if not same_meaning(base.rules.get(one), head.rules.get(one)))


def _same_test(test: PolicyTest, before: PolicyTest | None) -> bool:
    if before is None or [path for path, _ in test.snapshots] != [path for path, _ in before.snapshots]:
        return False
    return same_meaning(replace(test, snapshots=()), replace(before, snapshots=()))


def _reached(policy: CheckedPolicy, test: PolicyTest) -> frozenset[str]:
    """Rules that can have a say in an expectation of `test`."""
    expectations = [one for day in test.days for one in day.expectations]
    if any(one.expected in _OF_EVERYTHING for one in expectations):
        return frozenset(policy.rules)
    named = {each for one in expectations if one.expected in _OF_RULES for each in one.entitlements}
    return relevant_rules(policy, [*named, *_templates_in(policy, _targets_of_lines(policy, expectations))])


def _targets_of_lines(policy: CheckedPolicy, expectations: Iterable[Expectation]) -> frozenset[str]:
    """Targets whose lines decide expectations about lines: those named, and those bound to them, over and over."""
    bound = _bonds(policy)
    found: set[str] = set()
    waiting = [each.target for one in expectations if one.expected not in _OF_RULES for each in one.entitlements]
    while waiting:
        target = waiting.pop()
        if target not in found:
            found.add(target)
            waiting += bound.get(target, ())
    return frozenset(found)


def _bonds(policy: CheckedPolicy) -> Mapping[str, set[str]]:
    """Targets that a dependency or a never binds to one another, whichever way it points."""
    pairs = [(name, one.target) for name, target in policy.targets.items() for one in target.depends_on]
    pairs += [(one.first.target, one.second.target) for one in policy.nevers.values()]
    bound: dict[str, set[str]] = {}
    for one, other in pairs:
        bound.setdefault(one, set()).add(other)
        bound.setdefault(other, set()).add(one)
    return bound


def _templates_in(policy: CheckedPolicy, targets: frozenset[str]) -> Iterator[Template]:
    for rule in policy.rules.values():
        for grant in rule.grants:
            yield from (one for one in templates_of(grant) if one.target in targets)
