"""Patterns of `matches` (RE2 syntax) as languages; what this reader does not know is None, never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from engine.prove.languages import EMPTY_WORD, LAST, Language, choice, letters, repeated, sequence

_DIGITS = [(ord("0"), ord("9"))]
_WORDS = [*_DIGITS, (ord("A"), ord("Z")), (ord("_"), ord("_")), (ord("a"), ord("z"))]
_SPACES = [(0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)]
_CLASSES = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_NEWLINE = [(0x0A, 0x0A)]
_MOST_REPEATS = 1000


class _Unknown(Exception):  # noqa: N818  # not an error: the reader gives up, and says None
    """Something in the pattern that this reader does not know."""


def language_of(pattern: str) -> Language | None:
    """Language of the texts that match the pattern whole, or None when it holds what is not known here."""
    reader = _Reader(pattern)
    try:
        found = reader.choices()
    except (_Unknown, IndexError):
        return None
    return found if reader.at == len(pattern) else None


@dataclass(slots=True)
class _Reader:
    pattern: str
    at: int = 0

    def choices(self) -> Language:
        found = [self._pieces()]
        while self._take("|"):
            found.append(self._pieces())
        return choice(*found)

    def _pieces(self) -> Language:
        found: list[Language] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            found.append(self._repeats(self._one()))
        return sequence(*found)

    def _repeats(self, part: Language) -> Language:
        taken = False
        while self.at < len(self.pattern):
            if self._take("*"):
                part = repeated(part)
            elif self._take("+"):
                part = repeated(part, 1)
            elif self._take("?"):
                part = choice(EMPTY_WORD, part)
            elif self.pattern[self.at] == "{":
                part = self._counted(part)
            else:
                break
            if taken:
                raise _Unknown  # one sign of repetition behind another
            taken = True
            self._take("?")  # as few as possible: the same words
        return part

    def _counted(self, part: Language) -> Language:
        end = self.pattern.find("}", self.at)
        least, comma, most = self.pattern[self.at + 1 : end].partition(",")
        if end < 0 or not least.isdecimal() or not (most.isdecimal() or not most):
            raise _Unknown
        self.at = end + 1
        low, high = int(least), int(most) if most else None
        if max(low, high or 0) > _MOST_REPEATS or (high is not None and high < low):
            raise _Unknown
        return repeated(part, low, high if comma else low)

    def _one(self) -> Language:
        sign = self.pattern[self.at]
        self.at += 1
        match sign:
            case "(":
                return self._group()
            case "[":
                return self._bracket()
            case ".":
                return letters(_NEWLINE, but=True)
            case "\\":
                return self._escaped()
            case "^" | "$" | "*" | "+" | "?" | "{" | "}" | "]":
                raise _Unknown
            case _:
                return letters([(ord(sign), ord(sign))])

    def _group(self) -> Language:
        if self._take("?") and not self._take(":"):
            raise _Unknown
        found = self.choices()
        if not self._take(")"):
            raise _Unknown
        return found

    def _escaped(self) -> Language:
        sign = self.pattern[self.at]
        self.at += 1
        if sign.lower() in _CLASSES:
            return letters(_CLASSES[sign.lower()], but=sign.isupper())
        return letters([(self._literal(sign),) * 2])

    def _literal(self, sign: str) -> int:
        """Code point of the sign behind a backslash."""
        if sign in _CONTROLS:
            return ord(_CONTROLS[sign])
        if sign.isascii() and not sign.isalnum():
            return ord(sign)
        raise _Unknown

    def _bracket(self) -> Language:
        but = self._take("^")
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self.pattern[self.at] != "]":
            first = False
            ranges += self._range()
        self.at += 1
        return letters(ranges, but=but)

    def _range(self) -> list[tuple[int, int]]:
        if self.pattern.startswith("[:", self.at):
            raise _Unknown
        if self.pattern[self.at] == "\\" and self.pattern[self.at + 1] in "dws":
            self.at += 2
            return _CLASSES[self.pattern[self.at - 1]]
        low = self._letter()
        if self.pattern[self.at] == "-" and self.pattern[self.at + 1] != "]":
            self.at += 1
            high = self._letter()
            if not low <= high <= LAST:
                raise _Unknown
            return [(low, high)]
        return [(low, low)]

    def _letter(self) -> int:
        sign = self.pattern[self.at]
        self.at += 1
        if sign != "\\":
            return ord(sign)
        self.at += 1
        return self._literal(self.pattern[self.at - 1])

    def _take(self, sign: str) -> bool:
        if self.pattern.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False
