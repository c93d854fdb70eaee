"""Sets of texts, listed in the rules or read from a column of a lookup file."""

from __future__ import annotations

from dsl.checking import Checking
from dsl.lookups import find_column
from dsl.lower.lookup_cells import find_lookup
from dsl.tree.ast import FileSetDeclaration, SetDeclaration
from policy.catalogue.names import LOOKUP_BAD_CELL
from policy.rules import ValueSet


def lower_set(node: SetDeclaration) -> ValueSet:
    """Give a set that is listed."""
    return ValueSet(node.id.name, tuple(sorted({text.value for text in node.values})), None, node.span)


def lower_file_set(node: FileSetDeclaration, checking: Checking) -> ValueSet | None:
    """Give the values of a column; a set without any would silently turn `not in` into everybody, so it is refused."""
    lookup = find_lookup(node.file, checking)
    if lookup is None:
        return None
    missing = find_column(lookup, node.column.value)
    if missing is not None:
        checking.findings.add(missing)
        return None
    cells = [row[node.column.value] for row in lookup.rows]
    empty = [(cell, row) for cell, row in zip(cells, lookup.rows, strict=True) if not cell.text]
    for _, row in empty:
        places = [one.span for one in row.values()]
        detail = f'The column "{node.column.value}" is empty on this line.'
        checking.findings.report(
            LOOKUP_BAD_CELL, detail, places[0].through(places[-1]), hint="fill it in, or remove the line"
        )
    if not cells:
        detail = f"`{lookup.path}` has no line below its header, so the set `{node.id.name}` would hold nothing."
        place = lookup.header[0].span.through(lookup.header[-1].span)
        checking.findings.report(LOOKUP_BAD_CELL, detail, place, hint="add its values, one per line")
    if empty or not cells:
        return None
    return ValueSet(node.id.name, tuple(sorted({cell.text for cell in cells})), lookup.path, node.span)
