"""Managed state as columns is the mapping it was made of, to everybody who looks."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.merge.arranging import changed
from engine.merge.canonical_entries import canonical_entries
from engine.merge.managed import managed_columns
from engine.merge.managed_file import read_managed, write_managed
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.canonical import JsonValue, digest_of
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState, managed_digest, managed_json
from tests.properties.strategies.managing import awkward_states, entries, keys
from tests.properties.strategies.reconciling import managed_states, worlds

modest = settings(max_examples=60, deadline=None)
states = st.one_of(awkward_states(), managed_states())


@modest
@given(states, st.lists(keys(), max_size=3))
def test_columns_hold_what_the_mapping_held(state: ManagedState, others: list[EntitlementKey]) -> None:
    columns = managed_columns(state.entries)
    assert list(columns) == sorted(state.entries)
    assert len(columns) == len(state.entries)
    assert list(columns.items()) == [(key, state.entries[key]) for key in sorted(state.entries)]
    assert list(columns.values()) == [state.entries[key] for key in sorted(state.entries)]
    for key in [*state.entries, *others, *(one.account for one in state.entries)]:
        assert columns.get(key) == state.entries.get(key)
        assert (key in columns) == (key in state.entries)
    assert [columns.person_ids[row].as_py() for row in columns.owners] == [key.person for key in columns]


@modest
@given(states, states)
def test_columns_are_equal_when_the_mappings_are(one: ManagedState, other: ManagedState) -> None:
    same = one.entries == other.entries
    assert (managed_columns(one.entries) == managed_columns(other.entries)) == same
    assert (managed_columns(one.entries) == other.entries) == same
    assert (one.entries == managed_columns(other.entries)) == same
    assert replace(one, entries=managed_columns(one.entries)) == one


@modest
@given(awkward_states())
def test_entitlements_that_nobody_holds_make_no_difference(state: ManagedState) -> None:
    more = {EntitlementKey("P1", "aa", Kind.PERMISSION, "none"): 1, EntitlementKey("P1", "zz", Kind.ACCOUNT): 1}
    everything = managed_columns({**state.entries, **{key: ManagedEntitlement(key, 1) for key in more}})
    columns = managed_columns(state.entries)
    numbers = {one: number for number, one in enumerate(everything.entitlements)}
    wider = replace(
        columns,
        entitlements=everything.entitlements,
        held=np.asarray([numbers[columns.entitlements[one]] for one in columns.held], np.int32),
    )
    assert wider == columns
    assert wider == state.entries


@settings(max_examples=200, deadline=None)
@given(states)
def test_the_digest_is_that_of_one_canonical_document(state: ManagedState) -> None:
    written: JsonValue = [managed_json(state.entries[key]) for key in sorted(state.entries)]
    expected = digest_of({"entries": written, "lineage": state.lineage, "serial": state.serial})
    assert state.digest == expected
    assert replace(state, entries=managed_columns(state.entries)).digest == expected


@modest
@given(states, st.integers(1, 5))
def test_entries_are_written_in_any_parts(state: ManagedState, at_once: int) -> None:
    columns = managed_columns(state.entries)
    parts = list(canonical_entries(columns, at_once=at_once))
    assert len(parts) == -(-len(columns) // at_once)
    assert managed_digest(parts, lineage=state.lineage, serial=state.serial) == state.digest


@modest
@given(states)
def test_counts_are_those_of_the_entries(state: ManagedState) -> None:
    columns = replace(state, entries=managed_columns(state.entries))
    assert columns.counts() == state.counts()
    for target, kind in state.counts():
        enabled = [one for key, one in state.entries.items() if (key.target, key.kind) == (target, kind)]
        assert columns.count(target, kind) == sum(one.disabled_on is None for one in enabled)


@modest
@given(worlds())
def test_reconciling_gives_the_same_over_columns(world: ReconcileInputs) -> None:
    state = replace(world.managed, entries=managed_columns(world.managed.entries))
    assert reconcile(replace(world, managed=state)) == reconcile(world)


@modest
@given(states, st.lists(st.tuples(entries(), st.booleans()), max_size=5), st.randoms())
def test_changes_give_the_columns_of_the_changed_mapping(
    state: ManagedState, fresh: list[tuple[ManagedEntitlement, bool]], chance: random.Random
) -> None:
    changes = {one.key: one if stays else None for one, stays in fresh}
    some = [key for key in state.entries if chance.random() < 0.3]
    changes |= {key: replace(state.entries[key], generation=9) if chance.random() < 0.5 else None for key in some}
    after = {key: one for key, one in (dict(state.entries) | changes).items() if one is not None}
    assert changed(managed_columns(state.entries), changes) == managed_columns(after)
    assert changed(managed_columns(state.entries), changes) == after


@modest
@given(states)
def test_a_file_gives_back_what_was_written(state: ManagedState) -> None:
    columns = managed_columns(state.entries)
    file = pa.BufferOutputStream()
    write_managed(columns, file)
    assert read_managed(file.getvalue()) == columns
    assert read_managed(file.getvalue()) == state.entries


def test_other_bytes_are_no_file() -> None:
    columns = managed_columns({})
    file = io.BytesIO()
    write_managed(columns, file)
    for content in (b"", b"ARROW1", file.getvalue().replace(b"version", b"another")):
        with pytest.raises(ValueError, match=r".+"):
            read_managed(pa.py_buffer(content))
