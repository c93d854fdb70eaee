"""The csv source: persons, their contracts, departments and lookup files, kept as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.csv.configuration import CsvConfig, DepartmentsFile
from connectors.csv.lookups import LookupTable
from connectors.csv.table import Table, TableRow, read_table
from policy.catalogue.sources import (
    COLUMN_TWICE,
    CONTRACT_WITHOUT_PERSON,
    KEY_EMPTY,
    KEY_TWICE,
    LOOKUP_KEY_TWICE,
)
from policy.diagnostics import DataError, Diagnostic
from policy.people import DataProblem, Department
from policy.records import RawPerson, RawRecord, RawRecords


@dataclass(frozen=True, slots=True)
class CsvSource:
    """Reads all its files at once.

    A row that cannot be trusted freezes its person: a person who loses a row would lose access. A row that cannot be
    brought home to a person becomes a frozen person of its own without any field, so that the import sees that somebody
    is there who cannot be addressed. What freezes a person is said there alone; `problems` holds the rest. A department
    that cannot be trusted is refused: nobody would be safe below it.
    """

    name: str
    config: CsvConfig
    root: Path

    def read(self) -> RawRecords:
        """Everything the files hold. Raises DataError for a file that is no such CSV, OrdainError for a missing one."""
        config = self.config
        tables: dict[str, Table] = {}
        persons = self._table(config.persons.file, tables)
        persons.require([config.persons.key])
        lookups = [LookupTable.of(one, self._table(one.file, tables)) for one in config.lookups]
        _check_lookups(persons, [one for one in lookups if one.lookup.in_persons])
        gathered = _Gathered([one for one in lookups if not one.lookup.in_persons])
        gathered.add_persons(persons, config.persons.key, [one for one in lookups if one.lookup.in_persons])
        if config.contracts is not None:
            contracts = self._table(config.contracts.file, tables)
            contracts.require([config.contracts.person_key])
            _check_lookups(contracts, gathered.lookups)
            gathered.add_contracts(contracts, config.contracts.person_key)
        departments: tuple[Department, ...] = ()
        if config.departments is not None:
            departments = gathered.read_departments(self._table(config.departments.file, tables), config.departments)
        for one in lookups:
            gathered.problems.extend(one.problems())
        people = tuple(one.person() for one in gathered.persons.values())
        return RawRecords(self.name, people, departments, problems=tuple(gathered.problems))

    def _table(self, path: str, read: dict[str, Table]) -> Table:
        if path not in read:
            read[path] = read_table(self.root, path, delimiter=self.config.delimiter, encoding=self.config.encoding)
        return read[path]


def open_csv_source(name: str, config: CsvConfig, root: Path) -> CsvSource:
    """Open the source called `name` of the workspace `root`."""
    return CsvSource(name, config, root)


@dataclass(slots=True)
class _Person:
    """A person while reading: rows and what is wrong with them."""

    key: str
    record: RawRecord
    contracts: list[RawRecord] = field(default_factory=list)
    problems: list[DataProblem] = field(default_factory=list)

    def freeze(self, problem: Diagnostic, path: str) -> None:
        self.problems.append(DataProblem(problem.code, path, problem.detail))

    def person(self) -> RawPerson:
        return RawPerson(self.key, self.record, tuple(self.contracts), tuple(self.problems))


@dataclass(slots=True)
class _Gathered:
    """What reading has found so far. `lookups` are those into contracts."""

    lookups: list[LookupTable]
    persons: dict[str, _Person] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def add_persons(self, table: Table, column: str, lookups: list[LookupTable]) -> None:
        for row in table.rows:
            key = row.cells.get(column, "")
            if not key.strip():
                self._add_homeless(table, row, column, _record(table, row, lookups))
                continue
            before = self.persons.get(key)
            if before is None:
                before = self.persons[key] = _Person(key, _record(table, row, lookups))
                self._check_lookups(before, before.record, lookups)
            else:
                # INVARIANT: both rows stay one frozen person; whichever row is right, nobody loses anything by it.
                problem = Diagnostic(
                    KEY_TWICE,
                    f"Lines {before.record.line} and {row.line} of {table.path} both have the {column} “{key}”.",
                    hint="Leave one of them in the source.",
                    subject=f"{table.path}:{row.line}",
                )
                before.freeze(problem, "person.external_id")
            if row.problem is not None:
                before.freeze(row.problem, "person.external_id")

    def add_contracts(self, table: Table, column: str) -> None:
        for row in table.rows:
            key = row.cells.get(column, "")
            if not key.strip():
                self._add_homeless(table, row, column, RawRecord(table.path, row.line, {}))
                continue
            person = self.persons.get(key)
            if person is None:
                self.problems.append(
                    Diagnostic(
                        CONTRACT_WITHOUT_PERSON,
                        f"Line {row.line} of {table.path} is a contract of “{key}”, but there is no such person.",
                        hint=f"Correct its {column}, or add the person.",
                        subject=f"{table.path}:{row.line}",
                    )
                )
                continue
            record = _record(table, row, self.lookups)
            person.contracts.append(record)
            self._check_lookups(person, record, self.lookups)
            if row.problem is not None:
                person.freeze(row.problem, "contract.external_id")

    def read_departments(self, table: Table, columns: DepartmentsFile) -> tuple[Department, ...]:
        table.require(
            [columns.external_id, columns.display_name, columns.code, columns.parent, columns.manager],
        )
        broken = [row.problem for row in table.rows if row.problem is not None]
        if broken:
            raise DataError(*broken)
        return tuple(_department(row.cells, columns) for row in table.rows)

    def _add_homeless(self, table: Table, row: TableRow, column: str, record: RawRecord) -> None:
        problem = Diagnostic(
            KEY_EMPTY,
            f"Line {row.line} of {table.path} has no {column}, so nobody can tell whose it is.",
            hint="Fill it in, or take the row out.",
            subject=f"{table.path}:{row.line}",
        )
        name = f"{table.path} line {row.line}"
        person = self.persons[f"\0{name}"] = _Person(name, record)  # no cell of a key begins like this
        for one in (problem, row.problem):
            if one is not None:
                self.problems.append(one)
                person.freeze(one, "person.external_id")

    @staticmethod
    def _check_lookups(person: _Person, record: RawRecord, lookups: list[LookupTable]) -> None:
        for one in lookups:
            value = record.fields.get(one.lookup.column)
            if isinstance(value, str) and one.is_undecidable(value):
                root = "person" if one.lookup.in_persons else "contract"
                text = f"{one.lookup.column} “{value}” stands for several rows of {one.lookup.file}."
                person.problems.append(DataProblem(LOOKUP_KEY_TWICE.code, f"{root}.external_id", text))


def _record(table: Table, row: TableRow, lookups: list[LookupTable]) -> RawRecord:
    objects = {
        one.lookup.name: found
        for one in lookups
        if (found := one.find(row.cells.get(one.lookup.column, ""), f"{table.path} line {row.line}")) is not None
    }
    return RawRecord(table.path, row.line, {**row.cells, **objects})


def _department(cells: Mapping[str, str], columns: DepartmentsFile) -> Department:
    def cell(column: str | None) -> str | None:
        text = cells.get(column, "") if column is not None else ""
        return text if text.strip() else None

    return Department(
        cell(columns.external_id) or "",
        cell(columns.code),
        cell(columns.display_name),
        cell(columns.parent),
        cell(columns.manager),
    )


def _check_lookups(table: Table, lookups: list[LookupTable]) -> None:
    names = set(table.columns)
    for one in lookups:
        table.require([one.lookup.column])
        if one.lookup.name in names:
            raise DataError(
                Diagnostic(
                    COLUMN_TWICE,
                    f"The lookup of {one.lookup.into} is called “{one.lookup.name}”, which {table.path} has already.",
                    hint="Give it another name with as.",
                    subject=table.path,
                )
            )
        names.add(one.lookup.name)
