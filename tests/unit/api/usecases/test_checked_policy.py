"""A policy that was checked once is read again without the compiler, unless anything it is made of changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api.settings.workspace import Workspace, open_workspace
from api.usecases import load_policy as compiler
from api.usecases.checked_policy import checked_policy
from policy.diagnostics import DataError
from policy.rules import CheckedPolicy

RULES = Path(__file__).resolve().parents[4] / "rules"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORDAIN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "policies"


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    return open_workspace(Path(shutil.copytree(RULES / "meridian", tmp_path / "town")))


def without_compiler(town: Workspace, monkeypatch: pytest.MonkeyPatch) -> CheckedPolicy:
    def compile_again(_: Workspace) -> None:
        pytest.fail("the compiler was asked")

    with monkeypatch.context() as patch:
        patch.setattr(compiler, "load_policy", compile_again)
        return checked_policy(town)


def test_the_same_rules_are_not_compiled_again(cache: Path, town: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    first = checked_policy(town)

    assert [*cache.iterdir()]
    assert without_compiler(town, monkeypatch) == first
    assert first == compiler.load_policy(town).require()


def test_a_changed_rule_is_noticed(cache: Path, town: Workspace) -> None:
    before = checked_policy(town)
    path = next(iter(sorted(town.rules_folder.rglob("*.ordain"))))
    path.write_text(path.read_text(encoding="utf-8") + '\nset just-made is "A"\n', encoding="utf-8")

    assert "just-made" in checked_policy(town).sets
    assert "just-made" not in before.sets
    assert len([*cache.iterdir()]) == 2


def test_a_changed_lookup_file_is_noticed(cache: Path, town: Workspace) -> None:
    before = checked_policy(town)
    names = [one.path for one in before.sources if one.path.endswith(".csv")]
    assert names
    path = town.rules_folder / names[0]
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")

    assert checked_policy(town).digest != before.digest
    assert [*cache.iterdir()]


def test_what_is_damaged_is_compiled_again(cache: Path, town: Workspace) -> None:
    first = checked_policy(town)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])

    assert checked_policy(town) == first


def test_errors_are_told_and_not_kept(cache: Path, town: Workspace) -> None:
    (town.rules_folder / "broken.ordain").write_text("rule nothing\n", encoding="utf-8")

    for _ in range(2):
        with pytest.raises(DataError):
            checked_policy(town)
    assert not cache.exists()


def test_a_folder_that_others_write_to_is_not_read(
    cache: Path, town: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked_policy(town)
    cache.chmod(0o777)
    with pytest.raises(pytest.fail.Exception):
        without_compiler(town, monkeypatch)


def test_only_the_newest_are_kept(cache: Path, town: Workspace) -> None:
    path = town.rules_folder / "more.ordain"
    for number in range(18):
        path.write_text(f'set more-{number} is "A"\n', encoding="utf-8")
        checked_policy(town)

    assert len([*cache.iterdir()]) == 16
