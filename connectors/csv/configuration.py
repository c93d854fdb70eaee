"""`[sources.NAME]` of a csv source."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from connectors.csv.dialect import Delimiter, Encoding

_Name = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonsFile(_Table):
    """`persons = { file = …, key = COLUMN }`: `key` names a person uniquely in this source."""

    file: _Name
    key: _Name


class ContractsFile(_Table):
    """`contracts = { file = …, person_key = COLUMN }`: `person_key` holds the key of the contract's person."""

    file: _Name
    person_key: _Name


class DepartmentsFile(_Table):
    """`departments = { file = …, external_id = COLUMN, … }`: which column holds what."""

    file: _Name
    external_id: _Name
    display_name: _Name | None = None
    code: _Name | None = None
    parent: _Name | None = None
    manager: _Name | None = None


class Lookup(_Table):
    """`{ file = …, key = COLUMN, into = "contracts.COLUMN", as = NAME }`.

    The row of `file` whose `key` equals the value of `into`'s column is put into the record as an object called `as`.
    """

    file: _Name
    key: _Name
    into: Annotated[str, Field(pattern=r"^(persons|contracts)\..+$")]
    name: Annotated[str, Field(alias="as", min_length=1)]

    @property
    def column(self) -> str:
        """Column whose value is looked up."""
        return self.into.partition(".")[2]

    @property
    def in_persons(self) -> bool:
        """Whether persons are looked up for; contracts otherwise."""
        return self.into.startswith("persons.")


class CsvConfig(_Table):
    """Where persons, contracts and departments stand. Paths are relative to the workspace.

    Without a `mapping` the columns are called as the vault calls its fields: `ExternalId`, `Name.GivenName`.
    """

    persons: PersonsFile
    contracts: ContractsFile | None = None
    departments: DepartmentsFile | None = None
    lookups: tuple[Lookup, ...] = ()
    mapping: str | None = None
    delimiter: Delimiter = ","
    encoding: Encoding = "utf-8-sig"
