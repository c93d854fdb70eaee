"""From columns to a diff of columns: the same diff as the reference gives, byte for byte."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.native import kernels_in_python
from engine.merge.reconcile import reconcile_columns
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.diff import line_bytes
from tests.builders.columns import in_columns
from tests.properties.strategies.reconciling import worlds
from tests.properties.strategies.unruly import unruly_worlds


def compare(inputs: ReconcileInputs, parts: int = 1) -> None:
    wanted, found = reconcile(inputs), reconcile_columns(in_columns(inputs), parts=parts)
    assert [line_bytes(line) for line in found.lines] == [line_bytes(line) for line in wanted.lines]
    assert [line.n for line in found.lines] == [line.n for line in wanted.lines]
    assert len(found.unchanged) == len(wanted.unchanged)
    assert tuple(found.unchanged) == wanted.unchanged
    assert found.unmanaged == wanted.unmanaged
    assert found.limits == wanted.limits
    assert found.violations == wanted.violations
    assert found.warnings == wanted.warnings
    assert found.enforceable == wanted.enforceable
    assert found.as_of == wanted.as_of


@settings(max_examples=300)
@given(worlds())
def test_columns_give_the_diff_of_the_reference(inputs: ReconcileInputs) -> None:
    compare(inputs)


@settings(max_examples=200)
@given(unruly_worlds(), st.sampled_from((1, 2, 7)))
def test_columns_give_the_diff_of_the_reference_whatever_comes(inputs: ReconcileInputs, parts: int) -> None:
    compare(inputs, parts)


@settings(max_examples=60)
@given(unruly_worlds())
def test_kernels_say_the_same_in_python(inputs: ReconcileInputs) -> None:
    with kernels_in_python():
        compare(inputs)
