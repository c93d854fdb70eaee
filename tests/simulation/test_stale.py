"""A diff is enforced once, while it is true, signed, approved and not expired; else nothing is done at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from api.usecases.books import unmanage
from policy.diagnostics import RefusedError
from policy.enforcement import EnforceMode
from policy.entitlements import EntitlementKey, Kind
from policy.statements import Decision
from tests.simulation.checks import check_run, states
from tests.simulation.town import RULES, SETTINGS, Town, person

GRANT_ERP = '    grant account in erp\n    grant permission "Orders" in erp\n'
REBASE = EnforceMode.REBASE


def other_people(town: Town) -> None:
    town.people(person("P1"), person("P2"), person("P3"))


def other_rules(town: Town) -> None:
    town.write(rules=RULES.replace('"Orders"', '"Invoices"'))


def other_configuration(town: Town) -> None:
    town.write(settings=SETTINGS.replace('account = "Number" }\n[targets.erp]', 'account = "Login" }\n[targets.erp]'))


def other_ledger(town: Town) -> None:
    unmanage(town.tools(), EntitlementKey("P0", "ad", Kind.ACCOUNT), "by hand")


@pytest.fixture
def diff(town: Town) -> str:
    """Somebody is managed, two are new; approved."""
    town.people(person("P0"))
    town.enforce()
    town.people(person("P0"), person("P1"), person("P2"))
    for target in town.targets.values():
        target.calls.clear()
    return town.approved()


def refuse(town: Town, diff: str, mode: EnforceMode = EnforceMode.STRICT) -> list[str]:
    """Codes with which a diff is refused; nothing is done then, and the diff is as it was."""
    before = town.managed()
    with pytest.raises(RefusedError) as caught:
        town.enforce(diff, mode)
    assert town.managed() == before
    assert all(target.calls == [] for target in town.targets.values())
    with town.store.read() as tx:
        assert tx.runs.unfinished() == ()
    return [one.code for one in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (other_people, "ORD0800"),
        (other_rules, "ORD0801"),
        (other_configuration, "ORD0802"),
        (other_ledger, "ORD0803"),
    ],
)
def test_p4_strict_refuses_when_any_input_has_changed(
    town: Town, diff: str, change: Callable[[Town], None], code: str
) -> None:
    change(town)
    assert refuse(town, diff) == [code]


def test_all_that_has_changed_is_named_at_once(town: Town, diff: str) -> None:
    other_people(town)
    other_rules(town)
    other_ledger(town)
    assert refuse(town, diff) == ["ORD0800", "ORD0801", "ORD0803"]


def test_p1_rebase_does_what_is_still_the_same_and_nothing_else(town: Town, diff: str) -> None:
    town.people(person("P0", "Another name"), person("P2"), person("P3"))
    done = town.enforce(diff, REBASE)
    assert {key.split()[0] for key in states(done)} == {"P2"}
    assert set(done.plan.skipped.values() if done.plan else ()) == {"no longer the same in an evaluation made now"}
    check_run(town, diff)
    assert {line.split()[1] for line in town.said()} == {"P0", "P3"}


def test_rebase_leaves_out_what_the_rules_no_longer_say(town: Town, diff: str) -> None:
    other_rules(town)
    assert not [key for key in states(town.enforce(diff, REBASE)) if key.endswith("Orders")]
    assert {line.split()[3] for line in town.said()} == {"Invoices:", "Orders:"}


def test_rebase_judges_the_limits_again(town: Town) -> None:
    town.write(rules=RULES.replace('"Directory"\n', '"Directory"\n    limit grant account to 3\n'))
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    town.people(person("P1"), person("P2"), person("P3"))
    assert refuse(town, diff, REBASE) == ["ORD0827"]


def test_rebase_of_a_diff_with_nothing_left_to_do_is_refused(town: Town, diff: str) -> None:
    town.people(person("P0"))
    assert refuse(town, diff, REBASE) == ["ORD0827"]


def test_p2_a_diff_is_used_once(town: Town, diff: str) -> None:
    town.enforce(diff)
    for target in town.targets.values():
        target.calls.clear()
    assert refuse(town, diff) == ["ORD0825"]
    assert refuse(town, diff, REBASE) == ["ORD0825"]


def test_what_nobody_approved_is_refused(town: Town) -> None:
    town.people(person("P1"))
    assert refuse(town, town.evaluate()) == ["ORD0726"]


def test_what_somebody_rejected_is_refused(town: Town, diff: str) -> None:
    town.approve(diff, decision=Decision.REJECT)
    assert refuse(town, diff) == ["ORD0725"]


def test_p5_an_expired_diff_is_refused(town: Town, diff: str) -> None:
    town.clock.moment += timedelta(hours=73)
    assert refuse(town, diff) == ["ORD0711"]


def test_p3_a_diff_whose_lines_were_touched_in_the_store_is_refused(town: Town, diff: str) -> None:
    import sqlite3  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    with town.store.read() as tx:
        lines = tx.diffs.get(diff).lines
    connection = sqlite3.connect(town.root / ".ordain" / "ordain.db")
    connection.execute("UPDATE diffs SET lines = ? WHERE id = ?", (zlib.compress(lines.replace(b"P1", b"P9")), diff))
    connection.commit()
    connection.close()
    assert refuse(town, diff)


def test_a_target_that_is_not_configured_stops_everything(town: Town) -> None:
    settings = SETTINGS[: SETTINGS.index("[targets.erp]")]
    town.write(settings=settings)
    town.people(person("P1"))
    assert refuse(town, town.approved()) == ["ORD0829"]


def test_an_empty_diff_has_nothing_to_enforce(town: Town) -> None:
    town.write(
        rules=RULES[: RULES.index("rule everybody")]
        + 'rule nobody "Nobody"\n    when contract is ended\n    grant account in ad\nend\n'
    )
    town.people(person("P1"))
    assert refuse(town, town.approved()) == ["ORD0827"]
