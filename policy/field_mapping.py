"""Field mapping of a target: which account field takes which value, for which action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from policy.canonical import JsonValue, digest_of

_PRIVATE = re.compile(r"\bContact\s*\.\s*Personal\b|\[\s*['\"]Personal['\"]\s*\]")
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class AccountAction(StrEnum):
    """What is done with an account when a mapping is asked for its fields."""

    CREATE = "Create"
    UPDATE = "Update"
    ENABLE = "Enable"
    DISABLE = "Disable"
    DELETE = "Delete"


class MappingMode(StrEnum):
    """Where a value comes from.

    A field of the person, a fixed value, a script; with none the target itself makes the value and tells it.
    """

    FIELD = "Field"
    FIXED = "Fixed"
    COMPLEX = "Complex"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class MappingAction:
    """Value of a field for some actions.

    `value`: the dotted path of a field mapping, the value of a fixed one, the script of a complex one, else None.
    `stored` values are kept as account data; `in_notifications` values may be used in messages.
    """

    actions: frozenset[AccountAction]
    mode: MappingMode
    value: JsonValue = None
    stored: bool = False
    in_notifications: bool = False


@dataclass(frozen=True, slots=True)
class AccountField:
    """A field of an account by the target's own name; an `array` holds several texts, any other one text."""

    name: str
    array: bool
    mappings: tuple[MappingAction, ...]
    about: str = ""

    def for_action(self, action: AccountAction) -> MappingAction | None:
        """Find the mapping for `action`; None leaves the field alone."""
        return next((one for one in self.mappings if action in one.actions), None)


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """All fields of a target's accounts, in the order of the file, and which of them must be unique there."""

    fields: tuple[AccountField, ...]
    unique: tuple[str, ...] = ()

    @property
    def private(self) -> frozenset[str]:
        """Fields that take private data of a person, by their path or by what their script names."""
        return frozenset(
            field.name
            for field in self.fields
            for how in field.mappings
            if how.mode in {MappingMode.FIELD, MappingMode.COMPLEX} and _PRIVATE.search(str(how.value))
        )

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over everything that decides a value; descriptions do not."""
        return digest_of({"fields": [_field_json(one) for one in self.fields], "unique": list(self.unique)})


def snake_name(name: str) -> str:
    """Name as the language writes it: `UserPrincipalName` and `userPrincipalName` are `user_principal_name`."""
    parts = (_WORD_BEGINS.sub("_", part).lower() for part in name.split("."))
    return ".".join(parts).replace("-", "_").replace(" ", "_")


def pascal_name(name: str) -> str:
    """Name as mapping scripts write it: `cost_center.external_id` is `CostCenter.ExternalId`."""
    return ".".join("".join(word[:1].upper() + word[1:] for word in part.split("_")) for part in name.split("."))


def _field_json(field: AccountField) -> dict[str, JsonValue]:
    return {"array": field.array, "mappings": [_mapping_json(one) for one in field.mappings], "name": field.name}


def _mapping_json(mapping: MappingAction) -> dict[str, JsonValue]:
    return {
        "actions": sorted(one.value for one in mapping.actions),
        "in_notifications": mapping.in_notifications,
        "mode": mapping.mode.value,
        "stored": mapping.stored,
        "value": mapping.value,
    }


def _taken_over(name: str) -> AccountField:
    both = frozenset({AccountAction.CREATE, AccountAction.UPDATE})
    value = MappingAction(both, MappingMode.FIELD, f"Person.{name}", stored=True, in_notifications=True)
    return AccountField(name, array=False, mappings=(value,))


DEFAULT_FIELD_MAPPING = FieldMapping(tuple(_taken_over(name) for name in ("ExternalId", "DisplayName", "UserName")))
"""What a target without `fields` in its configuration gets."""
