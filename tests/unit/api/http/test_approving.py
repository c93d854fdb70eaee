"""Approving over HTTP: the service hands out what is to be signed, and takes it back only when it counts."""

import threading
from pathlib import Path

import httpx

from api.usecases.tokens import Right, create_token
from policy.trust import TrustRole
from tests.servers.reviewers import Reviewer
from tests.servers.service import API, PEOPLE, House, copy_workspace, open_house
from tests.unit.api.http.conftest import Evaluated


def judged(answer: httpx.Response) -> dict[str, object]:
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()["approval"]
    return found


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def approvals(house: House, diff: str) -> dict[str, object]:
    found: dict[str, object] = house.caller(Right.ENFORCER).get(f"{API}/diffs/{diff}/approvals").json()
    return found


def token_of(house: House, person: str) -> httpx.Client:
    return house.caller(secret=create_token(house.tools, person, person, [Right.REVIEWER]).secret)


def test_a_reviewer_signs_with_a_key_that_stays_at_home(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    envelope = fresh.reviewer.write(caller, fresh.diff)
    assert approvals(fresh.house, fresh.diff)["envelopes"] == [], "writing a statement down keeps nothing"
    verdict = judged(fresh.reviewer.hand_in(caller, fresh.diff[:10], envelope))
    assert verdict == {
        "approved": True,
        "approved_by": [fresh.reviewer.person],
        "rejected_by": [],
        "required": 1,
        "missing": 0,
    }
    kept = approvals(fresh.house, fresh.diff)
    assert kept == {"diff": fresh.diff, "approval": verdict, "envelopes": [envelope.decode()]}


def test_handing_in_twice_is_handing_in_once(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    envelope = fresh.reviewer.write(caller, fresh.diff)
    first = judged(fresh.reviewer.hand_in(caller, fresh.diff, envelope))
    assert judged(fresh.reviewer.hand_in(caller, fresh.diff, envelope)) == first
    assert approvals(fresh.house, fresh.diff)["envelopes"] == [envelope.decode()]
    entries = fresh.house.caller(Right.ADMIN).get(f"{API}/audit/entries", params={"limit": 1000}).json()["items"]
    assert [one["actor"] for one in entries if one["kind"] == "diff.approved"] == [fresh.reviewer.person]


def test_a_rejection_stops_a_diff(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    envelope = fresh.reviewer.write(caller, fresh.diff, decision="reject")
    verdict = judged(fresh.reviewer.hand_in(caller, fresh.diff, envelope))
    assert verdict["rejected_by"] == [fresh.reviewer.person]
    assert fresh.house.failed(Right.ENFORCER, "/enforcements", {"diff": fresh.diff})["code"] == "ORD0725"


def test_a_statement_of_somebody_else_is_refused(fresh: Evaluated) -> None:
    other = Reviewer("olga@example.org").enroll(fresh.house.tools.workspace)
    envelope = other.write(token_of(fresh.house, other.person), fresh.diff)
    refused(other.hand_in(fresh.house.caller(Right.REVIEWER), fresh.diff, envelope), 403, "ORD0958")
    assert approvals(fresh.house, fresh.diff)["envelopes"] == []


def test_every_changed_byte_is_refused(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    envelope = fresh.reviewer.write(caller, fresh.diff)
    for place in range(0, len(envelope), 97):
        flipped = bytes([*envelope[:place], envelope[place] ^ 1, *envelope[place + 1 :]])
        answer = fresh.reviewer.hand_in(caller, fresh.diff, flipped)
        assert answer.status_code in {403, 409}, answer.text
    refused(fresh.reviewer.hand_in(caller, fresh.diff, b""), 409, "ORD0701")
    refused(fresh.reviewer.hand_in(caller, fresh.diff, b"{}"), 409, "ORD0701")
    assert approvals(fresh.house, fresh.diff)["envelopes"] == []


def test_a_key_nobody_trusts_is_refused(fresh: Evaluated) -> None:
    stranger = Reviewer(fresh.reviewer.person)
    caller = fresh.house.caller(Right.REVIEWER)
    refused(stranger.hand_in(caller, fresh.diff, stranger.write(caller, fresh.diff)), 409, "ORD0702")


def test_whoever_asked_for_the_diff_does_not_count(fresh: Evaluated) -> None:
    asked = PEOPLE[Right.ADMIN]
    reviewer = Reviewer(asked.upper()).enroll(fresh.house.tools.workspace)
    caller = token_of(fresh.house, asked.upper())
    refused(reviewer.hand_in(caller, fresh.diff, reviewer.write(caller, fresh.diff)), 409, "ORD0722")


def test_an_approval_of_another_diff_is_refused(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    other = fresh.house.done(Right.ADMIN, "/evaluations", {"as_of": "2026-03-02"})["diff"]
    refused(fresh.reviewer.hand_in(caller, fresh.diff, fresh.reviewer.write(caller, other)), 409, "ORD0720")


def test_a_release_of_what_no_limit_holds_is_refused(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    body = {"decision": "approve", "release_buckets": ["ad/revoke/account"]}
    refused(caller.post(f"{API}/diffs/{fresh.diff}/approvals/statement", json=body), 400, "ORD0805")


def test_a_statement_speaks_of_targets_or_of_lines(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.REVIEWER)
    address = f"{API}/diffs/{shared.diff}/approvals/statement"
    for body in ({}, {"decision": "perhaps"}, {"decision": "approve", "lines": []}):
        refused(caller.post(address, json=body), 422, "ORD0952")
    answer = caller.post(address, json={"decision": "approve", "lines": [1], "targets": ["ad"]})
    refused(answer, 422, "ORD0952")
    assert "speaks of targets and of lines" in answer.json()["detail"]


def test_an_enforced_diff_takes_no_more_reviews(fresh: Evaluated) -> None:
    caller = fresh.house.caller(Right.REVIEWER)
    late = fresh.reviewer.write(caller, fresh.diff, decision="reject")
    judged(fresh.reviewer.hand_in(caller, fresh.diff, fresh.reviewer.write(caller, fresh.diff)))
    fresh.house.done(Right.ENFORCER, "/enforcements", {"diff": fresh.diff})
    refused(fresh.reviewer.hand_in(caller, fresh.diff, late), 409, "ORD0825")
    answer = caller.post(f"{API}/diffs/{fresh.diff}/approvals/statement", json={"decision": "approve"})
    refused(answer, 409, "ORD0825")


def test_reviewers_may_come_at_once(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path / "clinic", required=3)
    with open_house(root) as house:
        people = [f"reviewer{number}@example.org" for number in range(6)]
        reviewers = [Reviewer(one).enroll(house.tools.workspace, TrustRole.REVIEWER) for one in people]
        diff = house.done(Right.ADMIN, "/evaluations", {"import_first": True})["diff"]
        callers = [token_of(house, one) for one in people]
        signed = [one.write(caller, diff) for one, caller in zip(reviewers, callers, strict=True)]
        answers: list[httpx.Response] = []
        threads = [
            threading.Thread(
                target=lambda *given: answers.append(given[0].hand_in(*given[1:])), args=(one, by, diff, it)
            )
            for one, by, it in zip(reviewers, callers, signed, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        missing = sorted(int(str(judged(one)["missing"])) for one in answers)
        assert missing == [0, 0, 0, 0, 1, 2], "each saw those before"
        verdict = approvals(house, diff)["approval"]
        assert isinstance(verdict, dict)
        assert verdict["approved_by"] == people
