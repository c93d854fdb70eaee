"""Entitlements of exported business rules: `SYSTEM - Account`, `SYSTEM - Account Access`, `SYSTEM - NAME (path)`.

Nothing in the text tells where the name of a system ends: systems and names may hold ` - ` themselves. So all
entitlements of a file are looked at together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from policy.business_rules import SystemEntitlement, Unread
from policy.entitlements import Kind

_DASH = " - "
_ACCOUNT, _ACCESS = f"{_DASH}Account", f"{_DASH}Account Access"
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class EntitlementReader:
    """What all entitlements of a file together tell: its `systems`, where a path stands, and which names are shared.

    `pathed` are the systems every permission of which ends with something in parentheses. `shared` are the permissions
    (system and name) that stand there with several paths, and so are several permissions. `doubtful` are the texts
    whose system is a guess.
    """

    systems: tuple[str, ...]
    pathed: frozenset[str]
    shared: frozenset[tuple[str, str]]
    doubtful: frozenset[str]

    @classmethod
    def of(cls, texts: Collection[str], named: Iterable[str]) -> EntitlementReader:
        """Look at all entitlements; `named` are systems that somebody told us."""
        systems, doubtful = _find_systems(texts, named)
        first = cls(systems, frozenset(), frozenset(), doubtful)
        names: dict[str, list[str]] = {}
        for text in texts:
            one = first._split(text)
            if one is not None and one[1] not in {"Account", "Account Access"}:
                names.setdefault(one[0], []).append(one[1])
        pathed = frozenset(system for system, found in names.items() if all(_trailing(name) for name in found))
        second = replace(first, pathed=pathed)
        paths: dict[tuple[str, str], set[str]] = {}
        for text in texts:
            read = second.read(text)
            if isinstance(read, SystemEntitlement) and read.kind is Kind.PERMISSION:
                paths.setdefault((read.system, read.name), set()).add(read.path)
        return replace(second, shared=frozenset(one for one, found in paths.items() if len(found) > 1))

    def read(self, text: str) -> SystemEntitlement | Unread:
        """Tell what one entitlement is; `Unread` with the reason when nobody can."""
        parts = self._split(text)
        if parts is None:
            return Unread(text, "it names no target system before ` - `")
        system, rest = parts
        if rest == "Account":
            return SystemEntitlement(text, system, Kind.ACCOUNT)
        if rest == "Account Access":
            return SystemEntitlement(text, system, Kind.ACCESS)
        name, path = self._name_and_path(system, rest)
        if not name:
            return Unread(text, "the permission has no name")
        if (system, name) in self.shared and path:
            return SystemEntitlement(text, system, Kind.PERMISSION, rest)
        return SystemEntitlement(text, system, Kind.PERMISSION, name, path)

    def _split(self, text: str) -> tuple[str, str] | None:
        """System and rest: the longest known system that the text begins with, else what stands before the dash."""
        system = max((one for one in self.systems if text.startswith(one + _DASH)), key=len, default=None)
        if system is None:
            system, dash, _ = text.partition(_DASH)
            if not dash:
                return None
        rest = text[len(system) + len(_DASH) :].strip()
        return (system, rest) if system.strip() and rest else None

    def _name_and_path(self, system: str, rest: str) -> tuple[str, str]:
        start = _trailing(rest)
        if start is None:
            return rest, ""
        inside = rest[start + 1 : -1]
        if system not in self.pathed and not _looks_like_path(inside):
            return rest, ""
        return rest[:start].rstrip(), inside.strip()


def split_entitlements(cell: str, count: int | None) -> list[str]:
    """Cut a cell at `|`; a part without a system joins the name before it where that is what the export counted."""
    pieces = [piece.strip() for piece in cell.split("|")]
    joined: list[str] = []
    for piece in pieces:
        if joined and _DASH not in piece:
            joined[-1] = f"{joined[-1]}|{piece}"
        else:
            joined.append(piece)
    return joined if count == len(joined) else [piece for piece in pieces if piece]


def _find_systems(texts: Collection[str], named: Iterable[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    ends: Mapping[str, set[str]] = {
        end: {text[: -len(end)].strip() for text in texts if text.endswith(end)} for end in (_ACCOUNT, _ACCESS)
    }
    systems = {one for one in named if one}
    doubtful: set[str] = set()
    for name in sorted(ends[_ACCOUNT] | ends[_ACCESS], key=lambda one: (len(one), one)):
        above = [one for one in systems if name.startswith(one + _DASH)]
        if not name or name in systems:
            continue
        if above and not (name in ends[_ACCOUNT] and name in ends[_ACCESS]):
            # `AD - Sales - Account`: a permission of AD, unless `AD - Sales` has both an account and its access.
            doubtful |= {text for text in texts if text in {name + _ACCOUNT, name + _ACCESS}}
        else:
            systems.add(name)
    return tuple(sorted(systems)), frozenset(doubtful)


def _trailing(rest: str) -> int | None:
    """Where the parentheses open that close at the very end, or None. Parentheses inside a path are balanced."""
    if not rest.endswith(")"):
        return None
    depth = 0
    for position in range(len(rest) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(rest[position], 0)
        if depth == 0:
            return position if position > 0 else None
    return rest.rfind("(") if rest.rfind("(") > 0 else None


def _looks_like_path(text: str) -> bool:
    return any(sign in text for sign in "/\\=") or _DOMAIN.fullmatch(text.strip()) is not None
