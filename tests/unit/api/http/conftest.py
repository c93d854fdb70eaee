"""Houses that are served: one that tests only look into, and one of its own for each test that changes something."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.usecases.tokens import Right
from policy.trust import TrustRole
from tests.servers.reviewers import Reviewer
from tests.servers.service import PEOPLE, House, copy_workspace, open_house


@dataclass
class Evaluated:
    """A house with a diff that is signed, and a reviewer whose key it trusts."""

    house: House
    diff: str
    reviewer: Reviewer


def evaluate(house: House) -> Evaluated:
    reviewer = Reviewer(PEOPLE[Right.REVIEWER]).enroll(
        house.tools.workspace, TrustRole.REVIEWER, TrustRole.LIMIT_RELEASE
    )
    result = house.done(Right.ADMIN, "/evaluations", {"as_of": "2026-03-01", "import_first": True})
    return Evaluated(house, result["diff"], reviewer)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluated]:
    """For looking only: approvals, runs and tokens stay as they are."""
    with open_house(copy_workspace(tmp_path_factory.mktemp("served") / "clinic")) as house:
        yield evaluate(house)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Evaluated]:
    """For changing."""
    with open_house(copy_workspace(tmp_path / "clinic")) as house:
        yield evaluate(house)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """Nothing was imported yet."""
    with open_house(copy_workspace(tmp_path / "clinic")) as house:
        yield house
