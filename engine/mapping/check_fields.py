"""Field mappings against the model: a path that names nothing is a typo, found before anybody is mapped."""

from __future__ import annotations

from difflib import get_close_matches

from engine.mapping.person_document import is_known_path, known_paths
from policy.catalogue import enforcement as kinds
from policy.diagnostics import Diagnostic
from policy.field_mapping import FieldMapping, MappingMode


def check_field_mapping(mapping: FieldMapping, path: str) -> tuple[Diagnostic, ...]:
    """Name every field mapping of the file `path` whose source no person ever has."""
    return tuple(
        _unknown(field.name, str(how.value), path)
        for field in mapping.fields
        for how in field.mappings
        if how.mode is MappingMode.FIELD and not is_known_path(str(how.value))
    )


def _unknown(field: str, source: str, path: str) -> Diagnostic:
    near = get_close_matches(source, known_paths(), n=1)
    detail = f"Field “{field}” takes {source}, which no person has."
    hint = f"Did you mean {near[0]}?" if near else "Take a field of the standard model, such as Person.ExternalId."
    return Diagnostic(kinds.UNKNOWN_MAPPED_FIELD, detail, hint=hint, subject=path)
