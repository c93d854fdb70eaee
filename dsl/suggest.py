"""Did you mean: the name an author most likely had in mind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LIKENESS = 0.6


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Give the name among `known` that is nearest to `word`, or None when none is near.

    Writing habits count as equal: `CostCenter`, `cost-center` and `cost_center` are one name. Ties go to the name that
    sorts first, so the answer never depends on the order of `known`.
    """
    names = sorted(set(known) - {word})
    plain = _plain(word)
    same = [name for name in names if _plain(name) == plain]
    if same:
        return same[0]
    return _nearest(plain, {_plain(name): name for name in reversed(names)})


def suggest_field(name: str, known: Iterable[str]) -> str | None:
    """Give the field path nearest to `name`: the same path first (under the other root too), then likeness."""
    names = sorted(known)
    root, _, path = name.partition(".")
    plain = _plain(path)
    same_path = [one for one in names if _plain(one.partition(".")[2]) == plain]
    if same_path:
        return next((one for one in same_path if one.startswith(f"{root}.")), same_path[0])
    for among in ([one for one in names if one.startswith(f"{root}.")], names):
        # `custom` is left out, or every custom field would be like every other
        near = _nearest(
            _below_custom(plain), {_below_custom(_plain(one.partition(".")[2])): one for one in reversed(among)}
        )
        if near:
            return near
    return None


def did_you_mean(name: str | None) -> str | None:
    """Hint that names `name`, or None without one."""
    return None if name is None else f"did you mean `{name}`?"


def _plain(word: str) -> str:
    return _HUMP.sub("_", word).lower().replace("-", "_").replace(" ", "_")


def _below_custom(path: str) -> str:
    return path.removeprefix("custom.")


def _nearest(plain: str, names_by_plain: dict[str, str]) -> str | None:
    found = difflib.get_close_matches(plain, sorted(names_by_plain), n=1, cutoff=_LIKENESS)
    if found:
        return names_by_plain[found[0]]
    swapped = [
        one for one in sorted(names_by_plain) if sorted(one) == sorted(plain)
    ]  # `da` for `ad`: too short to be like
    return names_by_plain[swapped[0]] if swapped else None
