"""Types of fields and the schema of the standard model (LANGUAGE.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

Root = Literal["person", "contract", "account"]


class FieldType(StrEnum):
    """What a field holds. `department` and `person` are references that compare by external id."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    DEPARTMENT = "department"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the model: `root` and dotted `path` below it (`contract`, `cost_center.code`), its type.

    `one_of` closes a text to the listed values. A person without a `required` field is frozen. `private` fields
    (`contact.personal.*`) are hidden from people and diffs unless a right allows it.
    """

    root: Root
    path: str
    type: FieldType
    one_of: tuple[str, ...] | None = None
    required: bool = False
    private: bool = False
    about: str = ""
    key: str = field(init=False, repr=False, compare=False)
    """Key of its value among the values of a person or contract: a department is there by its external id."""

    def __post_init__(self) -> None:
        key = f"{self.path}.external_id" if self.type is FieldType.DEPARTMENT else self.path
        object.__setattr__(self, "key", key)

    @property
    def name(self) -> str:
        """Full path as authors write it: `contract.cost_center.code`."""
        return f"{self.root}.{self.path}"


@dataclass(frozen=True, slots=True)
class Schema:
    """Every field an author may name, by full path.

    The standard model, narrowed and extended by `field` declarations.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    _by_key: Mapping[tuple[Root, str], tuple[Field, ...]] = field(init=False, repr=False, compare=False)
    _required: Mapping[Root, tuple[Field, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[tuple[Root, str], tuple[Field, ...]] = {}
        required: dict[Root, tuple[Field, ...]] = {}
        for one in sorted(self.fields.values(), key=lambda one: one.path):
            by_key[one.root, one.key] = (*by_key.get((one.root, one.key), ()), one)
            if one.required:
                required[one.root] = (*required.get(one.root, ()), one)
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_required", required)

    def find(self, name: str) -> Field | None:
        """Field with the full path `name`, or None."""
        return self.fields.get(name)

    def narrowed(self, *changed: Field) -> Schema:
        """Give a schema in which `changed` replace or join the fields of the same name."""
        return replace(self, fields={**self.fields, **{one.name: one for one in changed}})

    def kept_as(self, root: Root, key: str) -> tuple[Field, ...]:
        """Fields whose value stands under `key` among the values of a `root`, in order of their paths."""
        return self._by_key.get((root, key), ())

    def required_of(self, root: Root) -> tuple[Field, ...]:
        """Give the required fields of a `root`, in order of their paths."""
        return self._required.get(root, ())

    @property
    def required(self) -> tuple[Field, ...]:
        """Required fields in order of their names."""
        return tuple(self.fields[name] for name in sorted(self.fields) if self.fields[name].required)


_PERSON_TEXT = [
    "external_id",
    "display_name",
    "user_name",
    "status.reason",
    "name.given_name",
    "name.nick_name",
    "name.initials",
    "name.family_name",
    "name.family_name_prefix",
    "name.family_name_partner",
    "name.family_name_partner_prefix",
    "name.convention",
    "details.gender",
    "details.honorific_prefix",
    "details.honorific_suffix",
    "details.birth_locality",
    "details.marital_status",
    "location.external_id",
    "location.code",
    "location.name",
]
_CONTACT_TEXT = [
    "email",
    "phone.mobile",
    "phone.fixed",
    "address.street",
    "address.street_ext",
    "address.house_number",
    "address.house_number_ext",
    "address.postal_code",
    "address.locality",
    "address.country",
]
_CONTRACT_TEXT = [
    "external_id",
    "type.code",
    "type.description",
    "department.external_id",
    "department.code",
    "department.display_name",
]
REFERENCES = ("location", "cost_center", "cost_bearer", "employer", "team", "division", "title", "organization")
"""References of a contract: each has `external_id`, `code` and `name`; without an external id it is absent."""
_CONTRACT_NUMBERS = ("details.fte", "details.hours_per_week", "details.percentage", "details.sequence")


def _standard_fields() -> list[Field]:
    text, number = FieldType.TEXT, FieldType.NUMBER
    required = {"person.external_id", "contract.external_id", "contract.start_date"}
    fields = [Field("person", path, text) for path in _PERSON_TEXT]
    fields += [Field("person", f"contact.business.{path}", text) for path in _CONTACT_TEXT]
    fields += [Field("person", f"contact.personal.{path}", text, private=True) for path in _CONTACT_TEXT]
    fields += [
        Field("person", "excluded", FieldType.FLAG),
        Field("person", "status.blocked", FieldType.FLAG),
        Field("person", "details.birth_date", FieldType.DATE),
        Field("person", "primary_manager", FieldType.PERSON),
    ]
    fields += [Field("contract", path, text) for path in _CONTRACT_TEXT]
    fields += [
        Field("contract", f"{ref}.{part}", text) for ref in REFERENCES for part in ("external_id", "code", "name")
    ]
    fields += [Field("contract", path, number) for path in _CONTRACT_NUMBERS]
    fields += [Field("contract", path, FieldType.DATE) for path in ("start_date", "end_date")]
    fields += [
        Field("contract", "department", FieldType.DEPARTMENT),
        Field("contract", "manager", FieldType.PERSON),
    ]
    return [replace(one, required=one.name in required) for one in fields]


STANDARD_SCHEMA = Schema({one.name: one for one in _standard_fields()})
