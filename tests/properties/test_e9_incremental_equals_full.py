"""Evaluating only what has changed gives what evaluating everything gives (docs/invariants.md, E9)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.columnar.decide import decide
from engine.evaluate.evaluate import evaluate
from engine.incremental.again import evaluate_again
from engine.incremental.evaluation import evaluate_whole
from engine.incremental.layers import LayeredDesired
from engine.incremental.whole import make_whole
from policy.canonical import canonical_json
from policy.decisions import Decisions, decisions_json
from tests.properties.strategies.changing import Inputs, changes


def told(decisions: Decisions) -> bytes:
    return canonical_json(decisions_json(decisions))


@given(change=changes(), drafts=st.booleans(), named=st.booleans())
@settings(deadline=None, max_examples=300)
def test_e9_only_what_changed_gives_what_everything_gives(
    change: tuple[Inputs, Inputs], *, drafts: bool, named: bool
) -> None:
    first, second = change
    before = evaluate_whole(first.policy, columns_of(first.town), first.day, include_drafts=drafts)
    columns = columns_of(second.town)
    old = {one.external_id: one for one in first.town.persons}
    changed = {one.external_id for one in second.town.persons if old.get(one.external_id) != one}

    again = evaluate_again(before, second.policy, columns, second.day, changed=changed if named else None, most=1.0)

    wanted = told(evaluate(second.policy, second.town, second.day, include_drafts=drafts))
    assert told(again.decisions) == wanted
    desired = again.decisions.desired
    if isinstance(desired, LayeredDesired):
        whole = make_whole(desired)
        assert told(replace(again.decisions, desired=whole)) == wanted
        assert len(whole) == len(desired)
    assert told(decide(second.policy, columns, second.day, include_drafts=drafts)) == wanted
    assert told(before.decisions) == told(evaluate(first.policy, first.town, first.day, include_drafts=drafts))
