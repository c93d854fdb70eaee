"""What Ordain decides anew after a change, against deciding about everybody: in one process, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np

from api.kernels import use_kernels
from bench.measured import DisagreementError, format_seconds
from bench.tables import Section, share_at_most
from bench.workload.changes import change_persons, change_rules
from bench.workload.domains import AS_OF
from bench.workload.rules import compile_files
from bench.workload.stored import Stored
from engine.columnar.columns import Columns
from engine.columnar.one_person import OnePerson
from engine.incremental.again import evaluate_again
from engine.incremental.evaluation import Evaluation, evaluate_whole, evaluation_of
from policy.rules import CheckedPolicy

PERSONS, RULES = 500, 5
_THREADS = 2
_LOOKED_AT = 200


def measure_changes(stored: Stored, *, rounds: int) -> Section:
    """Change some persons, then some rules, and decide again. Raises DisagreementError when that differs from whole."""
    use_kernels()
    columns, policy = stored.read_columns(), stored.read_policy()
    before = evaluate_whole(policy, columns, AS_OF, parts=_THREADS)
    moved, rows = change_persons(columns, PERSONS, stored.seed)
    ids = frozenset(columns.person_ids[row].as_py() for row in rows)
    rewritten = compile_files(change_rules(stored.rules, RULES, stored.seed))
    _check(before, policy, moved, rows)
    _check(before, rewritten, columns, rows)
    one = OnePerson(before.tables)
    found = _times(
        {
            "everybody, from columns and policy": lambda: evaluate_whole(policy, moved, AS_OF, parts=_THREADS),
            f"{PERSONS} changed persons, known": lambda: evaluate_again(before, policy, moved, AS_OF, changed=ids),
            f"{PERSONS} changed persons, found by comparing": lambda: evaluate_again(before, policy, moved, AS_OF),
            f"{RULES} changed rules": lambda: evaluate_again(before, rewritten, columns, AS_OF),
            "one person": lambda: one.decide(columns.person_count // 2),
        },
        rounds,
    )
    whole, known, _, rules, _ = found.values()
    return Section(
        title=f"After a change: {stored.persons:,} persons, {stored.rules:,} rules",
        about=(
            "Decisions with reasons, 2 threads. Nothing is read or checked: policy and columns are in memory, as they "
            "are in the service. The first row is what has to be done without what was decided before."
        ),
        head=("", "seconds", "of everybody"),
        rows=tuple((name, format_seconds(one), f"{one / whole:.2%}") for name, one in found.items()),
        figures=(
            share_at_most(f"{PERSONS} changed persons, of everybody", known / whole, 0.02),
            share_at_most(f"{RULES} changed rules, of everybody", rules / whole, 0.03),
        ),
    )


def _times(jobs: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median seconds of each, in turns; the first round is thrown away."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds + 1):
        for name, job in jobs.items():
            begun = time.perf_counter()
            job()
            taken[name].append(time.perf_counter() - begun)
    return {name: median(seconds[1:]) for name, seconds in taken.items()}


def _check(before: Evaluation, policy: CheckedPolicy, columns: Columns, rows: Any) -> None:  # noqa: ANN401  # numbers
    """Look whether deciding again says what deciding about everybody says, of persons who changed and others."""
    again = evaluate_again(before, policy, columns, AS_OF).decisions.desired
    whole = evaluate_whole(policy, columns, AS_OF, parts=_THREADS).decisions.desired
    few = [*rows[:_LOOKED_AT], *range(min(_LOOKED_AT, columns.person_count))]
    tables = evaluate_whole(policy, columns, AS_OF).tables.take(np.unique(few))
    wanted = evaluation_of(tables, include_drafts=False).desired
    if len(again) != len(whole) or any(again.get(key) != reasons for key, reasons in wanted.items()):
        raise DisagreementError("What is decided again after a change differs from what is decided about everybody.")
