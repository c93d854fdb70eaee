"""The training set: 27 persons with every trap of a real export, mapped by a workspace of our own."""

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.helloid.source_mapping import load_source_mapping
from connectors.javascript.runner import JavaScriptRunner
from connectors.registry import SOURCES
from engine.mapping.source import map_people
from engine.people.build import build_people
from policy.imports import ImportResult
from policy.records import MappedPerson, RawRecords

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "training"
WORKSPACE = ROOT / "tests" / "fixtures" / "training"

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(not DATA.is_dir(), reason="the training data lie beside the project of its makers alone"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("training")
    shutil.copytree(WORKSPACE, root, dirs_exist_ok=True)
    for file in DATA.glob("T4E_*.csv"):
        shutil.copy(file, root / "hr" / file.name)
    return root


@pytest.fixture(scope="module")
def records(workspace: Path) -> RawRecords:
    section = tomllib.loads((workspace / "ordain.toml").read_text(encoding="utf-8"))["sources"]["hr"]
    entry = SOURCES[section.pop("connector")]
    return entry.open("hr", entry.config.model_validate(section), workspace).read()


@pytest.fixture(scope="module")
def scripts() -> Iterator[JavaScriptRunner]:
    with JavaScriptRunner() as runner:
        yield runner


@pytest.fixture(scope="module")
def people(workspace: Path, records: RawRecords, scripts: JavaScriptRunner) -> dict[str, MappedPerson]:
    mapping, warnings = load_source_mapping(workspace, "hr/mapping.json")
    assert warnings == ()
    now = datetime(2026, 3, 1, tzinfo=UTC)
    mapped = map_people(records, mapping, scripts, now=now, seed=1, timezone="Europe/Amsterdam")
    return {str(one.values["user_name"]): one for one in mapped}


@pytest.fixture(scope="module")
def imported(people: dict[str, MappedPerson], records: RawRecords) -> ImportResult:
    return build_people(list(people.values()), records.departments)


def test_all_of_it_is_read_and_nothing_is_wrong(records: RawRecords, people: dict[str, MappedPerson]) -> None:
    assert len(records.persons) == len(people) == 27
    assert sum(len(one.contracts) for one in records.persons) == 27
    assert len(records.departments) == 40
    assert records.problems == ()
    assert [one.problems for one in people.values() if one.problems] == []


def test_dutch_and_us_dates_are_told_apart(people: dict[str, MappedPerson]) -> None:
    amir = people["AmirA"]
    assert amir.values["details.birth_date"] == date(1968, 8, 6)
    assert amir.contracts[0].values["start_date"] == date(2013, 6, 18)
    assert "end_date" not in amir.contracts[0].values
    ended = {name: one.contracts[0].values.get("end_date") for name, one in people.items()}
    assert {name: day for name, day in ended.items() if day is not None} == {
        "RashadW": date(2015, 8, 4),
        "SophiaR": date(2011, 8, 28),
        "XavieraF": date(2009, 6, 28),
        "BurgmansT": date(2027, 12, 31),
    }


def test_names_follow_the_convention(people: dict[str, MappedPerson]) -> None:
    assert people["BiancaM"].values["display_name"] == "Bianca Hartman - Munoz"
    assert people["BiancaM"].values["name.convention"] == "PB"
    assert people["BurgmansT"].values["display_name"] == "Theo van der Burgmans"
    assert people["HollyM"].values["name.convention"] == "B"
    assert people["HollyM"].values["display_name"] == "Holly van Medina"
    assert {one.values["name.convention"] for one in people.values()} <= {"B", "PB", "P", "BP"}


def test_flags_are_flags(people: dict[str, MappedPerson]) -> None:
    assert len([one for one in people.values() if one.values["excluded"] is True]) == 3
    assert people["BurtonL"].values["excluded"] is True
    assert people["AmirA"].values["status.blocked"] is False


def test_a_manager_by_user_name_becomes_a_number(people: dict[str, MappedPerson]) -> None:
    assert people["BethanyC"].contracts[0].values["manager"] == "72084"
    assert people["KatoB"].contracts[0].values["manager"] == "18003"
    assert "manager" not in people["BurgmansT"].contracts[0].values


def test_titles_come_from_the_lookup_file(people: dict[str, MappedPerson]) -> None:
    assert people["AmirA"].contracts[0].values["title.name"] == "United States"
    assert people["BethanyC"].contracts[0].values["title.name"] == "Manager"
    assert people["BethanyC"].contracts[0].values["title.external_id"] == "EN_MANA"
    assert people["BethanyC"].contracts[0].values["details.fte"] == Decimal(1)


def test_the_snapshot_holds_everybody_and_finds_the_manager_given_by_user_name(imported: ImportResult) -> None:
    assert imported.counts.persons == 27
    assert imported.counts.frozen == 0
    assert imported.counts.unaddressable == 0
    managers = {one.external_id: one.manager for one in imported.snapshot.departments}
    assert managers["EN_PLATEAM"] == "71173"
    assert [one.code for one in imported.diagnostics] == ["ORD0563"]
