"""The five top-level names are ours alone in the environment."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOMS = ("policy", "engine", "dsl", "connectors", "api")


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_brings_the_name(room: str) -> None:
    assert set(packages_distributions().get(room, [])) <= {"ordain"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_name_imports_from_this_house(room: str) -> None:
    module = __import__(room)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve().parent.parent == Path(__file__).resolve().parents[2]
