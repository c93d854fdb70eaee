"""Source mapping: raw records to persons in the standard model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.mapping.fields import Assembly, ModelRoot, assemble_document, look_up
from policy.canonical import plain
from policy.catalogue.sources import MAPPED_VALUE_MISSING, SCRIPT_FAILED
from policy.mappings import MappingMode, SourceField, SourceMapping
from policy.ports import ScriptRunner
from policy.records import MappedContract, MappedPerson, RawPerson, RawRecord, RawRecords, RawValue
from policy.scripts import ScriptFailure, ScriptResult

Row = Mapping[str, RawValue]


def map_people(
    records: RawRecords,
    mapping: SourceMapping | None,
    scripts: ScriptRunner,
    *,
    now: datetime,
    seed: int,
    timezone: str,
) -> tuple[MappedPerson, ...]:
    """Persons of a source in the standard model, in the order of the records, behind those that need no mapping.

    Without a mapping the names of the raw fields are those of the vault. `now` and `seed` are what scripts see;
    `timezone` (IANA) is that of the policy. What goes wrong becomes a problem of the person, who is frozen by it.
    """
    if mapping is None:
        mapped = tuple(_person(one, _documents(one, timezone)) for one in records.persons)
        return (*records.mapped, *mapped)
    documents = [_document(person) for person in records.persons]
    person_rows = [{"source": document} for document in documents]
    contract_rows = [
        {"source": document, "sourceContract": contract.fields}
        for person, document in zip(records.persons, documents, strict=True)
        for contract in person.contracts
    ]
    run = _Run(scripts, now, seed, timezone)
    persons = run.results(mapping.persons, person_rows)
    contracts = run.results(mapping.contracts, contract_rows)
    start = 0
    found: list[MappedPerson] = []
    for person, own in zip(records.persons, persons, strict=True):
        end = start + len(person.contracts)
        assemblies = [run.map_record("person", mapping.persons, person.record, own)]
        for contract, results in zip(person.contracts, contracts[start:end], strict=True):
            assemblies.append(run.map_record("contract", mapping.contracts, contract, results))
        found.append(_person(person, assemblies))
        start = end
    return (*records.mapped, *found)


@dataclass(frozen=True, slots=True)
class _Run:
    """What one mapping of a source shares."""

    scripts: ScriptRunner
    now: datetime
    seed: int
    timezone: str

    def results(self, fields: Sequence[SourceField], rows: Sequence[Row]) -> list[dict[str, ScriptResult]]:
        """Results of every script on every row, by field name."""
        complex_fields = [one for one in fields if one.mode is MappingMode.COMPLEX]
        if not complex_fields or not rows:
            return [{} for _ in rows]
        texts = [str(one.value) for one in complex_fields]
        results = self.scripts.run(texts, rows, now=self.now, seed=self.seed)
        return [dict(zip([one.name for one in complex_fields], row, strict=True)) for row in results]

    def map_record(
        self, root: ModelRoot, fields: Sequence[SourceField], record: RawRecord, results: Mapping[str, ScriptResult]
    ) -> Assembly:
        """Every field of the mapping on one record."""
        assembly = Assembly(root, f"{record.file} line {record.line}", self.timezone)
        for one in fields:
            value: RawValue
            match one.mode:
                case MappingMode.FIXED:
                    value = one.value
                case MappingMode.FIELD:
                    value = look_up(record.fields, str(one.value))
                case MappingMode.COMPLEX:
                    result = results[one.name]
                    if result.failure is not None:
                        assembly.report(SCRIPT_FAILED, one.path, _say_failure(one, record, result))
                        continue
                    value = result.value
            if one.as_text and value is not None and not isinstance(value, str):
                value = _as_text(value)
            if one.required and (value is None or (isinstance(value, str) and not value.strip())):
                assembly.report(MAPPED_VALUE_MISSING, one.path, _say_missing(one, record))
                continue
            assembly.add(one.name, one.path, value)
        return assembly


def _documents(person: RawPerson, timezone: str) -> list[Assembly]:
    roots: list[tuple[ModelRoot, RawRecord]] = [("person", person.record)]
    roots.extend(("contract", contract) for contract in person.contracts)
    assemblies = []
    for root, record in roots:
        assembly = Assembly(root, f"{record.file} line {record.line}", timezone)
        assemble_document(assembly, record.fields)
        assemblies.append(assembly)
    return assemblies


def _person(raw: RawPerson, assemblies: Sequence[Assembly]) -> MappedPerson:
    (values, problems), *contracts = [assembly.finish() for assembly in assemblies]
    found = (*raw.problems, *problems, *(one for _, more in contracts for one in more))
    return MappedPerson(raw.key, values, tuple(MappedContract(one) for one, _ in contracts), found)


def _document(person: RawPerson) -> dict[str, RawValue]:
    """Give what scripts see as `source`: the raw fields, and the raw contracts as `Contracts`."""
    return {**person.record.fields, "Contracts": [contract.fields for contract in person.contracts]}


def _as_text(value: RawValue) -> RawValue:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Mapping() | Sequence() | None:
            return value
        case _:
            return str(plain(value))


def _say_missing(field: SourceField, record: RawRecord) -> str:
    where = f"{record.file} line {record.line}"
    match field.mode:
        case MappingMode.FIELD:
            return f"{field.name} is required, but “{field.value}” is empty in {where}."
        case MappingMode.COMPLEX:
            return f"{field.name} is required, but its script gave nothing for {where}."
        case MappingMode.FIXED:
            return f"{field.name} is required, but the mapping gives it no value."


def _say_failure(field: SourceField, record: RawRecord, result: ScriptResult) -> str:
    where = f"{record.file} line {record.line}"
    match result.failure:
        case ScriptFailure.SYNTAX:
            return f"The script of {field.name} cannot be read: {result.text}."
        case ScriptFailure.THROWN:
            return f"The script of {field.name} stopped at {where}: {result.text}"
        case _:
            return f"The script of {field.name} gave nothing for {where}: {result.text}."
