"""The copy of the managed state is made along the way, where it pays, and never stops anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.store.managed_copies import ManagedCopies
from api.store.store import open_store
from api.tools import Tools
from api.usecases.evaluate import evaluate_workspace
from api.usecases.managed_copy import keep_managed
from tests.simulation.town import Town, open_town, person


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with open_town(tmp_path / "town") as opened:
        opened.people(person("P1"), person("P2"))
        yield opened


def copies_of(town: Town) -> list[str]:
    return sorted(path.name for path in (town.root / ".ordain" / "managed").glob("*"))


def test_an_enforcement_leaves_a_copy_that_the_next_evaluation_reads(town: Town) -> None:
    assert copies_of(town) == []
    town.enforce(town.approved())
    state = town.managed()
    assert len(state.entries) > 2
    assert copies_of(town) == [f"managed-{state.lineage}-{state.serial}.arrow"]
    with town.store.read() as tx:
        assert [(seal.serial, seal.digest) for seal in tx.ledger.seals()] == [(state.serial, state.digest)]
    evaluated = evaluate_workspace(town.tools())
    assert (evaluated.inputs.serial, evaluated.inputs.managed) == (state.serial, state.digest)
    assert copies_of(town) == [f"managed-{state.lineage}-{state.serial}.arrow"]


def test_an_evaluation_makes_the_copy_that_is_missing(town: Town) -> None:
    town.enforce(town.approved())
    before = copies_of(town)
    for name in before:
        (town.root / ".ordain" / "managed" / name).unlink()
    evaluate_workspace(town.tools())
    assert copies_of(town) == before


@pytest.mark.parametrize(("least", "folder"), [(100, "managed-2"), (1, "ordain.toml"), (None, "")])
def test_a_state_is_kept_where_it_pays_and_where_it_can_be(town: Town, least: int | None, folder: str) -> None:
    town.enforce(town.approved())
    place = town.root / folder
    copies = None if least is None else ManagedCopies(place, least)
    store = open_store(f"sqlite:///{town.root / '.ordain' / 'ordain.db'}", tenant="town", copies=copies)
    tools: Tools = replace(town.tools(), store=store)
    with store.read() as tx:
        state = tx.ledger.state()
    keep_managed(tools, state)
    with store.read() as tx:
        assert len(tx.ledger.seals()) == 1, "that of the enforcement"
        assert tx.ledger.state() == town.managed()
    assert not list(place.glob("*.arrow")) or folder == ""
    store.close()
