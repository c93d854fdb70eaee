"""What the fields of the standard model are, in a sentence."""

from __future__ import annotations

from types import MappingProxyType

from policy.types import REFERENCES, Field, FieldType

_PARTS = {"external_id": "External id", "code": "Code", "name": "Name", "display_name": "Display name"}
_ABOUT = MappingProxyType(
    {
        "person.external_id": "Number of the person in the source system.",
        "person.display_name": "Name of the person as it is shown.",
        "person.user_name": "User name that the source system knows.",
        "person.excluded": "The source system marks this person as one to be left alone.",
        "person.status.blocked": "The source system has blocked this person.",
        "person.status.reason": "Why the source system has blocked this person.",
        "person.primary_manager": "Manager of the person today, worked out from the primary contract.",
        "contract.external_id": "Number of the contract, unique within its person.",
        "contract.start_date": "First day of the contract.",
        "contract.end_date": "Last day of the contract; absent when it is open-ended.",
        "contract.type.code": "Code of the kind of contract.",
        "contract.type.description": "Kind of contract, in words.",
        "contract.department": "Department of the contract, compared by its external id.",
        "contract.manager": "Manager of the contract, compared by external id.",
        "contract.details.fte": "Part of full time: 1 is full time.",
        "contract.details.hours_per_week": "Hours of work per week.",
        "contract.details.percentage": "Percentage of full time.",
        "contract.details.sequence": "Rank that the source system gives the contract.",
    }
)


def describe_field(field: Field) -> str:
    """Say in a sentence what a field holds; empty for a field of the author's own, which nobody else can describe."""
    if field.about:
        return field.about
    if field.name in _ABOUT:
        return _ABOUT[field.name]
    owner, _, part = field.path.rpartition(".")
    if field.root == "contract" and (owner in REFERENCES or owner == "department") and part in _PARTS:
        return f"{_PARTS[part]} of the {owner.replace('_', ' ')}."
    if "custom." in field.path:
        return ""
    words = part.replace("_", " ")
    sentence = f"{words[0].upper()}{words[1:]} of the {field.root}."
    return f"{sentence} Private." if field.private else sentence


def describe_type(field: Field) -> str:
    """Type of a field as an author would say it: `text, one of "EMP", "INT", required`."""
    words = {FieldType.DEPARTMENT: "department", FieldType.PERSON: "person"}.get(field.type, field.type.value)
    if field.one_of is not None:
        words += ", one of " + ", ".join(f'"{one}"' for one in field.one_of)
    return f"{words}, required" if field.required else words
