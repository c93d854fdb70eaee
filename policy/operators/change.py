"""Change of account data, in events alone."""

from __future__ import annotations

from policy.operators.operator import Example, OperandShape, Operator
from policy.types import FieldType

_Pair = tuple[object, object]


def _changes(left: _Pair, right: _Pair) -> bool:
    before, after = left
    wanted_before, wanted_after = right
    return before != after and wanted_before in {None, before} and wanted_after in {None, after}


CHANGES = Operator(
    name="changes",
    phrase="changes",
    negation=None,
    types=frozenset({FieldType.TEXT}),
    shape=OperandShape.CHANGE,
    meaning=_changes,
    documentation=(
        "Only in an event `on update account`: the account data get another value in this diff. `changes from` and "
        "`changes to` ask for the value before and after; an absent value is another value too."
    ),
    examples=(
        Example("account.display_name changes", ("A. Smit", "A. Jansen"), (None, None), result=True),
        Example("account.display_name changes", ("A. Smit", "A. Smit"), (None, None), result=False),
        Example('account.city changes from "Delft"', ("Delft", None), ("Delft", None), result=True),
        Example('account.city changes from "Delft" to "Gouda"', ("Delft", "Breda"), ("Delft", "Gouda"), result=False),
        Example('account.city changes to "Gouda"', (None, "Gouda"), (None, "Gouda"), result=True),
    ),
    sees_absence=True,
)
