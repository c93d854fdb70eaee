from __future__ import annotations

from dataclasses import replace

import pytest

from engine.enforce.stale import find_stale, refuse_other_lineage, refuse_stale
from policy.diagnostics import RefusedError
from policy.diff import InputDigests

SIGNED = InputDigests("5" * 64, "b" * 64, "c" * 64, "d" * 64, "L1", 4, "e" * 64)


def test_equal_inputs_are_fresh_whatever_was_observed_and_wherever_git_is() -> None:
    now = replace(SIGNED, observed="f" * 64, commit="abc")
    assert find_stale(SIGNED, now) == ()
    refuse_stale(SIGNED, now)
    refuse_other_lineage(SIGNED, now)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"snapshot": "6" * 64}, "ORD0800"),
        ({"policy": "6" * 64}, "ORD0801"),
        ({"configuration": "6" * 64}, "ORD0802"),
        ({"managed": "6" * 64}, "ORD0803"),
        ({"serial": 5}, "ORD0803"),
        ({"lineage": "L2", "serial": 5}, "ORD0804"),
    ],
)
def test_each_input_that_changed_is_refused_by_name(change: dict[str, str], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        refuse_stale(SIGNED, replace(SIGNED, **change))  # type: ignore[arg-type]  # any field
    assert [one.code for one in refused.value.diagnostics] == [code]


def test_all_that_changed_is_said_at_once_with_short_digests() -> None:
    found = find_stale(SIGNED, replace(SIGNED, snapshot="6" * 64, managed="7" * 64, serial=5))
    assert [one.detail for one in found] == [
        "The snapshot was 555555555555 when evaluated and is 666666666666 now.",
        "The managed state was dddddddddddd (serial 4) when evaluated and is 777777777777 (serial 5) now.",
    ]


def test_another_ledger_is_refused_in_every_mode() -> None:
    with pytest.raises(RefusedError, match="this is ledger L2"):
        refuse_other_lineage(SIGNED, replace(SIGNED, lineage="L2"))
    refuse_other_lineage(SIGNED, replace(SIGNED, snapshot="6" * 64))
