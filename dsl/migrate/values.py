"""Values of a condition: cut apart where the export joined them, and written as a field of that type compares them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from dsl.migrate.fields import LostError
from dsl.migrate.names import text_problem
from dsl.testing.write import quoted
from policy.canonical import normal_text
from policy.types import Field, FieldType

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
_FLAGS = {"true": "true", "1": "true", "yes": "true", "false": "false", "0": "false", "no": "false"}


def split_values(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Values in `A, B, C`, each once, in order. A comma inside of a value that somebody has (`known`) cuts nothing."""
    pieces = text.split(",")
    found: list[str] = []
    start = 0
    while start < len(pieces):
        end = start + 1
        for longer in range(len(pieces), start + 1, -1):
            whole = ",".join(pieces[start:longer]).strip()
            alone = [piece.strip() for piece in pieces[start:longer]]
            if normal_text(whole) in known and not all(normal_text(one) in known for one in alone):
                end = longer
                break
        found.append(",".join(pieces[start:end]).strip())
        start = end
    return tuple(dict.fromkeys(one for one in found if one))


def write_texts(values: Sequence[str]) -> list[str]:
    """Values in quotes. Raises LostError when one has a character that no text can hold, or there is none."""
    if not values:
        raise LostError("it names no value")
    for value in values:
        problem = text_problem(value)
        if problem is not None:
            raise LostError(f"no text of our rules can say “{value}”: {problem}")
    return [quoted(normal_text(value)) for value in values]


def write_list(values: Sequence[str], field: Field) -> tuple[str, str]:
    """Write what stands behind a field that has one of the values, and behind one that has none of them.

    `is "A"` and `is not "A"`, or `in ("A", "B")` and `not in ("A", "B")`. Raises LostError for values that the field
    never has, and where there is none.
    """
    if not values:
        raise LostError("it names no value")
    written = _write_values(values, field)
    if len(written) == 1:
        return f"is {written[0]}", f"is not {written[0]}"
    listed = f"({', '.join(written)})"
    return f"in {listed}", f"not in {listed}"


def _write_values(values: Sequence[str], field: Field) -> list[str]:
    match field.type:
        case FieldType.TEXT | FieldType.DEPARTMENT | FieldType.PERSON:
            return write_texts(values)
        case FieldType.NUMBER:
            wrong = [value for value in values if _NUMBER.fullmatch(value) is None]
            if wrong:
                raise LostError(f"`{field.name}` is a number, and “{wrong[0]}” is none that our rules can say")
            return list(values)
        case FieldType.FLAG:
            flags = {_FLAGS.get(value.lower(), "") for value in values}
            if len(flags) > 1 or "" in flags:
                raise LostError(f"`{field.name}` is a flag: it can be compared with one of true and false")
            return [*flags]
        case FieldType.DATE:
            raise LostError(f"`{field.name}` is a date, and no list of texts can be compared with it")
