"""A `test` block from people, departments and what is expected of them: what `dsl` reads back is the same test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from dsl.format.source import Formatted, format_source
from policy.canonical import Value, plain
from policy.entitlements import Entitlement
from policy.people import Contract, Department, Person
from policy.source import SourceFile, Span
from policy.testing import Expectation, Expected, TestDay, TestPerson

NO_PLACE = Span("", 1, 1, 1, 1)
"""Where a person, a day or an expectation stands that is not written yet."""

_INDENT = "    "
_OF_ONE_ENTITLEMENT = {
    Expected.ENTITLED: "expect",
    Expected.NOT_ENTITLED: "expect no",
    Expected.GRANT: "expect grant",
    Expected.REVOKE: "expect revoke",
    Expected.UPDATE: "expect update",
    Expected.DENIED: "expect denied",
    Expected.WAITING: "expect waiting",
    Expected.BLOCKED: "expect blocked",
    Expected.CONFLICT: "expect conflict",
}
_DEPARTMENT = "department.external_id"


def render_test(
    title: str, persons: Sequence[TestPerson], *, departments: Sequence[Department], days: Sequence[TestDay]
) -> str:
    """Text of one `test` declaration in the style of `ordain fmt`, closed by a line end.

    Every value of a person and contract becomes a fact, in order of its name, whatever the policy's schema: leave out
    beforehand what no rule may name (`writable` tells which values have a form in the language). Data problems of a
    person have none.
    """
    several = len(persons) > 1
    lines = [f"test {quoted(title)}"]
    lines += [_indented(1, line) for one in _parents_first(departments) for line in _department(one)]
    lines += [_indented(1, line) for one in persons for line in _person(one)]
    lines += [
        _indented(1, line) for one in sorted(days, key=lambda one: one.day) for line in _day(one, several=several)
    ]
    return _wrapped("\n".join([*lines, "end"]) + "\n")


def _wrapped(text: str) -> str:
    """Break lines that are too long; a text that cannot be read back stays, so that its error can be shown."""
    outcome = format_source(SourceFile("test.ordain", text))
    return outcome.text if isinstance(outcome, Formatted) else text


def writable(value: Value) -> bool:
    """Tell whether a fact can hold the value: the language knows no number below zero."""
    return isinstance(value, bool) or not isinstance(value, Decimal) or value >= 0


def quoted(text: str) -> str:
    """Text between quotes, with the escapes of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _parents_first(departments: Sequence[Department]) -> list[Department]:
    """Departments in order of their ids, each behind its parent, as a reader expects."""
    by_id = {one.external_id: one for one in departments}
    ordered: dict[str, Department] = {}
    for _, one in sorted(by_id.items()):
        line: list[Department] = []
        above: Department | None = one
        while above is not None and above not in line and above.external_id not in ordered:
            line.append(above)
            above = by_id.get(above.parent_external_id or "")
        ordered |= {each.external_id: each for each in reversed(line)}
    return [*ordered.values()]


def _department(one: Department) -> Iterator[str]:
    below = f" below {quoted(one.parent_external_id)}" if one.parent_external_id else ""
    yield f"department {quoted(one.external_id)}{below}"


def person_lines(person: Person, departments: Sequence[Department]) -> list[str]:
    """Lines that say who somebody is, as a test says it, without the indentation of the test."""
    below = [line for one in _parents_first(departments) for line in _department(one)]
    return [*below, *_person(TestPerson(person, (), NO_PLACE))]


def _person(one: TestPerson) -> Iterator[str]:
    yield f"person {quoted(one.person.external_id)}"
    yield from (_indented(1, f"holding {_entitlement(held)}") for held in one.holding)
    yield from (_indented(1, line) for line in _facts(one.person.values))
    yield from (_indented(1, line) for contract in one.person.contracts for line in _contract(contract))
    yield "end"


def _contract(contract: Contract) -> Iterator[str]:
    yield f"contract {quoted(contract.external_id)}"
    yield from (_indented(1, line) for line in _facts(contract.values))
    yield "end"


def _facts(values: Mapping[str, Value]) -> Iterator[str]:
    for path, value in sorted(values.items()):
        yield f"{'department' if path == _DEPARTMENT else path}: {_value(value)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case date() | Decimal():
            return str(plain(value))


def _day(one: TestDay, *, several: bool) -> Iterator[str]:
    said = [_expectation(each, several=several) for each in one.expectations]
    if len(said) == 1:
        yield f"on {one.day.isoformat()} {said[0]}"
        return
    yield f"on {one.day.isoformat()}"
    yield from (_indented(1, each) for each in said)


def _expectation(one: Expectation, *, several: bool) -> str:
    words = _expected(one)
    because = f" because {', '.join(one.because)}" if one.because else ""
    return f"{f'person {quoted(one.person)} ' if several else ''}{words}{because}"


def _expected(one: Expectation) -> str:
    match one.expected:
        case Expected.NOTHING:
            return "expect nothing"
        case Expected.ONLY:
            return f"expect only {', '.join(_entitlement(each) for each in one.entitlements)}"
        case Expected.FROZEN:
            return "expect frozen"
        case Expected.EVENT:
            return f"expect event {one.event}"
        case _:
            return f"{_OF_ONE_ENTITLEMENT[one.expected]} {_entitlement(one.entitlements[0])}"


def _entitlement(one: Entitlement) -> str:
    return f"permission {quoted(one.name)} in {one.target}" if one.name else str(one)


def _indented(depth: int, line: str) -> str:
    return f"{_INDENT * depth}{line}"
