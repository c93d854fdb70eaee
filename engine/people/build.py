"""Mapped people of all sources to a snapshot: everybody addressable is in it, and what is unclear freezes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from engine.people.contracts import build_contracts, nameless_references, normal_id, normal_values
from engine.people.departments import DepartmentTree
from engine.people.managers import resolve_managers
from policy.canonical import Value, canonical_json, plain
from policy.catalogue import sources as kinds
from policy.catalogue.registry import catalogue
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.imports import ImportCounts, ImportResult
from policy.people import DataProblem, Department, Person
from policy.records import MappedPerson
from policy.snapshot import Snapshot

Seal = Callable[[Iterable[Person], Iterable[Department]], Snapshot]
_WORKED_OUT = "primary_manager"  # depends on the day and the policy, so a snapshot never holds it


def build_people(
    mapped: Sequence[MappedPerson], departments: Iterable[Department], seal: Seal = Snapshot.of
) -> ImportResult:
    """Build the snapshot of the mapped people and departments of all sources. `seal` makes it of both.

    Problems of a person (doubles, contracts without external id or start, reversed dates, departments that do not
    exist or whose place is unclear) freeze that person and are reported. A record without an external id cannot be in
    the snapshot: it is reported and counted as unaddressable. Neither order of records nor of fields shows.
    """
    tree, problems = DepartmentTree.of(_normal(unit) for unit in departments)
    diagnostics = list(problems)
    records: dict[str, list[MappedPerson]] = {}
    unaddressable = 0
    for record in mapped:
        external_id = normal_id(record.values)
        if external_id is not None:
            records.setdefault(external_id, []).append(record)
        else:
            unaddressable += 1
            diagnostics.append(_without_id(record))
    persons, units, told = resolve_managers(
        (_person(external_id, records[external_id], tree) for external_id in sorted(records)), tree.units.values()
    )
    diagnostics += [*told, *_nameless(mapped)]
    diagnostics += [problem_diagnostic(one.external_id, problem) for one in persons for problem in one.problems]
    counts = ImportCounts(
        persons=len(persons),
        contracts=sum(len(one.contracts) for one in persons),
        departments=len(units),
        frozen=sum(1 for one in persons if one.problems),
        unaddressable=unaddressable,
    )
    return ImportResult(seal(persons, units), tuple(sorted(diagnostics, key=_order)), counts)


def problem_diagnostic(person: str, problem: DataProblem) -> Diagnostic:
    """Show a problem that freezes `person` (external id) as a diagnostic."""
    text = problem.text.rstrip(".")
    text = f"{text[:1].upper()}{text[1:]}"
    contract = problem.contract
    where = f", contract “{contract}”" if contract is not None and f"“{contract}”" not in text else ""
    kind = _kinds()[problem.code]
    hint = (
        f"Correct {problem.field} in the source; until then nothing of this person changes." if problem.field else None
    )
    return Diagnostic(kind, f"Person “{person}”{where}: {text}.", hint=hint, subject=person)


@cache
def _kinds() -> Mapping[str, DiagnosticKind]:
    return catalogue()


def _order(diagnostic: Diagnostic) -> tuple[str, str, str]:
    return (diagnostic.code, diagnostic.subject or "", diagnostic.detail)


def _person(external_id: str, records: Sequence[MappedPerson], tree: DepartmentTree) -> Person:
    """Person of one record; of several the first in canonical order, frozen because nobody knows which is right."""
    chosen = records[0] if len(records) == 1 else min(records, key=_canonical)
    contracts, found = build_contracts(chosen.contracts, tree)
    problems = {*found, *(problem for record in records for problem in record.problems)}
    if len(records) > 1:
        keys = ", ".join(sorted({f"“{record.key}”" for record in records}))
        text = f"{len(records)} records have the external id “{external_id}” (records {keys})"
        problems.add(DataProblem(kinds.PERSON_TWICE.code, "person.external_id", text))
    values = normal_values(chosen.values)
    for path in [one for one in values if _is_worked_out(one)]:
        del values[path]
    return Person(external_id, values, contracts, tuple(sorted(problems, key=_problem_order)))


def _canonical(record: MappedPerson) -> bytes:
    rows: list[Mapping[str, Value]] = [record.values, *(one.values for one in record.contracts)]
    return canonical_json([record.key, *([[path, plain(row[path])] for path in sorted(row)] for row in rows)])


def _problem_order(problem: DataProblem) -> tuple[str, str, str, str]:
    return (problem.contract or "", problem.field, problem.code, problem.text)


def _is_worked_out(path: str) -> bool:
    return path.startswith(_WORKED_OUT) and path[len(_WORKED_OUT) :][:1] in {"", "."}


def _normal(unit: Department) -> Department:
    texts = (unit.external_id, unit.code, unit.display_name, unit.parent_external_id, unit.manager)
    names = ("external_id", "code", "display_name", "parent_external_id", "manager")
    kept = normal_values({name: text for name, text in zip(names, texts, strict=True) if text is not None})
    read = {name: str(text) for name, text in kept.items()}
    return Department(
        read.get("external_id", ""),
        code=read.get("code"),
        display_name=read.get("display_name"),
        parent_external_id=read.get("parent_external_id"),
        manager=read.get("manager"),
    )


def _nameless(mapped: Iterable[MappedPerson]) -> list[Diagnostic]:
    """One warning per reference that has codes or names without external ids, however many people it is about."""
    seen: dict[str, set[str]] = {}
    for record in mapped:
        for values in (record.values, *(one.values for one in record.contracts)):
            for reference in nameless_references(values):
                seen.setdefault(reference, set()).add(record.key)
    return [_nameless_reference(reference, sorted(seen[reference])) for reference in sorted(seen)]


def _nameless_reference(reference: str, records: list[str]) -> Diagnostic:
    where = f"record “{records[0]}”" + (f" and {len(records) - 1} more" if len(records) > 1 else "")
    detail = f"{reference} has a code or a name but no external id in {where}; it counts as absent there."
    hint = f"Map {reference}.external_id as well."
    return Diagnostic(kinds.REFERENCE_WITHOUT_ID, detail, hint=hint, subject=reference)


def _without_id(record: MappedPerson) -> Diagnostic:
    name = record.values.get("display_name") or record.values.get("user_name")
    called = f" ({name})" if isinstance(name, str) else ""
    detail = f"The record “{record.key}”{called} has no external id, so nobody can tell which person it is."
    hint = "Give it an external id in the source, or map one to it."
    return Diagnostic(kinds.PERSON_WITHOUT_ID, detail, hint=hint, subject=record.key)
