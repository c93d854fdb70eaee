"""The door of this room: from decisions and managed state as columns to the entitlement diff as columns."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from engine.columnar.desired import DesiredColumns
from engine.merge.assemble import assemble, explain_lines
from engine.merge.candidates import Candidates, find_candidates
from engine.merge.drafts import draft_lines
from engine.merge.intricate import Intricate
from engine.merge.managed import ManagedColumns
from engine.merge.numbering import Numbering, number_both
from engine.merge.observing import find_unmanaged, observe
from engine.merge.settling import settle
from engine.merge.unchanged import UnchangedKeys
from engine.reconcile.frozen import warn_of
from engine.reconcile.inputs import ReconcileInputs
from policy.diagnostics import Diagnostic
from policy.diff import EntitlementDiff


def reconcile_columns(
    inputs: ReconcileInputs,
    numbering: Numbering | None = None,
    candidates: Candidates | None = None,
    *,
    parts: int = 1,
) -> EntitlementDiff:
    """Give the diff that `engine.reconcile.reconcile` gives of the same inputs, with lines as a `LineTable`.

    What is desired is `DesiredColumns`, what is managed `ManagedColumns`. Both are walked once; after that the work
    grows with what differs, not with what is managed. Single keys for which more counts than whether they are desired
    and managed (changed, adopted, disabled or released accounts) are judged by the reference itself. Who has numbered
    and walked both already says so. `parts` threads share the work; the result does not depend on how many.
    """
    desired, managed = inputs.decisions.desired, inputs.managed.entries
    assert isinstance(desired, DesiredColumns), "what is desired comes as columns"
    assert isinstance(managed, ManagedColumns), "what is managed comes as columns"
    numbering = numbering or number_both(desired, managed)
    candidates = candidates or find_candidates(numbering, parts=parts)
    observed = observe(inputs, numbering, candidates, managed)
    intricate = Intricate(inputs, managed, numbering, observed)
    intricate.judge(candidates)
    drafts = draft_lines(candidates, intricate.drafts, numbering)
    with ThreadPoolExecutor(1) as pool:
        # Why lines are there depends on no status: both are worked out at the same time.
        explaining = pool.submit(explain_lines, inputs, desired, numbering, drafts) if parts > 1 else None
        settled = settle(inputs, numbering, drafts, managed)
        explained = explaining.result() if explaining else explain_lines(inputs, desired, numbering, drafts)
    return EntitlementDiff(
        as_of=inputs.decisions.as_of,
        lines=assemble(inputs, numbering, drafts=drafts, explained=explained, settled=settled),
        unchanged=UnchangedKeys(numbering, drafts),
        unmanaged=tuple(find_unmanaged(observed, numbering, intricate.adopted())),
        limits=settled.limits,
        violations=settled.violations,
        warnings=(*inputs.decisions.warnings, *_warn_undeclared(inputs, numbering)),
        enforceable=not inputs.decisions.includes_drafts,
    )


def _warn_undeclared(inputs: ReconcileInputs, numbering: Numbering) -> tuple[Diagnostic, ...]:
    """One warning for each target that we manage something in and that no rule declares."""
    if inputs.policy.targets.keys() >= set(numbering.targets):
        return ()
    counts: Counter[str] = Counter()
    for entitlement, count in zip(numbering.entitlements, numbering.managed.count().tolist(), strict=True):
        counts[entitlement.target] += count
    return warn_of({id_: count for id_, count in counts.items() if count and id_ not in inputs.policy.targets})
