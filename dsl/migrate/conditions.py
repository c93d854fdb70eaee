"""One exported condition to a condition of ours over one contract, or over the person."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.migrate.fields import Fields, LostError
from dsl.migrate.values import split_values, write_list, write_texts
from policy.business_rules import ConditionOperator, FieldCondition
from policy.types import STANDARD_SCHEMA, Field, FieldType

_DEPARTMENT_TEXT = "contract.department.external_id"


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition of ours about one contract, or about the person.

    `has` is true of a contract (or person) that has one of the values, `lacks` of one that has none of them (empty
    where HelloID asks no such thing). `operator` tells how HelloID means it over all contracts of a person. `unseen`
    are values that nobody has.
    """

    operator: ConditionOperator
    of_contract: bool
    has: str
    lacks: str = ""
    unseen: tuple[str, ...] = ()


def write_clause(exported: FieldCondition, fields: Fields) -> Clause:
    """Write one condition. Raises LostError with the reason when the language cannot say it."""
    field = fields.find(exported.name)
    of_contract = field.root == "contract"
    match exported.operator:
        case ConditionOperator.EMPTY:
            return Clause(exported.operator, of_contract, f"{field.name} is unknown")
        case ConditionOperator.NOT_EMPTY:
            return Clause(exported.operator, of_contract, f"{field.name} is known")
        case ConditionOperator.ONE_OF | ConditionOperator.NOT | ConditionOperator.NOT_ONLY:
            known = fields.seen.texts(field.name)
            values = split_values(exported.values, known)
            unseen = tuple(one for one in values if known and one not in known)
            has, lacks = write_list(values, field)
            return Clause(exported.operator, of_contract, f"{field.name} {has}", f"{field.name} {lacks}", unseen)
        case ConditionOperator.CONTAINS | ConditionOperator.STARTS_WITH:
            return Clause(exported.operator, of_contract, _write_search(exported, field))


def _write_search(exported: FieldCondition, field: Field) -> str:
    if field.type is FieldType.DEPARTMENT:
        field = STANDARD_SCHEMA.fields[_DEPARTMENT_TEXT]
    if field.type is not FieldType.TEXT:
        raise LostError(f"`{field.name}` is a {field.type}, in which no text can be searched")
    texts = write_texts(split_values(exported.values, ()))
    searched = [f"{field.name} {exported.operator} {text}" for text in texts]
    return searched[0] if len(searched) == 1 else f"any of ({', '.join(searched)})"
