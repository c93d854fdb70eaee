"""The columnar evaluator against the reference: the same decisions, to the byte, whole and in parts."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.columnar.decide import compile_tables, decide, decisions_of
from engine.columnar.run import run
from engine.evaluate.evaluate import evaluate
from policy.canonical import canonical_json
from policy.decisions import Decisions, decisions_json
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import FIRST_DAY, days, snapshots


def told(decisions: Decisions) -> bytes:
    return canonical_json(decisions_json(decisions))


@given(policy=policies(), town=snapshots(most=5), day=st.just(FIRST_DAY) | days, drafts=st.booleans())
@settings(deadline=None, max_examples=300)
def test_decides_as_the_reference(policy: CheckedPolicy, town: Snapshot, day: date, *, drafts: bool) -> None:
    wanted = told(evaluate(policy, town, day, include_drafts=drafts))
    columns = columns_of(town)

    for parts in (1, 2, 7):
        assert told(decide(policy, columns, day, include_drafts=drafts, parts=parts)) == wanted


@given(policy=policies(), town=snapshots(most=5), data=st.data(), drafts=st.booleans())
@settings(deadline=None, max_examples=100)
def test_decides_some_rows_as_a_town_of_their_own(
    policy: CheckedPolicy, town: Snapshot, data: st.DataObject, *, drafts: bool
) -> None:
    rows = sorted(data.draw(st.sets(st.integers(0, len(town.persons) - 1))))
    alone = Snapshot.of([town.persons[row] for row in rows], town.departments)
    tables = compile_tables(policy, columns_of(town), FIRST_DAY, include_drafts=drafts)

    theirs = tables.take(np.array(rows, np.int64))
    found = decisions_of(theirs, run(theirs), include_drafts=drafts)

    assert told(found) == told(evaluate(policy, alone, FIRST_DAY, include_drafts=drafts))
