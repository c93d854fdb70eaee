"""The schema an author works with: the standard model, narrowed and extended by `field` declarations."""

from __future__ import annotations

from dataclasses import replace

from dsl.names import Names
from dsl.problems import Findings
from dsl.suggest import did_you_mean, suggest_field
from dsl.tree.ast import DeclarationWord, FieldDeclarationNode, FieldTypeWord
from policy.catalogue.names import FIELD_NOT_CUSTOM, FIELD_TYPE_CHANGED
from policy.rules import FieldDeclaration
from policy.types import STANDARD_SCHEMA, Field, FieldType, Schema

_TYPES = {
    FieldTypeWord.TEXT: FieldType.TEXT,
    FieldTypeWord.ONE_OF: FieldType.TEXT,
    FieldTypeWord.NUMBER: FieldType.NUMBER,
    FieldTypeWord.DATE: FieldType.DATE,
    FieldTypeWord.FLAG: FieldType.FLAG,
}
_BY_EXTERNAL_ID = frozenset({FieldType.DEPARTMENT, FieldType.PERSON})
"""References: authors declare them as the text that they compare with."""


def build_schema(names: Names, findings: Findings) -> tuple[Schema, dict[str, FieldDeclaration], frozenset[str]]:
    """Give the schema, the declarations by path, and the paths that exist but whose type could not be read."""
    declared: dict[str, FieldDeclaration] = {}
    for node, _ in names.nodes(FieldDeclarationNode):
        field = _declared_field(node, findings)
        if field is not None:
            declared[field.name] = FieldDeclaration(field, node.span)
    broken = {path for path in names.of(DeclarationWord.FIELD) if path not in declared}
    unsure = frozenset(path for path in broken if STANDARD_SCHEMA.find(path) is None)
    schema = STANDARD_SCHEMA.narrowed(*(one.field for one in declared.values()))
    return schema, declared, unsure


def _declared_field(node: FieldDeclarationNode, findings: Findings) -> Field | None:
    one_of = tuple(sorted({text.value for text in node.values})) if node.type is FieldTypeWord.ONE_OF else None
    standard = STANDARD_SCHEMA.find(node.path.name)
    if standard is None:
        return _custom_field(node, one_of, findings)
    wanted = _TYPES[node.type]
    if wanted is not standard.type and not (wanted is FieldType.TEXT and standard.type in _BY_EXTERNAL_ID):
        detail = f"`{node.path.name}` is a {standard.type.value} of the standard model, never `{node.type.value}`."
        hint = f"write `field {node.path.name} is {standard.type.value}`, or declare a field below `custom` of your own"
        findings.report(FIELD_TYPE_CHANGED, detail, node.type_span, hint=hint)
        return None
    return replace(standard, one_of=one_of, required=standard.required or node.required)


def _custom_field(node: FieldDeclarationNode, one_of: tuple[str, ...] | None, findings: Findings) -> Field | None:
    root, *rest = node.path.parts
    if root in {"person", "contract"} and len(rest) > 1 and rest[0] == "custom":
        path = ".".join(rest)
        kind = _TYPES[node.type]
        if root == "person":
            return Field("person", path, kind, one_of=one_of, required=node.required)
        return Field("contract", path, kind, one_of=one_of, required=node.required)
    detail = f"The standard model has no field `{node.path.name}`."
    own = ".".join([root if root != "account" else "person", "custom", *rest])
    hint = did_you_mean(suggest_field(node.path.name, STANDARD_SCHEMA.fields)) or f"declare `{own}`"
    findings.report(FIELD_NOT_CUSTOM, detail, node.path.span, hint=hint)
    return None
