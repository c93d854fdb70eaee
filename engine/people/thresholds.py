"""Whether an import changes too much at once: a broken export must not look like everybody left."""

from __future__ import annotations

from policy.catalogue import sources as kinds
from policy.diagnostics import Diagnostic
from policy.imports import ImportMeasure, ImportThreshold, ImportThresholds, ThresholdVerdict
from policy.snapshot import Snapshot

_PERCENT_OF = 10_000
_DONE = {ImportMeasure.ADDED: "adds", ImportMeasure.REMOVED: "removes", ImportMeasure.FROZEN: "freezes"}


def judge_import(
    before: Snapshot | None, after: Snapshot, *, frozen: int, unaddressable: int, thresholds: ImportThresholds
) -> tuple[ThresholdVerdict, ...]:
    """Judge an import against the snapshot before it: all or nothing, one tripped verdict blocks it whole.

    `frozen` counts the persons that are frozen after the import. Percentages are exact ratios: of the persons before
    for `added` and `removed`, of those after for `frozen`; an empty base has no percentage. The first import of all
    (`before` None) adds everybody and is not judged by `added`.
    """
    old = set(before.external_ids()) if before is not None else set()
    new = set(after.external_ids())
    added = _judge(ImportMeasure.ADDED, len(new - old), len(old), thresholds.added if before is not None else None)
    removed = _judge(ImportMeasure.REMOVED, len(old - new), len(old), thresholds.removed)
    stuck = _judge(ImportMeasure.FROZEN, frozen, len(new), thresholds.frozen)
    return (added, removed, stuck, _unaddressable(unaddressable, len(new)), _empty(len(new)))


def is_blocked(verdicts: tuple[ThresholdVerdict, ...], *, released: bool = False) -> bool:
    """Tell whether the import is blocked; a release lets everything through but an empty import."""
    return any(one.tripped and not (released and one.releasable) for one in verdicts)


def _judge(measure: ImportMeasure, count: int, base: int, threshold: ImportThreshold | None) -> ThresholdVerdict:
    if threshold is None or not _reached(threshold, count, base):
        return ThresholdVerdict(measure, count, base, threshold)
    detail = (
        f"The import {_DONE[measure]} {count} of {base} persons; it is blocked from {threshold}, and nothing of it is"
        " taken over."
    )
    hint = "Look whether the export is complete. When it is right, release this import by your name."
    problem = Diagnostic(kinds.IMPORT_THRESHOLD, detail, hint=hint, subject=measure.value)
    return ThresholdVerdict(measure, count, base, threshold, problem)


def _reached(threshold: ImportThreshold, count: int, base: int) -> bool:
    by_count = threshold.count is not None and count >= threshold.count
    percent = threshold.percent_hundredths
    return by_count or (percent is not None and base > 0 and count * _PERCENT_OF >= percent * base)


def _unaddressable(count: int, base: int) -> ThresholdVerdict:
    measure = ImportMeasure.UNADDRESSABLE
    if count == 0:
        return ThresholdVerdict(measure, 0, base, None)
    noun, verb = ("record", "has") if count == 1 else ("records", "have")
    detail = (
        f"{count} {noun} of persons {verb} no external id. Whoever they are would look gone, so nothing of the import"
        " is taken over."
    )
    hint = "Give them an external id in the source; or, when they are nobody we know, release this import by your name."
    problem = Diagnostic(kinds.IMPORT_THRESHOLD, detail, hint=hint, subject=measure.value)
    return ThresholdVerdict(measure, count, base, None, problem)


def _empty(persons: int) -> ThresholdVerdict:
    if persons:
        return ThresholdVerdict(ImportMeasure.EMPTY, persons, 0, None, releasable=False)
    detail = "The sources hold no person at all. An empty source means that reading failed, not that everybody left."
    hint = "Check the sources of this workspace: the files they read, and whether those are complete."
    problem = Diagnostic(kinds.EMPTY_IMPORT, detail, hint=hint, subject=ImportMeasure.EMPTY.value)
    return ThresholdVerdict(ImportMeasure.EMPTY, persons, 0, None, problem, releasable=False)
