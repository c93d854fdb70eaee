"""The memory target, and the sides of effects no target of the suite shows."""

from pathlib import Path

import pytest

from connectors.effects import is_effective, spelled
from connectors.memory.target import MemoryTarget, MemoryTargetConfig, open_memory_target
from policy.canonical import JsonValue
from policy.diff import Op
from policy.enforcement import Action, Call
from policy.entitlements import EntitlementKey, Kind
from policy.targets import ObservedAccount
from tests.conformance.target_samples import action, apply, payload

NOTHING = Action("a" * 64, 0, EntitlementKey("P1", "m", Kind.ACCOUNT), Op.UNMANAGE, Call.NOTHING, 1, "x")


def test_it_begins_empty_and_keeps_what_it_is_told(tmp_path: Path) -> None:
    target = open_memory_target("m", MemoryTargetConfig(unique=("Login",)), tmp_path)
    assert target.observe().accounts == ()
    mapped = payload()
    apply(target, action(Call.CREATE), mapped)
    assert target.observe().accounts[0].attributes == mapped.attributes
    assert list(tmp_path.iterdir()) == []


def test_an_empty_value_is_nobodys() -> None:
    target = MemoryTarget(unique=("Login",))
    for number in (1, 2):
        apply(target, action(Call.CREATE, number=number), payload(Login=""))
    assert len(target.accounts) == 2


def test_nothing_is_always_true_and_changes_nothing() -> None:
    target = MemoryTarget()
    assert apply(target, NOTHING).anchor == "x"
    assert is_effective(NOTHING, None, None)
    assert target.accounts == {}


def test_what_is_gone_cannot_have_been_enabled() -> None:
    gone = ObservedAccount("x", {}, enabled=True)
    assert not is_effective(action(Call.ENABLE, "x"), None, None)
    assert not is_effective(action(Call.UPDATE, "x"), payload(), None)
    assert not is_effective(action(Call.DISABLE, "x"), None, gone)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ([], ""), ("", ""), (True, "true"), (False, "false"), (36, "36"), (["a", "b"], '["a","b"]')],
)
def test_a_value_is_spelled_the_same_everywhere(value: JsonValue, text: str) -> None:
    assert spelled(value) == text
    assert spelled("e\u0301") == "é"
