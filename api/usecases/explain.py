"""Explain: why somebody is entitled to something, or why not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import date

from api.tools import Tools
from api.usecases.standing import Standing
from policy.catalogue.service import UNKNOWN_ENTITLEMENT, UNKNOWN_PERSON
from policy.diagnostics import Diagnostic, UsageError
from policy.entitlements import Entitlement, Kind
from policy.explanations import Explanation
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

_ENTITLEMENT = re.compile(r'(account|access) in (\S+)|permission "?(.+?)"? in (\S+)')


def explain_person(
    tools: Tools,
    person: str,
    entitlement: str | None = None,
    *,
    as_of: date | None = None,
    standing: Standing | None = None,
) -> Explanation:
    """Explain one entitlement, or everything a person is entitled to, on a day (default: today).

    Who asks more than once brings what is `standing` in memory between questions.

    `entitlement` in the words of the rules: `account in ad`, `permission "SEC-Nurse" in ad`. Raises UsageError for a
    person nobody knows (neither people nor exclusions) and for an entitlement in a target the policy does not have.
    """
    prepared = (standing or Standing()).prepared(tools, as_of)
    policy = prepared.context.policy
    _require_person(policy, prepared.people.snapshot, person)
    return prepared.explain(person, read_entitlement(policy, entitlement) if entitlement else None)


def read_entitlement(policy: CheckedPolicy, text: str) -> Entitlement:
    """Entitlement from the words of the rules. Raises UsageError when it names none."""
    found = _ENTITLEMENT.fullmatch(text.strip())
    if found is None:
        hint = "write it as the rules do: `account in ad`, `access in ad` or `permission NAME in ad`"
        raise UsageError(Diagnostic(UNKNOWN_ENTITLEMENT, f"“{text}” names no entitlement.", hint=hint, subject=text))
    kind, target, name, permission_target = found.groups()
    entitlement = Entitlement(target, Kind(kind)) if kind else Entitlement(permission_target, Kind.PERMISSION, name)
    if entitlement.target not in policy.targets:
        known = ", ".join(sorted(policy.targets)) or "none"
        detail = f"The policy has no target {entitlement.target}."
        raise UsageError(Diagnostic(UNKNOWN_ENTITLEMENT, detail, hint=f"its targets are {known}", subject=text))
    return entitlement


def _require_person(policy: CheckedPolicy, snapshot: Snapshot, person: str) -> None:
    excluded = {one.person for one in policy.exclusions.values()}
    if snapshot.find_person(person) is not None or person in excluded:
        return
    raise unknown_person(person, snapshot.external_ids())


def unknown_person(person: str, known: Sequence[str]) -> UsageError:
    """Error: nobody has this external id; the hint names similar ones."""
    similar = difflib.get_close_matches(person, known, n=3)
    hint = f"did you mean {' or '.join(similar)}?" if similar else "use the external id of the source system"
    detail = f"No person of the snapshot has the external id “{person}”."
    return UsageError(Diagnostic(UNKNOWN_PERSON, detail, hint=hint, subject=person))
