"""Ids made from names that people gave, and texts as the language can hold them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from dsl.read.lexical import ID, is_unseen, is_wrong_space
from dsl.read.reserved import reserved_words
from dsl.read.texts import find_braces
from dsl.testing.write import quoted

_LONGEST_ID = 60
_GREEK = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"  # from U+03B1 on
_CYRILLIC = "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"  # from U+0430 on
_IN_LATIN = {
    **{chr(0x3B1 + number): latin for number, latin in enumerate(_GREEK.split(" "))},
    **{chr(0x430 + number): latin.strip("-") for number, latin in enumerate(_CYRILLIC.split(" "))},
    **dict(zip("ßæœøłđðþħŋ", ["ss", "ae", "oe", "o", "l", "d", "d", "th", "h", "n"], strict=True)),
    "\u0131": "i",
    "&": " and ",
    "+": " plus ",
    "'": "",
    "\u2019": "",
}
"""Letters that are no Latin letter with a mark, as they are mostly written in Latin letters."""


def make_id(name: str, *, fallback: str, taken: Collection[str] = ()) -> str:
    """Id for something called `name`: small Latin letters, never a reserved word, never one that is `taken`.

    `fallback` stands before what begins with a digit or is reserved, and for a name without a single Latin letter.
    """
    apart = unicodedata.normalize("NFKD", name.lower())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    plain = "".join(_IN_LATIN.get(letter, letter) for letter in bare)
    words = [word for word in re.split(r"[^a-z0-9]+", plain) if word]
    made = _shortened(words)
    if not made:
        made = f"{fallback}-1"
    elif not made[0].isalpha() or made in reserved_words():
        made = f"{fallback}-{made}"
    assert ID.fullmatch(made), "words of letters and digits, joined by hyphens, are an id"
    return _unique(made, taken)


def is_id(text: str) -> bool:
    """Tell whether `text` can be the id of something."""
    return ID.fullmatch(text) is not None and text not in reserved_words()


def text_problem(text: str, *, in_permission: bool = False) -> str | None:
    """Tell why no text of the language can say `text` (a clause without a full stop), or None when one can.

    In the name of a permission that is granted braces always name a field.
    """
    unseen = next((letter for letter in text if letter != "\n" and is_unseen(letter, in_text=True)), None)
    if unseen is not None:
        return f"it holds the unseen character U+{ord(unseen):04X}"
    space = next((letter for letter in text if not letter.isascii() and is_wrong_space(letter)), None)
    if space is not None:
        return f"it holds U+{ord(space):04X}, a space that only looks like an ordinary one"
    if not text.strip():
        return "it is empty"
    if any(in_permission or brace.parts is not None for brace in find_braces(quoted(text)[1:-1])):
        return "it holds braces, which stand for a field in our rules"
    return None


def plain_text(text: str) -> str:
    """`text` as a title or comment: on one line, with ordinary spaces, and unseen characters left out."""
    seen = "".join(" " if letter in "\n\t" or is_wrong_space(letter) else letter for letter in text)
    kept = " ".join("".join(letter for letter in seen if not is_unseen(letter, in_text=True)).split())
    if any(brace.parts is not None for brace in find_braces(quoted(kept)[1:-1])):
        kept = kept.replace("{", "(").replace("}", ")")
    return unicodedata.normalize("NFC", kept)


def _shortened(words: list[str]) -> str:
    made = ""
    for word in words:
        longer = f"{made}-{word}" if made else word[:_LONGEST_ID]
        if len(longer) > _LONGEST_ID:
            break
        made = longer
    return made


def _unique(made: str, taken: Collection[str]) -> str:
    if made not in taken:
        return made
    number = 2
    while f"{made}-{number}" in taken:
        number += 1
    return f"{made}-{number}"
