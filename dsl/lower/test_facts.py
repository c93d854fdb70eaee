"""Facts of a test: every name a field of the schema, every value of its type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from dsl.checking import Checking
from dsl.lower.fields import report_unknown_field
from dsl.lower.operands import check_possible, report_wrong_value
from dsl.tree.leaves import Day, Flag, Number, Path, Text
from dsl.tree.tests import FactNode
from policy.canonical import Value
from policy.catalogue.language import BAD_PATH
from policy.catalogue.names import TWICE_IN_TEST, UNKNOWN_FIELD, WRONG_VALUE
from policy.types import Field, FieldType

_HEAD = "external_id"


def lower_facts(
    facts: Iterable[FactNode], root: Literal["person", "contract"], checking: Checking
) -> dict[str, Value] | None:
    """Values of a person or contract by the key they are kept under; None when any fact is broken."""
    values: dict[str, Value] = {}
    seen: dict[str, FactNode] = {}
    fits = True
    for fact in facts:
        field = _field_of(fact, root, checking)
        value = None if field is None else _value_of(fact, field, checking)
        if field is None or value is None:
            fits = False
            continue
        first = seen.setdefault(field.key, fact)
        if first is not fact:
            fits = False
            detail = f"`{fact.name.name}` has a value already."
            related = (("the first one is here", first.span),)
            checking.findings.report(TWICE_IN_TEST, detail, fact.span, hint="remove one of them", related=related)
        values[field.key] = value
    return values if fits else None


def _field_of(fact: FactNode, root: Literal["person", "contract"], checking: Checking) -> Field | None:
    name = fact.name.name
    first, _, rest = name.partition(".")
    if first in {"person", "contract"} and rest:
        where = "a contract" if root == "contract" else "a person"
        hint = f"write `{rest}`" if first == root else f"put it into the block of the {first}, as `{rest}`"
        detail = f"`{name}`: a fact of {where} leaves its `{first}.` out."
        checking.findings.report(BAD_PATH, detail, fact.name.span, hint=hint)
        return None
    path = Path((root, *name.split(".")), fact.name.span)
    if path.name in checking.unsure:
        return None
    if name == _HEAD or path.name == "person.primary_manager":
        detail = f"`{name}` stands behind `{root}` already: it is the text in quotes there."
        hint = "remove the line"
        if name != _HEAD:
            detail = "`primary_manager` is worked out from the contracts, as the policy says."
            hint = "give the contract a `manager`"
        checking.findings.report(UNKNOWN_FIELD, detail, fact.name.span, hint=hint)
        return None
    field = checking.schema.find(path.name)
    if field is None:
        report_unknown_field(path, checking)
    return field


def _value_of(fact: FactNode, field: Field, checking: Checking) -> Value | None:
    match field.type, fact.value:
        case ((FieldType.TEXT | FieldType.DEPARTMENT | FieldType.PERSON), Text(value=text, span=span)):
            return text if check_possible([(text, span)], field, checking) else None
        case FieldType.NUMBER, Number(value=number):
            return number
        case FieldType.DATE, Day(value=day):
            return day
        case FieldType.FLAG, Flag(value=flag):
            return flag
        case FieldType.DATE, Text(value=text, span=span):
            detail = f'`{field.name}` is a date, so it is never the text "{text}".'
            checking.findings.report(WRONG_VALUE, detail, span, hint="write a date without quotes: `2026-03-15`")
            return None
        case _:
            report_wrong_value(fact.value, field, checking)
            return None
