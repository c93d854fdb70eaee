"""What engines answer, and checksums by which answers are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.workload.plain_rules import All, Term, Test
from engine.columnar.columns import Columns

T = TypeVar("T")
Firings = tuple[Any, Any]
"""Rows of contracts, and beside them numbers of the rules that fire for them: two arrays or lists, in any order."""
Run = Callable[[], Firings]
"""Decides once."""


@dataclass(frozen=True, eq=False)
class Diff:
    """Entitlements with reasons, compared with the state before.

    `desired`, `grants` and `revokes` are pairs: row of the person times the number of entitlements, plus the
    entitlement. `because` are three columns that tell why of every grant: pair, number of the rule, row of the
    contract. Nothing of it is in order.
    """

    desired: Any
    grants: Any
    revokes: Any
    because: tuple[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class DiffRun:
    """`run` decides once, in the engine's own form; `answer` says what it found, and is not timed."""

    run: Callable[[], Any]
    answer: Callable[[Any], Diff]


def pairs_checksum(firings: Firings, columns: Columns, rules: int) -> str:
    """Checksum over the (person, rule) pairs, sorted, each once."""
    rows, numbers = (np.asarray(one, np.int64) for one in firings)
    return _checksum(np.unique(columns.owners[rows].astype(np.int64) * rules + numbers))


def diff_checksums(diff: Diff) -> dict[str, str]:
    """Checksums over what is desired, and over the lines with their reasons."""
    line, rule, row = (np.asarray(one, np.int64) for one in diff.because)
    order = np.lexsort((row, rule, line))
    lines = (np.sort(_array(diff.grants)), np.sort(_array(diff.revokes)), line[order], rule[order], row[order])
    return {"desired": _checksum(np.sort(_array(diff.desired))), "lines": _checksum(*lines)}


def fold(term: Term, test: Callable[[Test], T], both: Callable[[T, T], T], either: Callable[[T, T], T]) -> T | None:
    """Put a term together from its tests by `both` and `either`; None for one that is always true."""
    if isinstance(term, Test):
        return test(term)
    found = [fold(one, test, both, either) for one in term.parts]
    whole: T | None = None
    for part in found:
        assert part is not None, "only a whole condition of the workload may be always true"
        whole = part if whole is None else (both if isinstance(term, All) else either)(whole, part)
    return whole


def joined(term: Term, test: Callable[[Test], str], *, both: str, either: str) -> str:
    """Text of a term in the language of an engine; empty for one that is always true."""
    if isinstance(term, Test):
        return test(term)
    word = both if isinstance(term, All) else either
    parts: Sequence[str] = [joined(one, test, both=both, either=either) for one in term.parts]
    return f"({word.join(parts)})" if parts else ""


def _array(pairs: object) -> NDArray[np.int64]:
    return np.asarray(pairs, np.int64)


def _checksum(*arrays: NDArray[np.int64]) -> str:
    digest = hashlib.sha256()
    for one in arrays:
        digest.update(f"{len(one)}:".encode())
        digest.update(np.ascontiguousarray(one, "<i8").tobytes())
    return digest.hexdigest()[:16]
