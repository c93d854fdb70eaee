"""Lines written, counted, salted and hashed as columns are those written one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.merge.canonical import lines_file
from engine.merge.lines import line_table
from engine.merge.reading import read_table
from engine.trust import lines as trust_lines
from engine.trust import salting, written
from engine.trust.lines import file_of, read_lines, read_row, salt_of, salted_leaf
from engine.trust.merkle import merkle_root
from engine.trust.salting import root_of, salts_file
from engine.trust.signing import sign_diff
from policy.diagnostics import RefusedError
from policy.diff import EntitlementDiff, Line, count_persons, count_totals, line_bytes, lines_in_slots, people_of
from tests.properties.strategies.lines import diff_lines
from tests.unit.engine.trust.signed_town import DIFF, TERMS, key_of

few_and_many = settings(max_examples=30, deadline=None)


@contextmanager
def few_lines(most: int) -> Iterator[None]:
    """Do at most so many lines one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(salting, "FEW_LINES", most)
        patch.setattr(written, "FEW_LINES", most)
        patch.setattr(trust_lines, "FEW_LINES", most)
        yield


@settings(max_examples=200, deadline=None)
@given(diff_lines())
def test_a_table_is_written_as_its_lines_are(lines: tuple[Line, ...]) -> None:
    assert lines_file(line_table(lines)) == file_of(line_bytes(line) for line in lines)


@settings(deadline=None)
@given(diff_lines())
def test_a_table_is_counted_as_its_lines_are(lines: tuple[Line, ...]) -> None:
    table = line_table(lines)
    assert [*table.totals().items()] == [*count_totals(lines).items()]
    assert [*table.persons().items()] == [*count_persons(lines).items()]
    assert count_totals(table) == count_totals(lines)
    assert [*people_of(table)] == [*people_of(lines)] == sorted({line.key.person for line in lines})
    assert count_persons(table) == count_persons(lines)


@settings(deadline=None)
@given(diff_lines(), st.data())
def test_lines_of_slots_are_found_in_a_table_as_among_lines(lines: tuple[Line, ...], data: st.DataObject) -> None:
    slots = data.draw(st.sets(st.sampled_from([*count_totals(lines)]))) if lines else set()
    assert [*lines_in_slots(line_table(lines), slots)] == [*lines_in_slots(lines, slots)]


@few_and_many
@given(st.lists(st.binary(max_size=300).map(lambda row: row.replace(b"\n", b"")), max_size=40), st.data())
def test_many_rows_are_salted_and_hashed_as_few_are(rows: list[bytes], data: st.DataObject) -> None:
    keys = data.draw(st.lists(st.binary(min_size=16, max_size=100), min_size=1, max_size=5))
    owners = data.draw(st.lists(st.integers(0, len(keys) - 1), min_size=len(rows), max_size=len(rows)))
    file = file_of(rows)
    salts = [salt_of(row, diff="d1", person_key=keys[owner]) for row, owner in zip(rows, owners, strict=True)]
    leaves = [salted_leaf(salt, row) for salt, row in zip(salts, rows, strict=True)]
    for few in (10_000, -1):
        with few_lines(few):
            written_salts = salts_file(file, diff="d1", keys=keys, owners=owners)
            assert written_salts == file_of(salt.hex().encode() for salt in salts)
            assert root_of(file, written_salts, count=len(rows)) == merkle_root(leaves)


@few_and_many
@given(diff_lines())
def test_a_diff_is_signed_to_the_same_bytes_in_either_form(lines: tuple[Line, ...]) -> None:
    keys = {line.key.person: line.key.person.encode().ljust(16, b"k") for line in lines}
    signed = set()
    for few in (10_000, -1):
        for form in (lines, line_table(lines)):
            diff: EntitlementDiff = replace(DIFF, lines=form)
            with few_lines(few):
                signed.add(sign_diff(diff, TERMS, person_keys=keys, signer=key_of("engine")))
    assert len(signed) == 1


@settings(max_examples=200, deadline=None)
@given(diff_lines())
def test_a_written_table_is_read_again_or_left_to_the_reader_of_few(lines: tuple[Line, ...]) -> None:
    file = file_of(line_bytes(line) for line in lines)
    try:
        expected = read_lines(file)
    except RefusedError:  # texts not in normal form C may stand in another order
        expected = None
    with few_lines(-1):
        table = read_table(file, lambda row: read_row(row, where="It"))
    assert (table is None) == (expected is None)
    assert expected is None or tuple(table or ()) == expected


@settings(max_examples=300, deadline=None)
@given(diff_lines(), st.data())
def test_what_is_not_exactly_as_we_write_it_is_no_table(lines: tuple[Line, ...], data: st.DataObject) -> None:
    file = file_of(line_bytes(line) for line in lines)
    at = data.draw(st.integers(0, len(file)))
    piece = data.draw(st.sampled_from([b"", b"\n", b" ", b"0", b"1", b'"', b",", b"null", b"true", b"[]", b"\xff"]))
    changed = file[:at] + piece + file[at + data.draw(st.integers(0, 2)) :]
    try:
        expected = read_lines(changed)
    except RefusedError:
        expected = None
    table = read_table(changed, lambda row: read_row(row, where="It"))
    assert (table is None) == (expected is None)
    assert expected is None or tuple(table or ()) == expected
