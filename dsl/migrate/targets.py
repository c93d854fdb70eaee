"""Ids of targets for the systems that an export names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dsl.migrate.names import is_id, make_id
from dsl.suggest import did_you_mean, suggest
from policy.catalogue.migration import WRONG_TARGET_NAME
from policy.diagnostics import Diagnostic, UsageError


def name_targets(systems: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Give each system an id: the one `chosen` for it, else one made from its name.

    Raises UsageError for an id that can be none, for one that stands twice, and for a system that is not there.
    """
    for system, target in chosen.items():
        _check(system, target, systems, [other for name, other in chosen.items() if name != system])
    ids = dict(chosen)
    for system in sorted(systems):
        if system not in ids:
            ids[system] = make_id(system, fallback="target", taken=set(ids.values()))
    return {system: ids[system] for system in sorted(ids)}


def _check(system: str, target: str, systems: Sequence[str], others: Sequence[str]) -> None:
    if system not in systems:
        listed = ", ".join(sorted(systems)) or "none"
        hint = did_you_mean(suggest(system, systems)) or f"the systems of the export are: {listed}"
        raise UsageError(Diagnostic(WRONG_TARGET_NAME, f"No rule grants anything in a system “{system}”.", hint=hint))
    if not is_id(target):
        detail = f"“{target}” cannot be the id of a target: small letters, digits, single hyphens, no reserved word."
        raise UsageError(
            Diagnostic(WRONG_TARGET_NAME, detail, hint=f"call it {make_id(target, fallback='target')}", subject=system)
        )
    if target in others:
        detail = f"Two systems cannot both be the target {target}."
        raise UsageError(Diagnostic(WRONG_TARGET_NAME, detail, hint="give each an id of its own", subject=system))
