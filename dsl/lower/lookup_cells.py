"""Lookup files as declarations name them, and names with fields to fill in as cells hold them."""

from __future__ import annotations

import re

from dsl.checking import Checking
from dsl.lookups import Cell, Lookup, lies_within_rules
from dsl.tree.leaves import Path, TemplateText, Text
from policy.catalogue.names import LOOKUP_BAD_CELL, LOOKUP_MISSING

_PIECE = re.compile(r"\{(?P<path>[a-z_][a-z0-9_.]*)\}|(?P<text>[^{}]+)|(?P<stray>[{}])")


def find_lookup(file: Text, checking: Checking) -> Lookup | None:
    """Give the lookup file a declaration names; None when it is missing, or unreadable and reported."""
    if file.value in checking.lookups:
        return checking.lookups[file.value]
    if lies_within_rules(file.value):
        detail = f"There is no file `{file.value}` in the rules folder."
        hint = "put it there, or correct the name; it is said relative to the rules folder"
    else:
        detail = f"`{file.value}` would lie outside the rules folder."
        hint = "put the file into the rules folder and name it from there, such as `lookups/sites.csv`"
    checking.findings.report(LOOKUP_MISSING, detail, file.span, hint=hint)
    return None


def split_name(cell: Cell, checking: Checking) -> TemplateText | None:
    """Read `{path}` in a cell as in a permission's name in a rule."""
    pieces: list[str | Path] = []
    for piece in _PIECE.finditer(cell.text):
        if piece["stray"]:
            detail = f'"{cell.text}" holds a `{piece["stray"]}` that belongs to no field.'
            hint = "write `{contract.title.code}` to fill in a field; a name holds no other brace"
            checking.findings.report(LOOKUP_BAD_CELL, detail, cell.span, hint=hint)
            return None
        path = piece["path"]
        pieces.append(piece["text"] if path is None else Path(tuple(path.split(".")), cell.span))
    return TemplateText(tuple(pieces), cell.span)
