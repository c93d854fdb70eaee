"""`grant by FIELD in TARGET`: tables written in the rule, and tables read from a lookup file."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.checking import Checking, Setting
from dsl.lookups import Cell, find_column
from dsl.lower.entitlements import lower_template
from dsl.lower.fields import resolve_field
from dsl.lower.lookup_cells import find_lookup, split_name
from dsl.lower.moments import lower_window
from dsl.lower.operands import check_possible
from dsl.suggest import did_you_mean, suggest
from dsl.tree.ast import DeclarationWord, TableGrantNode, TableRow
from dsl.tree.leaves import Ident, Text
from policy.catalogue.names import LOOKUP_BAD_CELL, WRONG_OPERATOR
from policy.catalogue.structure import DUPLICATE_KEY
from policy.entitlements import Kind
from policy.rules import TableGrant, Template
from policy.source import Span
from policy.types import Field, FieldType

COLUMNS = ("value", "kind", "name")
OTHERWISE = "otherwise"
"""In a lookup file a row with this value is for everybody whose own value is not listed."""

_Rows = dict[str, list[Template]]


def lower_table(node: TableGrantNode, setting: Setting, checking: Checking) -> TableGrant | None:
    """Give a table grant; every broken row is reported, and any makes the whole table None."""
    known = checking.names.knows(DeclarationWord.TARGET, node.target, checking.findings)
    field = _key_field(node, setting, checking)
    window = lower_window(node.window, setting, checking)
    if node.file is not None:
        rows = _rows_from_file(node.file, node.target, setting, checking)
    else:
        rows = _rows_from_rule(node.rows, node.target, setting, checking)
    if rows is None or field is None or window is None or not known:
        return None
    keys, lowered, otherwise = rows
    if not check_possible(keys, field, checking):
        return None
    by_key = {key: tuple(lowered[key]) for key in sorted(lowered)}
    return TableGrant(field, by_key, tuple(otherwise), window, node.span)


def _key_field(node: TableGrantNode, setting: Setting, checking: Checking) -> Field | None:
    field = resolve_field(node.path, setting, checking)
    if field is None or field.type is FieldType.TEXT:
        return field
    detail = f"`{field.name}` is a {field.type.value}; a table looks up a text."
    hint = "name a text field"
    if field.type is FieldType.DEPARTMENT:
        hint = f"write `{field.name}.external_id`"
    checking.findings.report(WRONG_OPERATOR, detail, node.path.span, hint=hint)
    return None


_Lowered = tuple[list[tuple[str, Span]], _Rows, list[Template]]


def _rows_from_rule(nodes: Iterable[TableRow], target: Ident, setting: Setting, checking: Checking) -> _Lowered | None:
    seen: dict[str | None, Span] = {}
    keys: list[tuple[str, Span]] = []
    rows: _Rows = {}
    otherwise: list[Template] = []
    fits = True
    for row in nodes:
        lowered = [lower_template(target, (one.kind, one.name, one.span), setting, checking) for one in row.entries]
        templates = [one for one in lowered if one is not None]
        fits = fits and len(templates) == len(lowered)
        if not row.keys:
            fits = _is_first(None, row.span, seen, checking) and fits
            otherwise += templates
        for key in row.keys:
            fits = _is_first(key.value, key.span, seen, checking) and fits
            keys.append((key.value, key.span))
            rows[key.value] = templates
    return (keys, rows, otherwise) if fits else None


def _is_first(key: str | None, place: Span, seen: dict[str | None, Span], checking: Checking) -> bool:
    first = seen.setdefault(key, place)
    if first is place:
        return True
    detail = "There are two lines `otherwise`." if key is None else f'"{key}" has a line of its own already.'
    hint = "put all entitlements of one value on one line"
    related = (("the first line is here", first),)
    checking.findings.report(DUPLICATE_KEY, detail, place, hint=hint, related=related)
    return False


def _rows_from_file(file: Text, target: Ident, setting: Setting, checking: Checking) -> _Lowered | None:
    lookup = find_lookup(file, checking)
    if lookup is None:
        return None
    missing = [problem for column in COLUMNS if (problem := find_column(lookup, column)) is not None]
    if missing:
        checking.findings.add(*missing)
        return None
    seen: dict[tuple[str, ...], Span] = {}
    keys: list[tuple[str, Span]] = []
    rows: _Rows = {}
    fits = True
    for row in lookup.rows:
        value, kind, name = (row[column] for column in COLUMNS)
        template = _row_template((value, kind, name), target, setting, checking)
        if template is None or not _is_new_row((value, kind, name), seen, checking):
            fits = False
            continue
        if value.text != OTHERWISE:
            keys.append((value.text, value.span))
        rows.setdefault(value.text, []).append(template)
    return (keys, rows, rows.pop(OTHERWISE, [])) if fits else None


def _is_new_row(row: tuple[Cell, Cell, Cell], seen: dict[tuple[str, ...], Span], checking: Checking) -> bool:
    place = row[0].span.through(row[-1].span)
    first = seen.setdefault(tuple(cell.text for cell in row), place)
    if first is place:
        return True
    related = (("the first line is here", first),)
    checking.findings.report(
        DUPLICATE_KEY, f'This line for "{row[0].text}" stands here twice.', place, hint="remove one", related=related
    )
    return False


def _row_template(row: tuple[Cell, Cell, Cell], target: Ident, setting: Setting, checking: Checking) -> Template | None:
    value, kind, name = row
    place = value.span.through(name.span)
    if not value.text:
        hint = f"write the value it is for, or `{OTHERWISE}`"
        checking.findings.report(LOOKUP_BAD_CELL, "This line is for no value.", place, hint=hint)
        return None
    if kind.text not in set(Kind):
        hint = did_you_mean(suggest(kind.text, [one.value for one in Kind])) or "write account, access or permission"
        detail = f'"{kind.text}" is no kind of entitlement.'
        checking.findings.report(LOOKUP_BAD_CELL, detail, _seen(kind.span, place), hint=hint)
        return None
    if (kind.text == Kind.PERMISSION) != bool(name.text):
        detail = "A permission needs a name." if not name.text else f"{kind.text.capitalize()} has no name."
        hint = "fill in the column `name`" if not name.text else "leave the column `name` empty, or write permission"
        checking.findings.report(LOOKUP_BAD_CELL, detail, _seen(name.span, place), hint=hint)
        return None
    named = split_name(name, checking) if name.text else None
    if name.text and named is None:
        return None
    return lower_template(target, (Kind(kind.text), named, place), setting, checking)


def _seen(cell: Span, row: Span) -> Span:
    """Place of a cell, or of its row when the cell is empty."""
    return row if (cell.line, cell.column) == (cell.end_line, cell.end_column) else cell
