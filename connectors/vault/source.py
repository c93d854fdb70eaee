"""The vault source: `{"Persons": […], "Departments": […]}`, names in PascalCase."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field

from connectors.paths import read_bytes
from policy.canonical import plain_number
from policy.catalogue.sources import BROKEN_VAULT, NAMES_COLLIDE, WRONG_ENCODING
from policy.diagnostics import DataError, Diagnostic
from policy.people import DataProblem, Department
from policy.records import RawPerson, RawRecord, RawRecords, RawValue
from policy.vault_names import snake_case

_MAX_EXPONENT = 30
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class VaultConfig(BaseModel):
    """`[sources.NAME]` of a vault file.

    `file` is relative to the workspace. `mapping` maps the records once more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(min_length=1)
    mapping: str | None = None


@dataclass(frozen=True, slots=True)
class VaultSource:
    """Reads a vault file whole. Its persons are raw records whose names are those of the vault."""

    name: str
    config: VaultConfig
    root: Path

    def read(self) -> RawRecords:
        """Everything the file holds. Raises DataError when it is no vault, OrdainError when it cannot be read."""
        document = _read_json(read_bytes(self.root, self.config.file), self.config.file)
        file = self.config.file
        if not isinstance(document, dict) or not isinstance(document.get("Persons"), list):
            _refuse(file, f"{file} has no list “Persons”.")
        departments = document.get("Departments")
        if departments is None:
            departments = []
        if not isinstance(departments, list):
            _refuse(file, f"“Departments” in {file} is no list.")
        persons = tuple(_read_person(file, number, one) for number, one in enumerate(document["Persons"], 1))
        units = tuple(_read_department(file, number, one) for number, one in enumerate(departments, 1))
        return RawRecords(self.name, persons, units)


def open_vault_source(name: str, config: VaultConfig, root: Path) -> VaultSource:
    """Open the source called `name` of the workspace `root`."""
    return VaultSource(name, config, root)


def _read_json(content: bytes, file: str) -> Any:  # noqa: ANN401  # JSON
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            Diagnostic(
                WRONG_ENCODING,
                f"{file} is not UTF-8: line {line} holds a byte that stands for nothing in it.",
                hint="Export the vault as UTF-8.",
                subject=f"{file}:{line}",
            )
        ) from None
    try:
        document = json.loads(
            text,
            parse_float=_read_number,
            parse_int=_read_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_Objects().read,
        )
        return _whole_characters(document) if _SURROGATE.search(text) else document
    except _UnreadableError as error:
        raise DataError(Diagnostic(error.args[0], f"In {file} {error.args[1]}.", subject=file)) from None
    except json.JSONDecodeError as error:
        place = f"{file}:{error.lineno}"
        _refuse(place, f"{file} is no JSON: line {error.lineno}, column {error.colno} cannot be read.")
    except (ValueError, RecursionError):
        _refuse(file, f"{file} is no JSON that a vault could stand in.")


def _whole_characters(value: Any) -> Any:  # noqa: ANN401  # JSON
    """Replace half characters (lone surrogates of an escape), which no text of ours may hold."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_whole_characters(item) for item in value]
        case dict():
            return {_whole_characters(name): _whole_characters(item) for name, item in value.items()}
        case _:
            return value


class _UnreadableError(Exception):
    """Arguments: the kind of diagnostic, and what is wrong."""


@lru_cache(16_384)  # hours, percentages, sequences: the same for many
def _read_number(text: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # pragma: no cover  # JSON numbers are decimals
        raise _UnreadableError(BROKEN_VAULT, f"the number {text[:40]} cannot be read") from None
    if abs(number.adjusted()) > _MAX_EXPONENT:
        raise _UnreadableError(BROKEN_VAULT, f"the number {text[:40]} is out of any range")
    return int(number) if number == number.to_integral_value() and "." not in text else number


def _refuse_constant(text: str) -> NoReturn:
    raise _UnreadableError(BROKEN_VAULT, f"stands {text}, which is no number")


class _Objects:
    """Makes the objects of one document. Equal texts become one: a third of a vault's memory says what was said."""

    def __init__(self) -> None:
        self._one: dict[str, str] = {}

    def read(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        one = self._one.setdefault
        made = {name: one(value, value) if type(value) is str else value for name, value in pairs}
        if len(made) != len(pairs):
            twice = next(name for index, (name, _) in enumerate(pairs) if name in {one for one, _ in pairs[:index]})
            raise _UnreadableError(NAMES_COLLIDE, f"one object has the name “{twice}” twice")
        return made


def _read_person(file: str, number: int, item: object) -> RawPerson:
    if not isinstance(item, dict):
        _refuse(f"{file}:{number}", f"Person number {number} in {file} is no object.")
    fields: dict[str, Any] = {name: value for name, value in item.items() if name not in _NOT_FIELDS}
    key = _text(item.get("ExternalId")) or f"number {number}"
    contracts = item.get("Contracts")
    if contracts is None:
        contracts = []
    problems: tuple[DataProblem, ...] = ()
    if not isinstance(contracts, list) or not all(isinstance(one, dict) for one in contracts):
        text = f"The contracts of person {key} ({file}, number {number}) are no list of objects."
        problems = (DataProblem(BROKEN_VAULT.code, "person.contracts", text),)
        contracts = []
    records = tuple(RawRecord(file, number, one) for one in contracts)
    return RawPerson(key, RawRecord(file, number, fields), records, problems)


_NOT_FIELDS = {"Contracts", "PrimaryContract"}  # the primary contract is worked out by the policy's own order


def _read_department(file: str, number: int, item: object) -> Department:
    if not isinstance(item, dict):
        _refuse(f"{file}:{number}", f"Department number {number} in {file} is no object.")
    values: dict[str, str] = {}
    for path, value in _leaves(item, ""):
        text = _text(value)
        if text is not None:
            values.setdefault(path, text)
    return Department(
        values.get("external_id", ""),
        values.get("code"),
        values.get("display_name") or values.get("name"),
        values.get("parent_external_id") or values.get("parent.external_id"),
        values.get("manager_external_id") or values.get("manager.external_id") or values.get("manager"),
    )


def _leaves(item: Mapping[str, Any], prefix: str) -> list[tuple[str, RawValue]]:
    found: list[tuple[str, RawValue]] = []
    for name, value in item.items():
        path = prefix + snake_case(name)
        found.extend(_leaves(value, f"{path}.") if isinstance(value, dict) else [(path, value)])
    return found


def _text(value: object) -> str | None:
    match value:
        case str() if value.strip():
            return value
        case Decimal() | int() if not isinstance(value, bool):
            return plain_number(Decimal(value))
        case _:
            return None


def _refuse(subject: str, detail: str) -> NoReturn:
    raise DataError(Diagnostic(BROKEN_VAULT, detail, hint="Export the vault again.", subject=subject))
