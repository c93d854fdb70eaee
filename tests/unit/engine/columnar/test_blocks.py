"""Blocks of persons that are decided elsewhere, cut and mixed up on the way, give what the tables give at once."""

from __future__ import annotations

import pickle
from datetime import date
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.blocks import blocks_of, common_reading, decide_block, gather
from engine.columnar.columns import columns_of
from engine.columnar.decide import compile_tables, decide, decisions_of
from engine.columnar.tables import Tables
from policy.canonical import canonical_json
from policy.decisions import decisions_json
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.crowds import crowd
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import FIRST_DAY, days


def decided(tables: Tables, size: int) -> list[pa.Table]:
    common = pickle.loads(pickle.dumps(common_reading(tables)))  # noqa: S301  # our own, as it travels
    return [decide_block(common, block) for block in blocks_of(tables, size)]


@given(
    policy=policies(), seed=st.integers(0, 2**32 - 1), day=days, size=st.sampled_from((1, 3, 50)), drafts=st.booleans()
)
@settings(max_examples=60)
def test_blocks_give_the_same_in_any_order(
    policy: CheckedPolicy, seed: int, day: date, size: int, *, drafts: bool
) -> None:
    columns, chance = columns_of(crowd(20, seed)), Random(seed)
    tables = compile_tables(policy, columns, day, include_drafts=drafts)
    results = decided(tables, size)
    chance.shuffle(results)
    mixed = [pa.concat_tables(results[:2]).combine_chunks(), *results[2:]]

    found = decisions_of(tables, gather(tables, mixed), include_drafts=drafts)

    wanted = decide(policy, columns, day, include_drafts=drafts)
    assert canonical_json(decisions_json(found)) == canonical_json(decisions_json(wanted))


@given(policy=policies())
@settings(max_examples=5)
def test_nobody_is_no_block(policy: CheckedPolicy) -> None:
    tables = compile_tables(policy, columns_of(Snapshot.of([], [])), FIRST_DAY)

    assert decided(tables, 5) == []
    assert len(gather(tables, [])) == 0


@given(policy=policies(), away=st.integers(0, 3))
@settings(max_examples=10)
def test_who_is_missing_or_comes_twice_is_noticed(policy: CheckedPolicy, away: int) -> None:
    tables = compile_tables(policy, columns_of(crowd(8)), FIRST_DAY)
    results = decided(tables, 2)

    with pytest.raises(ValueError, match="row"):
        gather(tables, [*results[:away], *results[away + 1 :]])
    with pytest.raises(ValueError, match="row"):
        gather(tables, [*results, results[away]])


@given(policy=policies())
@settings(max_examples=5)
def test_what_everybody_shares_has_nobody_in_it(policy: CheckedPolicy) -> None:
    few, many = (len(pickle.dumps(common_reading(tables_of(policy, size)))) for size in (40, 80))

    assert many - few < 40 * 4  # a person would bring more


def tables_of(policy: CheckedPolicy, size: int) -> Tables:
    return compile_tables(policy, columns_of(crowd(size)), FIRST_DAY)
