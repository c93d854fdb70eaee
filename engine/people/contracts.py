"""Mapped contracts to contracts: external ids, dates, references to departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine.people.departments import DepartmentTree
from policy.canonical import Value, canonical_json, normal_text, plain
from policy.catalogue import sources as kinds
from policy.people import Contract, DataProblem
from policy.records import MappedContract
from policy.types import REFERENCES

_REFERENCES = (*REFERENCES, "department")
_PARTS = tuple((f"{one}.external_id", f"{one}.") for one in _REFERENCES)


def normal_values(values: Mapping[str, Value]) -> dict[str, Value]:
    """Values in NFC, sorted by path; blank texts are absent, and so is a reference without an external id."""
    kept: dict[str, Value] = {}
    for path, value in sorted(values.items()):
        if isinstance(value, str):
            text = normal_text(value)
            if text.strip():
                kept[path] = text
        else:
            kept[path] = value
    absent = tuple(below for external_id, below in _PARTS if external_id not in kept)
    for path in [one for one in kept if one.startswith(absent)]:
        del kept[path]
    return kept


def normal_id(values: Mapping[str, Value]) -> str | None:
    """External id among values that are not normal yet; None when there is none."""
    found = values.get("external_id")
    text = normal_text(found) if isinstance(found, str) else ""
    return text if text.strip() else None


def nameless_references(values: Mapping[str, Value]) -> tuple[str, ...]:
    """Name the references with a code or name but no external id: they are absent (LANGUAGE.md section 4)."""
    absent = tuple(below for external_id, below in _PARTS if not values.get(external_id))
    if not any(path.startswith(absent) for path in values):  # the usual case
        return ()
    roots = {path.partition(".")[0] for path, one in values.items() if "." in path and one != ""}
    return tuple(one for one in _REFERENCES if one in roots and f"{one}." in absent)


def build_contracts(
    mapped: Sequence[MappedContract], departments: DepartmentTree
) -> tuple[tuple[Contract, ...], list[DataProblem]]:
    """Contracts sorted by external id and unique, and the problems that freeze their person.

    A contract without an external id, or a second one with the same, cannot be kept: that problem names no contract
    because nobody can say which one it is.
    """
    contracts: dict[str, Contract] = {}
    problems: list[DataProblem] = []
    twice: set[str] = set()
    for values in _in_order([normal_values(one.values) for one in mapped]):
        external_id = values.get("external_id")
        if not isinstance(external_id, str):
            problems.append(_without_id(values))
        elif external_id in contracts:
            twice.add(external_id)
        else:
            contracts[external_id] = Contract(external_id, _with_department(values, departments))
    problems += [_twice(one) for one in sorted(twice)]
    for contract in contracts.values():
        problems += _problems(contract, departments)
    return tuple(contracts[one] for one in sorted(contracts)), problems


def _in_order(rows: list[dict[str, Value]]) -> list[dict[str, Value]]:
    """Rows in an order that is not the source's; by external id, or as a whole where those cannot tell them apart."""
    ids = [one.get("external_id") for one in rows]
    texts = {one for one in ids if isinstance(one, str)}
    if len(texts) == len(rows):
        return sorted(rows, key=lambda one: str(one["external_id"]))
    return sorted(rows, key=_canonical)


def _canonical(values: Mapping[str, Value]) -> bytes:
    return canonical_json([[path, plain(one)] for path, one in values.items()])


def _with_department(values: dict[str, Value], departments: DepartmentTree) -> dict[str, Value]:
    """Code and name of the department as the department itself tells them: a contract may repeat old ones."""
    external_id = values.get("department.external_id")
    unit = departments.get(external_id) if isinstance(external_id, str) else None
    if unit is None:
        return values
    told = {"department.code": unit.code, "department.display_name": unit.display_name}
    return dict(sorted({**values, **{path: one for path, one in told.items() if one}}.items()))


def _problems(contract: Contract, departments: DepartmentTree) -> list[DataProblem]:
    found = []
    start, end = contract.values.get("start_date"), contract.values.get("end_date")
    if start is None:
        text = f"contract “{contract.external_id}” has no start date"
        found.append(_problem(kinds.START_DATE_MISSING.code, "start_date", text, contract))
    elif isinstance(start, date) and isinstance(end, date) and end < start:
        text = f"contract “{contract.external_id}” ends on {end.isoformat()}, before it starts on {start.isoformat()}"
        found.append(_problem(kinds.DATES_REVERSED.code, "end_date", text, contract))
    department = contract.values.get("department.external_id")
    if not isinstance(department, str):
        return found
    if departments.get(department) is None:
        text = f"contract “{contract.external_id}” is in department “{department}”, which does not exist"
        found.append(_problem(kinds.UNKNOWN_DEPARTMENT.code, "department", text, contract))
    elif department in departments.broken:
        text = (
            f"contract “{contract.external_id}” is in department “{department}”; what lies above that department is"
            " unclear"
        )
        found.append(_problem(kinds.UNDECIDABLE_DEPARTMENT.code, "department", text, contract))
    return found


def _problem(code: str, field: str, text: str, contract: Contract) -> DataProblem:
    return DataProblem(code, f"contract.{field}", text, contract.external_id)


def _without_id(values: Mapping[str, Value]) -> DataProblem:
    start = values.get("start_date")
    which = f"the contract that starts on {start.isoformat()}" if isinstance(start, date) else "a contract"
    return DataProblem(kinds.CONTRACT_WITHOUT_ID.code, "contract.external_id", f"{which} has no external id")


def _twice(external_id: str) -> DataProblem:
    text = f"two contracts have the external id “{external_id}”"
    return DataProblem(kinds.CONTRACT_TWICE.code, "contract.external_id", text)
