"""Line files: `lines.ndjson` and `salts.ndjson`, written and read in their one form.

A line's salt is HMAC-SHA256(key of the person, diff id ‖ LF ‖ line), its first 16 bytes: without the person's key and
the salt file nobody can tell whether a guessed line is the one behind a leaf. A leaf is SHA-256(0x00 ‖ salt ‖ line).
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Iterable, Sequence

from engine.trust.merkle import leaf_hash
from engine.trust.refusal import refusal
from engine.trust.strict_json import Fields, read_json
from policy.catalogue.trust import BAD_LINE, BAD_SALTS
from policy.diff import Line, Op, Status, line_bytes, read_line
from policy.entitlements import EntitlementKey, Kind

SALT_BYTES = 16
FEW_LINES = 5_000
"""Up to so many are read, written and hashed one by one, sooner than machine code is at hand."""


def file_of(rows: Iterable[bytes]) -> bytes:
    """File of rows, a line feed behind each."""
    return b"".join(row + b"\n" for row in rows)


def rows_of(data: bytes) -> list[bytes]:
    """Rows of a file made by `file_of`. Raises ValueError when the last line feed is missing."""
    *rows, rest = data.split(b"\n")
    if rest:
        raise ValueError("the last line has no end")
    return rows


def salt_of(row: bytes, *, diff: str, person_key: bytes) -> bytes:
    """Salt of a line (its canonical bytes) in the diff with this id."""
    return hmac.new(person_key, diff.encode() + b"\n" + row, hashlib.sha256).digest()[:SALT_BYTES]


def salted_leaf(salt: bytes, row: bytes) -> bytes:
    """Leaf hash of a line."""
    return leaf_hash(salt + row)


def read_lines(data: bytes) -> Sequence[Line]:
    """Lines of `lines.ndjson`. Raises RefusedError ORD0714 unless each is canonical, numbered and in order.

    Many are read as columns; whatever is not exactly right in them is told by the reader of few.
    """
    if data.count(b"\n") > FEW_LINES:
        from engine.merge.reading import read_table  # noqa: PLC0415  # few lines need no columns

        table = read_table(data, lambda row: read_row(row, where="A line"))
        if table is not None:
            return table
    return _read_few(data)


def _read_few(data: bytes) -> tuple[Line, ...]:
    try:
        rows = rows_of(data)
    except ValueError as error:
        raise refusal(BAD_LINE, f"The line file is not whole: {error}.") from error
    lines = tuple(read_row(row, where=f"Line {number}") for number, row in enumerate(rows))
    for number, line in enumerate(lines):
        if line.n != number:
            raise refusal(BAD_LINE, f"Line {number} says it is line {line.n}.")
    for before, after in itertools.pairwise(lines):
        if (before.key, before.op) >= (after.key, after.op):
            raise refusal(BAD_LINE, f"Line {after.n} stands out of order.")
    return lines


def read_row(row: bytes, *, where: str) -> Line:
    """One line from its bytes. Raises RefusedError ORD0714."""
    try:
        fields = Fields.of(read_json(row))
        _require_form(fields)
        line = read_line(fields.record)
        written = line_bytes(line)
    except ValueError as error:
        raise refusal(BAD_LINE, f"{where} cannot be read: {error}.") from error
    except RecursionError as error:
        raise refusal(BAD_LINE, f"{where} is nested too deep.") from error
    # INVARIANT: a line has one form, and nothing stands in it that we did not read.
    if written != row:
        raise refusal(BAD_LINE, f"{where} holds more, or other, than this version of Ordain understands.")
    return line


def read_salts(data: bytes, *, count: int) -> tuple[bytes, ...]:
    """Salts of `salts.ndjson`, `count` of them. Raises RefusedError ORD0717."""
    try:
        salts = tuple(read_salt(row.decode("ascii", "replace")) for row in rows_of(data))
    except ValueError as error:
        raise refusal(BAD_SALTS, f"The salt file is not as it should be: {error}.") from error
    if len(salts) != count:
        raise refusal(BAD_SALTS, f"There are {len(salts)} salts for {count} lines.")
    return salts


def read_salt(text: str) -> bytes:
    """Salt from its hex text. Raises ValueError."""
    if len(text) != 2 * SALT_BYTES or not set(text) <= set("0123456789abcdef"):
        raise ValueError("a salt is 16 bytes in hex")
    return bytes.fromhex(text)


def key_of(fields: Fields) -> EntitlementKey:
    """Entitlement key of a line or outcome. Raises ValueError."""
    kind, name = fields.choice("kind", Kind), fields.text("name")
    if (kind is Kind.PERMISSION) != bool(name):
        raise ValueError("only a permission has a name, and it always has one")
    return EntitlementKey(fields.text("person"), fields.text("target"), kind, name)


def _require_form(fields: Fields) -> None:
    """Check the type of every field of a line. Raises ValueError."""
    key_of(fields)
    fields.number("n")
    fields.choice("op", Op)
    fields.choice("status", Status)
    for row in fields.rows("because"):
        _ = row.text("rule"), row.text("at"), row.text("contract")
    for row in fields.rows("why") if "why" in fields.record else ():
        _ = row.text("cause"), row.text("id"), row.text("text")
    for row in fields.rows("ended") if "ended" in fields.record else ():
        _ = row.text("rule"), row.text("at"), row.text("contract"), row.text("text")
    for name in {"before", "after"} & fields.record.keys():
        fields.inner(name)
    fields.optional_text("anchor")
    if "released_by" in fields.record:
        fields.texts("released_by")
