"""Lines to be: classified by what is desired, managed and observed, without a status yet (DIFFS.md section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policy.canonical import JsonValue
from policy.decisions import Reason
from policy.diff import Ended, Op, Unmanaged, Why
from policy.entitlements import EntitlementKey


@dataclass(frozen=True, slots=True)
class Draft:
    """One line to be. `conflict` and `problem` say why it cannot be planned whatever else holds.

    `conflict`: correlation found no single answer. `problem`: the account could not be mapped. `ended` says of what is
    taken away why nobody is entitled to it any more.
    """

    key: EntitlementKey
    op: Op
    because: tuple[Reason, ...] = ()
    before: Mapping[str, JsonValue] | None = None
    after: Mapping[str, JsonValue] | None = None
    anchor: str | None = None
    conflict: Why | None = None
    problem: Why | None = None
    ended: tuple[Ended, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """Every key of D, M and O exactly once: lines to be, nothing to do, not ours."""

    drafts: Mapping[EntitlementKey, Draft]
    unchanged: tuple[EntitlementKey, ...]
    unmanaged: tuple[Unmanaged, ...]
