"""Entitlements, their names with fields to fill in, and roles."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.checking import IN_ROLE, Checking, Setting
from dsl.lower.fields import resolve_field
from dsl.tree.ast import DeclarationWord, RoleDeclaration
from dsl.tree.leaves import EntitlementNode, Ident, Path, TemplateText
from policy.catalogue.names import BAD_TEMPLATE
from policy.entitlements import Entitlement, Kind
from policy.rules import Grant, Role, Template, Window
from policy.source import Span
from policy.types import Field, FieldType


def lower_fixed_entitlement(node: EntitlementNode, checking: Checking) -> Entitlement | None:
    """Give an entitlement whose name holds no field (the parser takes none there)."""
    known = checking.names.knows(DeclarationWord.TARGET, node.target, checking.findings)
    name = "" if node.name is None else node.name.fixed
    assert name is not None, "the parser takes no field in the name of an entitlement that is asked for"
    return Entitlement(node.target.name, node.kind, name) if known else None


def lower_entitlement(node: EntitlementNode, setting: Setting, checking: Checking) -> Template | None:
    """Give an entitlement whose permission name may hold fields."""
    known = checking.names.knows(DeclarationWord.TARGET, node.target, checking.findings)
    template = lower_template(node.target, (node.kind, node.name, node.span), setting, checking)
    return template if known else None


def lower_template(
    target: Ident, what: tuple[Kind, TemplateText | None, Span], setting: Setting, checking: Checking
) -> Template | None:
    """Resolve the fields in a permission's name: text fields that are not private, of what `setting` speaks of."""
    kind, name, span = what
    parts: list[str | Field] = []
    fits = True
    for piece in () if name is None else name.pieces:
        if isinstance(piece, str):
            parts.append(piece)
            continue
        field = _template_field(piece, setting, checking)
        if field is None:
            fits = False
        else:
            parts.append(field)
    return Template(target.name, kind, tuple(parts), span) if fits else None


def lower_role(node: RoleDeclaration, included: Iterable[Role], checking: Checking) -> Role | None:
    """Flatten a role: its own entitlements, then those of `included` roles it does not have yet."""
    grants: dict[tuple[object, ...], Grant] = {}
    fits = True
    names = []
    by_id = {role.id: role for role in included}
    for item in node.items:
        if isinstance(item, EntitlementNode):
            template = lower_entitlement(item, IN_ROLE, checking)
            fits = fits and template is not None
            if template is not None:
                _keep(grants, Grant(template, Window(), item.span, (node.id.name,)))
        else:
            names.append(item.id.name)
            role = by_id.get(item.id.name)
            fits = fits and role is not None
            for grant in role.grants if role else ():
                _keep(grants, Grant(grant.template, Window(), grant.span, (node.id.name, *grant.via)))
    title = node.title.value if node.title else ""
    return Role(node.id.name, title, tuple(grants.values()), tuple(dict.fromkeys(names)), node.span) if fits else None


def _keep(grants: dict[tuple[object, ...], Grant], grant: Grant) -> None:
    template = grant.template
    grants.setdefault((template.target, template.kind, template.parts), grant)


def _template_field(path: Path, setting: Setting, checking: Checking) -> Field | None:
    field = resolve_field(path, setting, checking)
    if field is None:
        return None
    if field.type is not FieldType.TEXT:
        detail = f"`{field.name}` is a {field.type.value}; only a text can be filled into a name."
        hint = (
            f"name a text field, such as `{field.name}.external_id`"
            if field.type is FieldType.DEPARTMENT
            else ("name a text field of the person or the contract")
        )
    elif field.private:
        detail = f"`{field.name}` is private; in a permission's name everybody would see it."
        hint = "fill in a field of work, such as `person.contact.business.email`"
    else:
        return field
    checking.findings.report(BAD_TEMPLATE, detail, path.span, hint=hint)
    return None
