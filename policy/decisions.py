"""What an evaluation says: who is entitled to what and why, and who is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from policy.canonical import JsonValue
from policy.diagnostics import Diagnostic
from policy.entitlements import EntitlementKey
from policy.people import DataProblem


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why somebody is entitled.

    Rule id, `at` (`path:line` of the grant's rule) and the contract that satisfied it ("" for none).
    """

    rule: str
    at: str
    contract: str = ""


@dataclass(frozen=True, slots=True)
class ActiveExclusion:
    """An exclusion that holds for a person today. `targets` None = all targets."""

    exclusion: str
    at: str
    targets: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """Result of the pure evaluation of one policy over one snapshot on one day.

    `desired` maps each key to its reasons (sorted, unique, at least one), in key order; it also holds what frozen
    people would be entitled to. `frozen` maps a person to the data problems that freeze everything of theirs.
    `excluded` maps a person to the exclusions that hold (a person need not be in the snapshot: exclusion by number).
    `ended` maps a person to exclusions that no longer hold because their `until` lies before `as_of` (for reasons of
    the lines they release). `present` are the persons of the snapshot. What only draft rules grant is in `desired` when
    `includes_drafts`, and nowhere otherwise.
    """

    as_of: date
    desired: Mapping[EntitlementKey, tuple[Reason, ...]]
    frozen: Mapping[str, tuple[DataProblem, ...]]
    excluded: Mapping[str, tuple[ActiveExclusion, ...]]
    ended: Mapping[str, tuple[ActiveExclusion, ...]]
    present: AbstractSet[str]
    includes_drafts: bool = False
    warnings: tuple[Diagnostic, ...] = ()


def decisions_json(decisions: Decisions) -> dict[str, JsonValue]:
    """Canonical JSON object of decisions: everything in a fixed order, for comparing two evaluations byte by byte."""
    return {
        "as_of": decisions.as_of.isoformat(),
        "desired": [
            [key.person, key.target, key.kind.value, key.name, [[one.rule, one.at, one.contract] for one in reasons]]
            for key, reasons in decisions.desired.items()
        ],
        "ended": [[person, _exclusions_json(found)] for person, found in decisions.ended.items()],
        "excluded": [[person, _exclusions_json(found)] for person, found in decisions.excluded.items()],
        "frozen": [
            [person, [[one.code, one.field, one.text, one.contract] for one in problems]]
            for person, problems in decisions.frozen.items()
        ],
        "includes_drafts": decisions.includes_drafts,
        "present": sorted(decisions.present),
        "warnings": [[one.code, one.detail, one.span.at if one.span else None] for one in decisions.warnings],
    }


def _exclusions_json(exclusions: tuple[ActiveExclusion, ...]) -> JsonValue:
    return [[one.exclusion, one.at, None if one.targets is None else sorted(one.targets)] for one in exclusions]
