import io
import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.arrow import batches_of, read_columns, write_batch
from engine.columnar.columns import Columns, columns_of
from engine.columnar.persons import snapshot_of
from policy.people import Contract, DataProblem, Department, Person
from policy.snapshot import Snapshot
from tests.properties.strategies.towns import snapshots


def _files(columns: Columns) -> tuple[pa.Buffer, pa.Buffer]:
    persons, contracts = io.BytesIO(), io.BytesIO()
    for batch, sink in zip(batches_of(columns), (persons, contracts), strict=True):
        write_batch(batch, sink)
    return pa.py_buffer(persons.getvalue()), pa.py_buffer(contracts.getvalue())


def _assert_equal(back: Columns, columns: Columns) -> None:
    assert tuple(snapshot_of(back).persons) == tuple(snapshot_of(columns).persons)
    assert (back.digest, back.departments, back.problems) == (columns.digest, columns.departments, columns.problems)
    assert back.first_contract.tolist() == columns.first_contract.tolist()
    assert back.fields.keys() == columns.fields.keys()
    assert all(back.fields[key].tag == column.tag for key, column in columns.fields.items())


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(town=snapshots(most=6))
@settings(deadline=None)
def test_files_keep_all_of_the_columns(town: Snapshot) -> None:
    columns = columns_of(town)

    _assert_equal(read_columns(*_files(columns)), columns)


@given(town=snapshots(most=6), data=st.data())
@settings(deadline=None)
def test_files_keep_a_part(town: Snapshot, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(town.persons)))
    part = columns_of(town).part(low, data.draw(st.integers(low, len(town.persons))))

    _assert_equal(read_columns(*_files(part)), part)


@given(value=texts, name=texts, problem=texts)
@settings(deadline=None)
def test_any_text_comes_back(value: str, name: str, problem: str) -> None:
    found = DataProblem("ORD0000", "contract.start_date", problem, None)
    person = Person("P1", {"custom.x": value}, (Contract(name, {"custom.y": value}),), (found,))
    columns = columns_of(Snapshot.of([person, Person("P2", {"custom.x": True})], [Department("D", name)]))

    _assert_equal(read_columns(*_files(columns)), columns)


def test_nobody_is_a_file_too() -> None:
    columns = columns_of(Snapshot.of([], [Department("D")]))

    _assert_equal(read_columns(*_files(columns)), columns)


def test_other_readers_find_names_values_and_owners() -> None:
    contracts = (Contract("C1", {"title.code": "NURSE"}), Contract("C2", {}))
    town = Snapshot.of([Person("P1", {"external_id": "P1"}), Person("P2", {"excluded": True}, contracts)], [])
    people, work = (pa.ipc.open_file(one).read_all() for one in _files(columns_of(town)))

    assert people.to_pydict() == {
        "external_id": ["P1", "P2"],
        "person.excluded": [None, "true"],
        "person.external_id": ["P1", None],
    }
    assert work.to_pydict() == {
        "person": [1, 1],
        "external_id": ["C1", "C2"],
        "contract.title.code": ["NURSE", None],
    }
    assert work.schema.field("contract.title.code").type == pa.dictionary(pa.int32(), pa.string())
    assert work.schema.field("contract.title.code").metadata == {b"ordain.tag": b"t"}
    assert json.loads(work.schema.metadata[b"ordain"]) == {"version": 1, "digest": town.digest}


def test_what_lies_under_a_null_is_a_place_too() -> None:
    town = Snapshot.of([Person("P1"), Person("P2", {"display_name": "Aaliyah"})], [])
    people, _ = _files(columns_of(town))
    codes = pa.ipc.open_file(people).get_batch(0).column("person.display_name").indices

    assert codes.to_pylist() == [None, 0]
    assert list(memoryview(codes.buffers()[1]).cast("i"))[:2] == [0, 0]


def test_values_lie_where_they_were_read() -> None:
    persons, contracts = _files(columns_of(Snapshot.of([Person("P1", {"display_name": "Aaliyah"})], [])))
    columns = read_columns(persons, contracts)

    for array in (columns.person_ids, columns.fields["person", "display_name"].array.indices):
        place = array.buffers()[1].address
        assert persons.address <= place < persons.address + persons.size


def test_what_is_no_pair_of_files_is_refused() -> None:
    persons, contracts = _files(columns_of(Snapshot.of([Person("P1")], [])))
    _, other = _files(columns_of(Snapshot.of([Person("P2")], [])))

    for pair in ((persons, other), (contracts, persons), (persons, pa.py_buffer(b"")), (persons.slice(9), contracts)):
        with pytest.raises(ValueError, match=r"it is|the files|a part"):
            read_columns(*pair)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.columnar.arrow.VERSION", 2)
    files = _files(columns_of(Snapshot.of([Person("P1")], [])))
    monkeypatch.undo()

    with pytest.raises(ValueError, match="another version"):
        read_columns(*files)
