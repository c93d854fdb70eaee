"""Events fire in evaluation, are read before anything is sent, and those about a day fire once."""

from __future__ import annotations

import json
from typing import Any

from tests.acceptance.clinic import Clinic, run_here

EVENTS = """
event joined "An account was made for somebody in care"
    on grant account in ad
    when contract.department is "CARE" or below and account.display_name is known
    notify "servicedesk@harbour.example" using "joined"
end
event started "A month after the first day"
    1 month after onboarding
    when contract.type.code is not "INT"
    notify person.primary_manager using "started"
end
"""


def events_of(clinic: Clinic, folder: str) -> list[dict[str, Any]]:
    text = (clinic.root / folder / "events.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_events_are_written_beside_the_diff_shown_and_fire_once(known: Clinic) -> None:
    known.write("rules/events.ordain", EVENTS)
    known.fine("check")
    ran = known.fine("evaluate", "--as-of", "2026-03-02", "--out", known.root / "diff")
    fired = events_of(known, "diff")
    counts = {name: sum(one["event"] == name for one in fired) for name in ("joined", "started")}
    assert counts["joined"] > 0
    assert counts["started"] > 0
    assert f"{len(fired)} events: joined {counts['joined']}, started {counts['started']}." in ran.out
    assert "events.ndjson" in ran.out

    lines = (known.root / "diff/lines.ndjson").read_text(encoding="utf-8").splitlines()
    for one in fired:
        if one["event"] == "joined":
            line = json.loads(lines[one["on"]["line"]])
            told = (line["person"], line["op"], line["kind"], line["status"])
            assert told == (one["person"], "grant", "account", "planned")
        else:
            assert one["on"]["due"] <= "2026-03-02"

    diff = known.fine("show", "--json").json[-1]["diff"]
    shown = known.fine("show", diff, "--events")
    assert f"{fired[0]['person']}  {fired[0]['event']} (events.ordain:" in shown.out
    assert known.fine("show", diff, "--events", "--json").json == fired
    known.fine("verify", known.root / "diff")

    known.fine("evaluate", "--as-of", "2026-03-02", "--out", known.root / "again")
    assert events_of(known, "again") == fired, "nothing was enforced, so everything still fires"
    known.enforce()
    known.fine("evaluate", "--as-of", "2026-03-03", "--out", known.root / "after")
    late = events_of(known, "after")
    assert [one for one in late if one["event"] == "joined"] == []
    days = {(one["person"], one["on"]["day"]) for one in fired if one["event"] == "started"}
    assert days.isdisjoint({(one["person"], one["on"]["day"]) for one in late})
    assert known.evaluate("2026-03-03")["events"] == ({"started": len(late)} if late else {})


def test_without_events_the_file_is_empty(known: Clinic) -> None:
    known.fine("evaluate", "--out", known.root / "diff")
    assert events_of(known, "diff") == []
    diff = known.fine("show", "--json").json[-1]["diff"]
    assert known.fine("show", diff, "--events").out == "No event fires with this diff.\n"


def test_account_data_that_no_mapping_makes_are_a_typo(known: Clinic) -> None:
    known.write("rules/events.ordain", EVENTS.replace("account.display_name", "account.displayname"))
    ran = run_here("check", "-w", known.root)
    assert ran.code == 1
    assert "ORD0410" in ran.out
    assert "did you mean `display_name`?" in ran.out


def test_a_test_expects_events(known: Clinic) -> None:
    known.write("rules/events.ordain", EVENTS)
    known.write(
        "rules/tests.ordain",
        """
test "Told of once"
    department "W3" below "CARE"
    person "P1"
        name.given_name: "Ann"
        contract "C1"
            type.code: "EMP"
            department: "W3"
            start_date: 2026-02-01
        end
    end
    on 2026-02-01
        expect event joined
    on 2026-03-05
        expect event started
end
""",
    )
    known.fine("check")
