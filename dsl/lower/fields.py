"""Paths to fields of the schema."""

from __future__ import annotations

from dsl.checking import Checking, Setting
from dsl.suggest import did_you_mean, suggest_field
from dsl.tree.leaves import Path
from policy.catalogue.names import NO_ACCOUNT_DATA_HERE, NO_CONTRACT_HERE, UNKNOWN_FIELD
from policy.types import Field, FieldType

_LISTED_PARTS = 6


def resolve_field(path: Path, setting: Setting, checking: Checking) -> Field | None:
    """Give the field that `path` names, or report why it cannot stand here and give None."""
    if path.parts[0] == "account" and setting.account:
        return Field("account", ".".join(path.parts[1:]), FieldType.TEXT)
    if path.parts[0] == "account":
        detail = f"`{path.name}` is account data, which only an event about a target can see."
        hint = "compare a field of the person or the contract instead"
        checking.findings.report(NO_ACCOUNT_DATA_HERE, detail, path.span, hint=hint)
        return None
    if path.name in checking.unsure:
        return None
    field = checking.schema.find(path.name)
    if field is None:
        report_unknown_field(path, checking)
        return None
    if field.root == "contract" and not setting.contract:
        detail = f"`{path.name}` speaks of a contract, but {setting.place} looks at none."
        checking.findings.report(NO_CONTRACT_HERE, detail, path.span, hint=setting.contract_hint)
        return None
    return field


def report_unknown_field(path: Path, checking: Checking) -> None:
    """Report a path that the schema does not have, with what its author most likely meant."""
    known = checking.schema.fields
    parts = [name for name in sorted(known) if name.startswith(f"{path.name}.")]
    if parts:
        listed = ", ".join(f"`{name}`" for name in parts[:_LISTED_PARTS])
        detail = f"`{path.name}` has several parts and no value of its own."
        hint: str | None = f"say which part: {listed}"
    else:
        near = suggest_field(path.name, [*known, *checking.unsure])
        detail = f"There is no field `{path.name}`."
        hint = did_you_mean(near)
        if "custom" in path.parts[1:2] and len(path.parts) > 2:  # noqa: PLR2004 - root, custom, and at least one part
            detail += " A field below `custom` has to be declared."
            hint = hint or f"declare it: `field {path.name} is text`"
    checking.findings.report(UNKNOWN_FIELD, detail, path.span, hint=hint)
