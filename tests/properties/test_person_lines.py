"""A person's line, written straight away, is the canonical JSON of the person, byte for byte, or the same refusal."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.columnar import canonical
from engine.columnar.canonical import canonical_lines
from engine.columnar.columns import columns_of
from policy.canonical import Value, canonical_json
from policy.people import Contract, DataProblem, Department, Person, person_json
from policy.person_text import person_line
from policy.snapshot import Snapshot, snapshot_lines

_ANY = st.text(st.characters(exclude_categories=()), max_size=6)  # lone surrogates too
_TELLING = st.sampled_from(
    ("", "\x00\x1f\x7f\x80", '"\\/\b\f\n\r\t', "\u2028\u2029\ufeff", "e\u0301", "\u212b", "😀𐀀", "\ufb01", "true", "36")
)
_texts = _TELLING | st.text(max_size=6)
_numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.sampled_from(
    [Decimal(one) for one in ("-0", "0.00", "1E+3", "1E-7", "36.50", "100")]
)
_values = st.booleans() | _texts | st.dates() | _numbers
_paths = st.sampled_from(("a", "B", "custom.x", 'custom."\\', "custom.\x01", "_", "a.b", "a-b")) | st.text(
    st.characters(max_codepoint=127), max_size=4
)
_rows = st.dictionaries(_paths, _values, max_size=5)
_contracts = st.lists(st.builds(Contract, _texts, _rows), max_size=3).map(tuple)
_problems = st.lists(st.builds(DataProblem, _texts, _texts, _texts, st.none() | _texts), max_size=2).map(tuple)


def _canonical(person: Person) -> bytes:
    return canonical_json({"person": person_json(person)}) + b"\n"


@given(person=st.builds(Person, _texts, _rows, _contracts, _problems))
@settings(deadline=None, max_examples=300)
def test_a_line_is_canonical_json(person: Person) -> None:
    assert person_line(person) == _canonical(person)


@given(people=st.lists(st.tuples(_rows, _contracts, _problems), max_size=5))
@settings(deadline=None, max_examples=200)
def test_lines_from_columns_are_those_of_the_snapshot(
    people: list[tuple[dict[str, Value], tuple[Contract, ...], tuple[DataProblem, ...]]],
) -> None:
    town = Snapshot.of(
        [Person(f"P{number}é", *parts) for number, parts in enumerate(people)], [Department("D", display_name='é"')]
    )
    columns = columns_of(town)

    assert b"".join(canonical_lines(columns)) == b"".join(snapshot_lines(town.persons, town.departments))


def test_lines_of_many_distinct_values_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "_FEW", 3)
    monkeypatch.setattr(canonical, "_BLOCK", 4)
    town = Snapshot.of(
        [Person(f"P{number}", {"a": f"v{number % 7}"} if number % 3 else {}) for number in range(30)], []
    )

    assert b"".join(canonical_lines(columns_of(town))) == b"".join(snapshot_lines(town.persons, ()))


@given(text=_ANY, path=st.text(max_size=3))
@example(text="\ud800", path="a")
@example(text="a", path="é")
def test_what_has_no_canonical_form_is_refused_by_both(text: str, path: str) -> None:
    person = Person("P1", {path: text}, (Contract(text, {}),))
    try:
        expected = _canonical(person)
    except ValueError:
        with pytest.raises(ValueError, match=r"surrogates|canonical"):
            person_line(person)
    else:
        assert person_line(person) == expected


def test_values_of_kinds_of_their_own_are_written_by_their_base() -> None:
    class Word(str):
        __slots__ = ()

    person = Person("P1", {"a": Word("é"), "b": datetime(2026, 3, 1)})  # noqa: DTZ001  # a date that is more than one

    assert person_line(person) == _canonical(person)
