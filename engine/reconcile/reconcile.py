"""The one door of this room: from decisions, managed state and observations to the entitlement diff."""

from __future__ import annotations

from engine.reconcile.classify import classify
from engine.reconcile.frozen import FrozenScopes, warn_undeclared
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.status import settle
from policy.diff import EntitlementDiff, Line, Status


def reconcile(inputs: ReconcileInputs) -> EntitlementDiff:
    """Entitlement diff of DIFFS.md sections 1 and 2. Pure: equal inputs give an equal diff, in any order of mappings.

    Lines are in order of (person, target, kind, name); a key has at most one line. An adoption with differing
    attributes is one line whose before/after say what changes along the way.
    """
    classified = classify(inputs)
    settled = settle(inputs, classified.drafts)
    scopes = FrozenScopes(inputs)
    lines = []
    for number, (key, draft) in enumerate(classified.drafts.items()):
        status = settled.statuses[key]
        line = Line(
            n=number,
            key=key,
            op=draft.op,
            status=status,
            because=draft.because,
            why=settled.whys[key],
            before=draft.before,
            after=draft.after,
            anchor=draft.anchor,
            released_by=() if status is Status.FROZEN else scopes.released_by(key.person, key.target),
            ended=draft.ended,
        )
        lines.append(line)
    return EntitlementDiff(
        as_of=inputs.decisions.as_of,
        lines=tuple(lines),
        unchanged=classified.unchanged,
        unmanaged=classified.unmanaged,
        limits=settled.limits,
        violations=settled.violations,
        warnings=(*inputs.decisions.warnings, *warn_undeclared(inputs)),
        enforceable=not inputs.decisions.includes_drafts,
    )
