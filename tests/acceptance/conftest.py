"""Clinics in several states, each test with one of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.clinic import REVIEWER, Clinic, run_here


def _somebody(patch: pytest.MonkeyPatch) -> None:
    """Commands are asked for by somebody who reviews nothing, on a screen wide enough, without colour forced."""
    patch.setenv("ORDAIN_ACTOR", "otto@harbour.example")
    patch.setenv("COLUMNS", "120")
    for name in ("FORCE_COLOR", "NO_COLOR", "ORDAIN_DEBUG", "TTY_COMPATIBLE"):
        patch.delenv(name, raising=False)


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who asks for commands."""
    _somebody(monkeypatch)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clinic]:
    """Workspaces in several states, made once: `new`, `known` (one diff, a reviewer), `live` (that diff enforced)."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        _somebody(patch)
        new = Clinic(folder / "new")
        assert run_here("init", new.root).code == 0
        known = new.copy(folder / "known")
        known.evaluate()
        known.fine("keys", "create", REVIEWER)
        live = known.copy(folder / "live")
        live.enforce()
    return {"new": new, "known": known, "live": live}


@pytest.fixture
def new(made: dict[str, Clinic], tmp_path: Path, somebody: None) -> Clinic:
    """A clinic as `ordain init` makes it."""
    return made["new"].copy(tmp_path / "clinic")


@pytest.fixture
def known(made: dict[str, Clinic], tmp_path: Path, somebody: None) -> Clinic:
    """A clinic that was imported and evaluated once, with one reviewer."""
    return made["known"].copy(tmp_path / "clinic")


@pytest.fixture
def live(made: dict[str, Clinic], tmp_path: Path, somebody: None) -> Clinic:
    """A clinic whose first diff was enforced."""
    return made["live"].copy(tmp_path / "clinic")


@pytest.fixture
def only_diff() -> Callable[[Clinic], str]:
    """Tell the id of the newest diff of a clinic."""

    def find(clinic: Clinic) -> str:
        return str(clinic.fine("show", "--json").json[-1]["diff"])

    return find
