"""Signs of other languages, and the words this language has for them."""

from __future__ import annotations

MEANT_BY_SIGN = {
    "=": "is",
    "==": "is",
    "!=": "is not",
    "<>": "is not",
    "\u2260": "is not",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "[": "(",
    "]": ")",
    "=>": "->",
    "-eq": "is",
    "-ne": "is not",
    "-in": "in",
    "-notin": "not in",
    "-and": "and",
    "-or": "or",
    "-not": "not",
    "\u2192": "->",
    "\u21d2": "->",
    "\uff0c": ",",
    "\uff08": "(",
    "\uff09": ")",
    "\uff1a": ":",
    "\uff05": "%",
    "{": "",
    ";": "",
}
"""Signs that can be read on as the words or signs they stand for (or as nothing); others end the clause."""

COMMENT_SIGNS = frozenset({"//", "/*"})
"""Signs behind which the rest of the line is a comment in other languages; so is it behind `--`."""

_HINTS = {
    "<": "write `is less than` for numbers, `is before` for dates",
    ">": "write `is more than` for numbers, `is after` for dates",
    "<=": "write `is at most` for numbers, `is on or before` for dates",
    ">=": "write `is at least` for numbers, `is on or after` for dates",
    "\u2264": "write `is at most` for numbers, `is on or before` for dates",
    "\u2265": "write `is at least` for numbers, `is on or after` for dates",
    "{": "a block begins with its first word and is closed by `end`: delete `{`",
    "}": "a block is closed by `end`: write `end`",
    ";": "nothing stands between clauses: delete `;`",
    "//": "write a comment with `#`",
    "/*": "write a comment with `#`",
    "*/": "write a comment with `#`",
    "--": "write a comment with `#`",
    "+": "there is no arithmetic; a date is moved with `14 days after …`",
    "*": "there is no arithmetic",
    "/": "there is no arithmetic",
    "-": "there is no arithmetic and no negative number; `-` stands only inside a name or a date",
    ".": "a path has no space around its dots: `contract.department`",
    "\\": "a backslash stands only in a text",
    "$": "delete `$`",
    "@": "delete `@`",
}


def advise(sign: str) -> tuple[str, str]:
    """Detail and hint for a sign that has no meaning."""
    detail = f"`{sign}` is no sign of the language."
    if MEANT_BY_SIGN.get(sign):
        return detail, f"write `{MEANT_BY_SIGN[sign]}`"
    return detail, _HINTS.get(sign, _HINTS["--"] if sign.startswith("--") else f"delete `{sign}`")
