"""Columns beside the store: used when they are what was written, made again when they are not."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.compose import open_tools
from api.store.column_files import ColumnFiles
from api.tools import Tools
from api.usecases.evaluate import evaluate_workspace
from api.usecases.import_people import import_people
from api.usecases.snapshot_columns import keep_columns, load_columns
from engine.columnar import arrow
from engine.columnar.columns import columns_of
from engine.columnar.persons import snapshot_of
from policy.diagnostics import DataError
from policy.people import Person
from policy.snapshot import Snapshot
from tests.servers.service import copy_workspace


@dataclass
class Clinic:
    """The small example after an import; `made` lists the stages of work that users were told of."""

    tools: Tools
    snapshot: Snapshot
    made: list[str]

    @property
    def folder(self) -> Path:
        return self.tools.workspace.columns_folder / self.snapshot.digest

    def load_again(self) -> bool:
        """Load the columns, which must be those of the snapshot; tell whether they had to be made for it."""
        self.made.clear()
        assert tuple(snapshot_of(load_columns(self.tools)).persons) == tuple(self.snapshot.persons)
        return self.made == ["making the columns of the snapshot"]

    def notes(self) -> list[str]:
        with self.tools.store.read() as tx:
            return [one.event.subject for one in tx.audit.entries() if one.event.kind == "columns.replaced"]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    told: list[str] = []
    root = copy_workspace(tmp_path / "clinic")
    with open_tools(root, actor="test", progress=lambda stage, *_: told.append(stage)) as tools:
        yield Clinic(tools, import_people(tools).snapshot, told)


def test_an_import_leaves_columns_that_everybody_uses(clinic: Clinic) -> None:
    files = [clinic.folder / "persons.arrow", clinic.folder / "contracts.arrow"]

    assert not clinic.load_again()
    assert all(one.stat().st_mode & 0o077 == 0 for one in (*files, clinic.folder))
    assert evaluate_workspace(clinic.tools).snapshot.digest == clinic.snapshot.digest


def test_missing_columns_are_made_once(clinic: Clinic) -> None:
    shutil.rmtree(clinic.tools.workspace.columns_folder)

    assert clinic.load_again()
    assert not clinic.load_again()
    assert clinic.notes() == []


@pytest.mark.parametrize("name", ["persons.arrow", "contracts.arrow"])
def test_changed_columns_are_never_used_and_noted(clinic: Clinic, name: str) -> None:
    path = clinic.folder / name
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])

    assert clinic.load_again()
    assert clinic.notes() == [clinic.snapshot.digest]
    assert path.read_bytes() == content
    assert not clinic.load_again()


def test_files_of_another_snapshot_are_not_those_of_this_one(clinic: Clinic) -> None:
    other = Snapshot.of([Person("P9")], [])
    files = ColumnFiles(clinic.tools.workspace.columns_folder)
    seal = files.write(columns_of(other))
    shutil.rmtree(clinic.folder)
    (files.folder / other.digest).rename(clinic.folder)

    assert files.read(clinic.snapshot.digest, [seal]) is None
    assert clinic.load_again()


def test_files_of_an_older_form_are_made_again(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "VERSION", arrow.VERSION + 1)

    assert clinic.load_again()
    assert not clinic.load_again()


def test_a_folder_that_takes_no_files_stops_nobody(clinic: Clinic) -> None:
    folder = clinic.tools.workspace.columns_folder
    shutil.rmtree(folder)
    folder.write_text("in the way", encoding="utf-8")

    assert clinic.load_again()


def test_the_columns_of_the_last_few_snapshots_stay(clinic: Clinic) -> None:
    made = [Snapshot.of([Person(f"P{number}")], []) for number in range(4)]
    with clinic.tools.store.write() as tx:
        for one in made:
            tx.snapshots.save(one, clinic.tools.now(), by="test", counts={})
    for one in made:
        keep_columns(clinic.tools, columns_of(one))

    assert {one.name for one in clinic.folder.parent.iterdir()} == {one.digest for one in made[1:]}
    assert clinic.load_again()


def test_before_the_first_import_there_are_none(tmp_path: Path) -> None:
    with open_tools(copy_workspace(tmp_path / "clinic"), actor="test") as tools, pytest.raises(DataError) as nobody:
        load_columns(tools)

    assert nobody.value.diagnostic.code == "ORD0935"
