"""Tests: people and departments that never were, days in order, and expectations whose names all exist."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.checking import Checking
from dsl.lower.entitlements import lower_fixed_entitlement
from dsl.lower.test_facts import lower_facts
from dsl.suggest import did_you_mean, suggest
from dsl.tree.ast import DeclarationWord
from dsl.tree.leaves import Text
from dsl.tree.tests import (
    ExpectationNode,
    TestContractNode,
    TestDayNode,
    TestDeclaration,
    TestDepartmentNode,
    TestPersonNode,
)
from policy.catalogue.names import DEPARTMENT_CIRCLE, TWICE_IN_TEST, UNKNOWN_TEST_PERSON, WHICH_TEST_PERSON
from policy.people import Contract, Department, Person
from policy.source import Span
from policy.testing import Expectation, Expected, PolicyTest, TestDay, TestPerson

_BECAUSE = {
    Expected.ENTITLED: DeclarationWord.RULE,
    Expected.DENIED: DeclarationWord.NEVER,
    Expected.FROZEN: DeclarationWord.EXCLUDE,
}


def lower_test(node: TestDeclaration, checking: Checking) -> PolicyTest | None:
    """Give a test; None when anything in it is broken, after all of that was reported."""
    _report_twice(((day.day.value, day.day.span) for day in node.days), "The day {} has a section already.", checking)
    persons = [_lower_person(one, checking) for one in node.persons]
    _report_twice(_ids(one.id for one in node.persons), 'The test has a person "{}" already.', checking)
    departments = _lower_departments(node, checking)
    days = [_lower_day(one, node, checking) for one in node.days]
    sound_persons = tuple(one for one in persons if one is not None)
    sound_days = tuple(one for one in days if one is not None)
    if len(sound_persons) < len(persons) or len(sound_days) < len(days) or departments is None:
        return None
    return PolicyTest(
        title=node.title.value,
        departments=departments,
        persons=tuple(sorted(sound_persons, key=lambda one: one.person.external_id)),
        snapshots=tuple((one.value, one.span) for one in node.snapshots),
        days=tuple(sorted(sound_days, key=lambda one: one.day)),
        span=node.span,
    )


def _ids(texts: Iterable[Text]) -> Iterable[tuple[str, Span]]:
    return ((one.value, one.span) for one in texts)


def _report_twice(named: Iterable[tuple[object, Span]], detail: str, checking: Checking) -> None:
    seen: dict[object, Span] = {}
    for name, span in named:
        first = seen.setdefault(name, span)
        if first is not span:
            hint = "put both together, or correct one of them"
            related = (("the first one is here", first),)
            checking.findings.report(TWICE_IN_TEST, detail.format(name), span, hint=hint, related=related)


# --- who -------------------------------------------------------------------------------------------------------------


def _lower_person(node: TestPersonNode, checking: Checking) -> TestPerson | None:
    values = lower_facts(node.facts, "person", checking)
    holding = [lower_fixed_entitlement(one, checking) for one in node.holding]
    contracts = [_lower_contract(one, checking) for one in node.contracts]
    _report_twice(_ids(one.id for one in node.contracts), 'The person has a contract "{}" already.', checking)
    held = tuple(one for one in holding if one is not None)
    sound = tuple(one for one in contracts if one is not None)
    if values is None or len(held) < len(holding) or len(sound) < len(contracts):
        return None
    person = Person(node.id.value, values, tuple(sorted(sound, key=lambda one: one.external_id)))
    return TestPerson(person, tuple(dict.fromkeys(held)), node.span)


def _lower_contract(node: TestContractNode, checking: Checking) -> Contract | None:
    values = lower_facts(node.facts, "contract", checking)
    return None if values is None else Contract(node.id.value, values)


def _lower_departments(node: TestDeclaration, checking: Checking) -> tuple[Department, ...] | None:
    """Departments by id: those declared, and those that are only named; a loop of parents is reported."""
    _report_twice(_ids(one.id for one in node.departments), 'The test has a department "{}" already.', checking)
    parents: dict[str, str | None] = {}
    for one in node.departments:
        parents.setdefault(one.id.value, one.below.value if one.below else None)
    for name in (*(parent for parent in parents.values() if parent is not None), *_named_departments(node)):
        parents.setdefault(name, None)
    circle = next((one for one in node.departments if _is_below_itself(one, parents)), None)
    if circle is not None:
        detail = f'"{circle.id.value}" would lie below itself.'
        checking.findings.report(DEPARTMENT_CIRCLE, detail, circle.span, hint="correct one of the `below`s")
        return None
    return tuple(Department(name, parent_external_id=parents[name]) for name in sorted(parents))


def _named_departments(node: TestDeclaration) -> Iterable[str]:
    facts = (fact for person in node.persons for contract in person.contracts for fact in contract.facts)
    for fact in facts:
        if fact.name.name in {"department", "department.external_id"} and isinstance(fact.value, Text):
            yield fact.value.value


def _is_below_itself(node: TestDepartmentNode, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    at = parents.get(node.id.value)
    while at is not None and at not in seen:
        if at == node.id.value:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


# --- what is expected ------------------------------------------------------------------------------------------------


def _lower_day(node: TestDayNode, test: TestDeclaration, checking: Checking) -> TestDay | None:
    lowered = [_lower_expectation(one, test, checking) for one in node.expectations]
    sound = tuple(one for one in lowered if one is not None)
    return TestDay(node.day.value, sound, node.span) if len(sound) == len(lowered) else None


def _lower_expectation(node: ExpectationNode, test: TestDeclaration, checking: Checking) -> Expectation | None:
    person = _person_of(node, test, checking)
    entitlements = [lower_fixed_entitlement(one, checking) for one in node.entitlements]
    sound = tuple(one for one in entitlements if one is not None)
    fits = person is not None and len(sound) == len(entitlements)
    for ident in node.because:
        fits = checking.names.knows(_BECAUSE[node.expected], ident, checking.findings) and fits
    if node.event is not None:
        fits = checking.names.knows(DeclarationWord.EVENT, node.event, checking.findings) and fits
    if not fits or person is None:
        return None
    because = tuple(dict.fromkeys(one.name for one in node.because))
    event = node.event.name if node.event else None
    return Expectation(node.expected, person, sound, because, event, node.span)


def _person_of(node: ExpectationNode, test: TestDeclaration, checking: Checking) -> str | None:
    """Whom the expectation speaks of; a file of persons may hold anybody, so there only the runner can tell."""
    known = [one.id.value for one in test.persons]
    if node.person is not None:
        if node.person.value in known or test.snapshots:
            return node.person.value
        detail = f'No person of this test is "{node.person.value}".'
        hint = (
            did_you_mean(suggest(node.person.value, known)) or f'add `person "{node.person.value}" … end` to the test'
        )
        checking.findings.report(UNKNOWN_TEST_PERSON, detail, node.person.span, hint=hint)
        return None
    if len(known) == 1 and not test.snapshots:
        return known[0]
    if known or test.snapshots:
        detail = "The test has several persons."
        hint = f'begin it with the person: `person "{known[0] if known else "NUMBER"}" expect …`'
    else:
        detail, hint = "The test has no person.", 'add `person "P1" … end` before the first `on`'
    checking.findings.report(WHICH_TEST_PERSON, detail, node.span, hint=hint)
    return None
