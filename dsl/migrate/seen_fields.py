"""What a snapshot tells about fields: which root has them, of what type they are, and which values they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from policy.canonical import Value
from policy.snapshot import Snapshot
from policy.types import STANDARD_SCHEMA, FieldType, Root


@dataclass(slots=True)
class SeenFields:
    """Values of the people of a snapshot, by full path; looked up once per path."""

    snapshot: Snapshot
    _values: dict[str, frozenset[Value]] = field(default_factory=dict)

    def values(self, name: str) -> frozenset[Value]:
        """Every value that somebody has in the field `name` (`contract.title.code`)."""
        if name not in self._values:
            root, _, path = name.partition(".")
            declared = STANDARD_SCHEMA.find(name)
            key = declared.key if declared is not None else path
            people = self.snapshot.persons
            holders = people if root == "person" else [one for person in people for one in person.contracts]
            self._values[name] = frozenset(one.values[key] for one in holders if key in one.values)
        return self._values[name]

    def texts(self, name: str) -> frozenset[str]:
        """Those of the values that are texts."""
        return frozenset(value for value in self.values(name) if isinstance(value, str))

    def type_of(self, name: str) -> FieldType:
        """Type of a field below custom: what all its values are; text where they differ or there are none.

        A text of digits or a date in a text stays text, so that it can be compared with what was exported.
        """
        kinds = {_kind(value) for value in self.values(name)}
        return kinds.pop() if len(kinds) == 1 else FieldType.TEXT

    def root_of(self, path: str) -> tuple[Root, bool]:
        """Root of a path that either root may have, and whether people have values in both."""
        contract, person = bool(self.values(f"contract.{path}")), bool(self.values(f"person.{path}"))
        return ("person" if person and not contract else "contract"), contract and person


def _kind(value: Value) -> FieldType:
    match value:
        case bool():
            return FieldType.FLAG
        case Decimal():
            return FieldType.NUMBER
        case date():
            return FieldType.DATE
        case str():
            return FieldType.TEXT
