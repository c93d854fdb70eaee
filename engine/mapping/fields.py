"""One record's fields on their way into the standard model: typed, named and without headless references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from engine.mapping.typed import TEXTS, Mismatch, coerce
from policy.canonical import Value, normal_text
from policy.catalogue.sources import MAPPED_VALUE_WRONG, NAMES_COLLIDE
from policy.diagnostics import DiagnosticKind
from policy.people import DataProblem
from policy.records import RawValue
from policy.types import REFERENCES, STANDARD_SCHEMA, Field
from policy.vault_names import standard_path

ModelRoot = Literal["person", "contract"]
_REFERENCES: Mapping[ModelRoot, tuple[str, ...]] = {"person": ("location",), "contract": (*REFERENCES, "department")}
_PARTS = {root: [(f"{one}.external_id", f"{one}.") for one in names] for root, names in _REFERENCES.items()}


@dataclass(slots=True)
class Assembly:
    """Fields of one person or contract while they are put together. `place` says in words where they come from."""

    root: ModelRoot
    place: str
    timezone: str
    values: dict[str, Value] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[DataProblem] = field(default_factory=list)

    def add(self, name: str, path: str, value: RawValue) -> None:
        """Take in `value` under the standard `path`; `name` is what the author calls it.

        Standard fields are brought to their type. Custom fields keep theirs, lists and objects there are left out, as
        is any other field.
        """
        place = _place_of(self.root, path)
        if place is None:
            return
        if self.names.setdefault(path, name) != name:
            text = f"{self.names[path]} and {name} of {self.place} are both {self.root}.{path}."
            self.report(NAMES_COLLIDE, path, text)
        elif value is None:
            return
        elif place.is_text and type(value) is str:  # most values there are
            if value.strip():
                self.values[path] = normal_text(value)
        else:
            self._add_typed(name, path, coerce(value, place.field, self.timezone) if place.field else _untyped(value))

    def _add_typed(self, name: str, path: str, found: Value | Mismatch | None) -> None:
        if isinstance(found, Mismatch):
            self.report(MAPPED_VALUE_WRONG, path, f"{name} of {self.place}: {found.text}.")
        elif found is not None:
            self.values[path] = found

    def report(self, kind: DiagnosticKind, path: str, text: str) -> None:
        """Remember a problem of the field `path`, which freezes the person."""
        self.problems.append(DataProblem(kind.code, f"{self.root}.{path}", text))

    def finish(self) -> tuple[Mapping[str, Value], tuple[DataProblem, ...]]:
        """Values and problems. A reference without an external id is absent, with all its parts."""
        absent = tuple(below for external_id, below in _PARTS[self.root] if external_id not in self.values)
        for path in [one for one in self.values if one.startswith(absent)]:
            del self.values[path]
        if self.root == "contract":
            contract = self.values.get("external_id")
            if isinstance(contract, str):
                self.problems = [replace(one, contract=contract) for one in self.problems]
        return self.values, tuple(self.problems)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value goes: a standard field, or a custom one (None). `is_text`: any text may stand there as it is."""

    field: Field | None
    is_text: bool


@lru_cache(16_384)
def _place_of(root: ModelRoot, path: str) -> _Place | None:
    """Place of a path; None when the standard model has none for it."""
    declared = STANDARD_SCHEMA.find(f"{root}.{path}")
    if declared is not None:
        return _Place(declared, declared.type in TEXTS)
    return _Place(None, is_text=True) if path.startswith("custom.") and all(path.split(".")) else None


def assemble_document(assembly: Assembly, fields: Mapping[str, RawValue]) -> None:
    """Take in a record whose names are those of the vault: nested objects, or dotted names."""
    for name, value in _leaves(fields, ""):
        assembly.add(name, standard_path(assembly.root, name), value)


def look_up(fields: Mapping[str, RawValue], path: str) -> RawValue:
    """Value at a dotted path; a field that itself has the dots in its name comes first. None when there is none."""
    if path in fields:
        return fields[path]
    found: RawValue = fields
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _leaves(fields: Mapping[str, RawValue], prefix: str) -> list[tuple[str, RawValue]]:
    found: list[tuple[str, RawValue]] = []
    for name, value in fields.items():
        if type(value) is dict or isinstance(value, Mapping):
            found += _leaves(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, value))
    return found


def _untyped(value: RawValue) -> Value | None:
    match value:
        case bool():
            return value
        case str():
            return normal_text(value) if value.strip() else None
        case int() | Decimal():
            return Decimal(value)
        case _:
            return None
