"""Nothing fails: what a diff asks for happens once, and the books say so."""

from __future__ import annotations

from policy.enforcement import ActionState
from tests.simulation.town import Town, person


def test_everything_is_done_and_nothing_is_left(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    done = town.enforce()
    assert done.finished
    assert {one.state for one in done.run.outcomes} == {ActionState.DONE}
    assert len(done.run.outcomes) == 10
    assert next(iter(town.targets["ad"].accounts.values())).attributes["Login"] == "loginP1"
    assert {one.attributes["Account"] for one in town.targets["erp"].accounts.values()} == {"loginP1", "loginP2"}
    assert town.lines() == ()
