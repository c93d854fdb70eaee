"""Characters that look right and are not: quotes, spaces, unseen characters and letters of other alphabets."""

from __future__ import annotations

import re
import unicodedata

ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
"""An id (LANGUAGE.md section 2)."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

OPENING_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u201b\u2032\u2033\u2036\uff02'`"
"""What word processors, other languages and other habits put where `"` belongs."""

_UNSEEN_ANYWHERE = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidirectional controls (UAX #9)
    "\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e"  # zero-width characters
    "\u2028\u2029\u0085"  # line ends that editors do not show as such
)
_JOINERS = frozenset("\u200c\u200d")  # part of the spelling of some languages, so fine inside a text

_LOOKALIKES = {
    # Cyrillic
    "\u0430": "a", "\u0432": "b", "\u0435": "e", "\u0451": "e", "\u043a": "k", "\u043c": "m", "\u043d": "h",
    "\u043e": "o", "\u0440": "p", "\u0441": "c", "\u0442": "t", "\u0443": "y", "\u0445": "x", "\u044c": "b",
    "\u0455": "s", "\u0456": "i", "\u0457": "i", "\u0458": "j", "\u04bb": "h", "\u04cf": "l", "\u0501": "d",
    "\u0433": "r", "\u051b": "q", "\u051d": "w", "\u043f": "n", "\u0475": "v",
    # Greek
    "\u03b1": "a", "\u03b5": "e", "\u03b7": "n", "\u03b9": "i", "\u03ba": "k", "\u03bd": "v", "\u03bf": "o",
    "\u03c1": "p", "\u03c3": "o", "\u03c4": "t", "\u03c5": "u", "\u03c7": "x", "\u03c9": "w", "\u03b3": "y",
    # Latin and Armenian
    "\u0131": "i", "\u0251": "a", "\u0261": "g", "\u0269": "i", "\u0578": "n", "\u057d": "u", "\u0585": "o",
    "\u0570": "h", "\u0581": "g", "\u0566": "q",
    # dashes that an editor makes of `-`
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
}  # fmt: skip
DASHES = "".join(letter for letter, plain in _LOOKALIKES.items() if plain == "-")


def is_unseen(letter: str, *, in_text: bool = False) -> bool:
    """Tell whether `letter` is a control or another character that a reader cannot see; line ends and tabs are fine."""
    if letter in _JOINERS:
        return not in_text
    return letter in _UNSEEN_ANYWHERE or (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t")


def is_wrong_space(letter: str) -> bool:
    """Tell whether `letter` is a space other than the ordinary one, such as a non-breaking space."""
    return letter != " " and unicodedata.category(letter) == "Zs"


def describe(letter: str) -> str:
    """Name a character for people: `U+00A0 no-break space`."""
    name = unicodedata.name(letter, "control character").lower()
    return f"U+{ord(letter):04X} {name}"


def plain_letters(word: str) -> str:
    """Give `word` with letters that look like ASCII ones, and styled or full-width forms (NFKC), replaced by those."""
    return "".join(_plain_letter(letter) for letter in word)


def without_marks(word: str) -> str:
    """Give `word` without accents, as a proposal for an id: `pflegekräfte` becomes `pflegekrafte`."""
    apart = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def strange_letters(word: str) -> tuple[str, ...]:
    """Letters of `word` that are not ASCII, but look as if they were; each once, in order."""
    return tuple(dict.fromkeys(one for one in word if not one.isascii() and _plain_letter(one).isascii()))


def as_id(word: str) -> str | None:
    """Propose the id an author may have meant by `word`, or None."""
    proposal = _HUMP.sub("-", without_marks(plain_letters(word))).lower()
    proposal = re.sub(r"[-_]*[^a-z0-9_-]+[-_]*", "-", proposal)
    proposal = re.sub(r"[-_]{2,}", "-", proposal).strip("-_").lstrip("0123456789-_")
    return proposal if ID.fullmatch(proposal) else None


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    lower = letter.lower()
    if lower in _LOOKALIKES:
        return _LOOKALIKES[lower]
    compatible = unicodedata.normalize("NFKC", letter)
    return compatible if compatible.isascii() else _LOOKALIKES.get(compatible.lower(), letter)
