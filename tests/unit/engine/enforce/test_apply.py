from __future__ import annotations

from datetime import date

import pytest

from engine.enforce.action_ids import action_id
from engine.enforce.apply import Effect, apply_effects, entry_after
from policy.diff import Line, Op, Status
from policy.enforcement import ActionResult
from policy.ledger import ManagedEntitlement
from policy.targets import AccountPayload
from tests.builders.diffs import TODAY, entry, key, managed

ACCOUNT = key("P1 ad account")
NURSE = key("P1 ad SEC-Nurse")
SENT = AccountPayload({"name": "Anna"}, {"user_name": "anna"}, 2)


def line(op: Op, text: str = "P1 ad account", anchor: str | None = None) -> Line:
    return Line(0, key(text), op, Status.PLANNED, anchor=anchor)


def test_a_granted_account_is_kept_with_anchor_attributes_and_data() -> None:
    effect = Effect(TODAY, 3, ActionResult("a1"), SENT)
    assert entry_after(line(Op.GRANT), None, effect) == ManagedEntitlement(
        ACCOUNT, 3, "a1", {"name": "Anna"}, {"user_name": "anna"}, 2
    )


def test_a_granted_permission_has_nothing_but_its_generation() -> None:
    assert entry_after(line(Op.GRANT, "P1 ad SEC-Nurse"), None, Effect(TODAY, 2)) == ManagedEntitlement(NURSE, 2)


def test_an_adopted_account_is_the_object_that_was_found() -> None:
    kept = entry_after(line(Op.ADOPT, anchor="a7"), None, Effect(TODAY, 1, payload=SENT))
    assert kept == ManagedEntitlement(ACCOUNT, 1, "a7", {"name": "Anna"}, {"user_name": "anna"}, 2)
    assert entry_after(line(Op.ADOPT, "P1 ad SEC-Nurse", "a7"), None, Effect(TODAY)) == ManagedEntitlement(NURSE, 1)


def test_an_adopted_account_may_be_told_by_the_target_alone() -> None:
    kept = entry_after(line(Op.ADOPT), None, Effect(TODAY, 1, ActionResult("a8")))
    assert kept is not None
    assert kept.anchor == "a8"


def test_a_disabled_account_that_comes_back_keeps_what_was_known_of_it() -> None:
    before = entry("P1 ad account", anchor="a1", disabled_on=date(2026, 1, 1), attributes={"mail": "x", "name": "Old"})
    kept = entry_after(line(Op.ADOPT, anchor="a1"), before, Effect(TODAY, 2, payload=SENT))
    assert kept is not None
    assert (kept.disabled_on, kept.generation, kept.attributes) == (None, 2, {"mail": "x", "name": "Anna"})


def test_an_update_changes_what_was_sent_and_keeps_the_rest() -> None:
    before = entry("P1 ad account", attributes={"mail": "x", "name": "Old"}, account_data={"sid": "S-1"})
    kept = entry_after(line(Op.UPDATE), before, Effect(TODAY, payload=SENT))
    assert kept is not None
    assert (kept.attributes, kept.account_data, kept.generation, kept.anchor) == (
        {"mail": "x", "name": "Anna"},
        {"sid": "S-1", "user_name": "anna"},
        1,
        "ad:P1",
    )


def test_a_revoke_forgets_or_disables_as_the_target_has_it() -> None:
    before = entry("P1 ad account")
    assert entry_after(line(Op.REVOKE), before, Effect(TODAY)) is None
    disabled = entry_after(line(Op.REVOKE), before, Effect(TODAY, staged=True))
    assert disabled is not None
    assert disabled.disabled_on == TODAY
    permission = entry("P1 ad SEC-Nurse")
    assert entry_after(line(Op.REVOKE, "P1 ad SEC-Nurse"), permission, Effect(TODAY, staged=True)) is None


@pytest.mark.parametrize("op", [Op.DELETE, Op.UNMANAGE])
def test_deleted_and_released_entitlements_are_forgotten(op: Op) -> None:
    assert entry_after(line(op), entry("P1 ad account"), Effect(TODAY)) is None


def test_the_serial_grows_by_one_with_every_line_and_the_lineage_stays() -> None:
    done = [(line(Op.REVOKE), Effect(TODAY)), (line(Op.GRANT, "P0 ad account"), Effect(TODAY, 1, ActionResult("a0")))]
    after = apply_effects(managed("P1 ad account", "P2 ad account"), done)
    assert (after.lineage, after.serial, list(after.entries)) == ("L1", 3, [key("P0 ad account"), key("P2 ad account")])


def test_an_action_id_tells_every_action_from_every_other() -> None:
    def made(tenant: str = "t", which: str = "P1 ad account", op: Op = Op.GRANT, generation: int = 1) -> str:
        return action_id(tenant, key(which), op, generation=generation, payload_digest="p")

    ids = {made(), made("u"), made(which="P1 ad access"), made(op=Op.ADOPT), made(generation=2)}
    ids.add(action_id("t", ACCOUNT, Op.GRANT, generation=1, payload_digest="q"))
    assert len(ids) == 6
    assert made() == made()
    assert len(made()) == 64
