"""Long work over HTTP: imports, evaluations and enforcements as jobs, one after another, through stops and restarts."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from api.compose import open_tools
from api.http.job_runner import JobRunner
from api.http.jobs import Job, JobBook, JobState, job_json
from api.tools import Tools
from api.usecases.tokens import Right, create_token
from policy.canonical import JsonValue
from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError, TransientError, UsageError
from tests.servers.service import API, PEOPLE, House, copy_workspace, wait_for_job
from tests.unit.api.http.conftest import Evaluated


def approve(evaluated: Evaluated) -> None:
    caller = evaluated.house.caller(Right.REVIEWER)
    envelope = evaluated.reviewer.write(caller, evaluated.diff)
    assert evaluated.reviewer.hand_in(caller, evaluated.diff, envelope).status_code == 201


def test_from_import_to_an_empty_diff(fresh: Evaluated) -> None:
    house = fresh.house
    approve(fresh)
    result = house.done(Right.ENFORCER, "/enforcements", {"diff": fresh.diff})
    assert result["finished"]
    assert set(result["counts"]) == {"grant done"}
    reader = house.caller(Right.ENFORCER)
    run = reader.get(result["location"]).json()
    assert (run["state"], run["diff"], run["requested_by"]) == ("done", fresh.diff, PEOPLE[Right.ENFORCER])
    assert run["counts"] == result["counts"]
    outcomes = reader.get(f"{result['location']}/outcomes", params={"limit": 5}).json()
    assert outcomes["total"] == result["counts"]["grant done"]
    assert [one["state"] for one in outcomes["items"]] == ["done"] * 5
    assert reader.get(f"{API}/enforcements").json()["runs"][0]["run"] == run["run"]
    ledger = reader.get(f"{API}/ledger", params={"person": "1003"}).json()
    assert {(one["kind"], one["name"]) for one in ledger["items"]} >= {("account", ""), ("permission", "All staff")}
    assert not {"attributes", "account_data"} & set(ledger["items"][0])
    assert reader.get(f"{API}/diffs/{fresh.diff}/files/execution.dsse.json").status_code == 200
    heading = reader.get(f"{API}/diffs").json()["diffs"][0]
    assert (heading["state"], heading["run"]) == ("consumed", run["run"])
    again = house.done(Right.ADMIN, "/evaluations", {"as_of": "2026-03-01"})
    assert again["totals"] == []
    assert house.failed(Right.ENFORCER, "/enforcements", {"diff": fresh.diff})["code"] == "ORD0825"


def test_what_is_not_approved_is_not_enforced(fresh: Evaluated) -> None:
    problem = fresh.house.failed(Right.ENFORCER, "/enforcements", {"diff": fresh.diff})
    assert (problem["code"], problem["status"]) == ("ORD0726", 409)
    assert fresh.house.caller(Right.ENFORCER).get(f"{API}/enforcements").json() == {"runs": []}


def test_a_diff_that_is_not_there_begins_no_job(fresh: Evaluated) -> None:
    answer = fresh.house.caller(Right.ENFORCER).post(f"{API}/enforcements", json={"diff": "0badc0de"})
    assert (answer.status_code, answer.json()["code"]) == (404, "ORD0912")


def test_rules_with_errors_fail_with_every_problem_and_its_place(fresh: Evaluated) -> None:
    rules = fresh.house.root / "rules" / "harbour.ordain"
    rules.write_text(rules.read_text(encoding="utf-8").replace("care-basics", "care-basic", 1), encoding="utf-8")
    problem = fresh.house.failed(Right.ADMIN, "/evaluations")
    assert problem["status"] == 422
    assert problem["problems"][0]["place"]["path"] == "harbour.ordain"


def shrink(root: Path) -> None:
    """Take most people away: more than the limit of the example allows."""
    vault = root / "hr" / "vault.json"
    content = json.loads(vault.read_text(encoding="utf-8"))
    content["Persons"] = content["Persons"][:2]
    vault.write_text(json.dumps(content), encoding="utf-8")


def test_a_blocked_import_is_released_by_name(fresh: Evaluated) -> None:
    admin = fresh.house.caller(Right.ADMIN)
    shrink(fresh.house.root)
    blocked = fresh.house.done(Right.ADMIN, "/evaluations", {"import_first": True})
    assert blocked["state"] == "blocked"
    assert blocked["limits"]
    assert "diff" not in blocked, "nothing is evaluated over a blocked import"
    assert admin.get(blocked["location"]).json()["state"] == "blocked"
    missing = admin.post(f"{blocked['location']}/release", json={})
    assert (missing.status_code, missing.json()["code"]) == (422, "ORD0952")
    released = admin.post(f"{blocked['location']}/release", json={"because": "Two wards were closed"}).json()
    assert (released["state"], released["released_by"]) == ("released", PEOPLE[Right.ADMIN])
    assert released["because"] == "Two wards were closed"
    twice = admin.post(f"{blocked['location']}/release", json={"because": "again"})
    assert twice.status_code == 409
    assert [one["state"] for one in admin.get(f"{API}/imports").json()["imports"]] == ["imported", "released"]


def test_a_job_is_seen_by_its_person_and_by_admins(shared: Evaluated) -> None:
    house = shared.house
    asked = house.caller(Right.ENFORCER).post(f"{API}/enforcements/resume")
    job = wait_for_job(house.caller(Right.ENFORCER), asked)
    assert job["result"] == {"location": f"{API}/enforcements", "runs": []}
    location = asked.headers["Location"]
    assert house.caller(Right.ADMIN).get(location).json() == job
    hidden = house.caller(Right.REVIEWER).get(location)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "ORD0956")
    assert job in house.caller(Right.ENFORCER).get(f"{API}/jobs").json()["jobs"]
    assert job not in house.caller(Right.REVIEWER).get(f"{API}/jobs").json()["jobs"]
    assert job in house.caller(Right.ADMIN).get(f"{API}/jobs").json()["jobs"]


def test_whoever_begins_a_job_stands_in_the_audit_log(fresh: Evaluated) -> None:
    entries = fresh.house.caller(Right.ADMIN).get(f"{API}/audit/entries", params={"limit": 1000}).json()["items"]
    actors = {one["kind"]: one["actor"] for one in entries}
    assert actors["import.imported"] == actors["diff.evaluated"] == PEOPLE[Right.ADMIN]


def test_no_token_is_kept_or_told(fresh: Evaluated, capfd: pytest.CaptureFixture[str]) -> None:
    caller = fresh.house.caller(Right.ADMIN)
    caller.get(f"{API}/diffs")
    secrets = [secret.encode() for secret in fresh.house.secrets.values()]
    said = "".join(capfd.readouterr()).encode()
    kept = b"".join(path.read_bytes() for path in (fresh.house.root / ".ordain").rglob("*") if path.is_file())
    told = caller.get(f"{API}/audit/entries", params={"limit": 1000}).content + caller.get(f"{API}/jobs").content
    for secret in secrets:
        assert secret not in said + kept + told


@pytest.fixture
def tools(tmp_path: Path) -> object:
    with open_tools(copy_workspace(tmp_path / "clinic"), actor="test") as opened:
        yield opened


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_jobs_are_done_one_after_another(tools: Tools) -> None:
    runner, going, let_go = JobRunner(tools), threading.Event(), threading.Event()
    order: list[str] = []

    def slow(given: Tools) -> JsonValue:
        given.progress("counting", 1, 2000)
        going.set()
        assert let_go.wait(30)
        order.append(given.actor)
        return {}

    runner.start()
    first = runner.submit("slow", "anna", slow)
    second = runner.submit("slow", "bert", slow)
    assert going.wait(30)
    running = runner.find(first.id, by="anna")
    assert (running.state, running.stage) == (JobState.RUNNING, "counting (1 of 2,000)")
    assert runner.find(second.id, by=None).state is JobState.QUEUED
    with pytest.raises(UsageError, match=second.id):
        runner.find(second.id, by="anna")
    let_go.set()
    until(lambda: runner.find(second.id, by="bert").ended)
    assert order == ["anna", "bert"]
    assert [job.state for job in runner.list()] == [JobState.DONE] * 2
    runner.stop(30)


def test_a_queue_has_an_end(tools: Tools) -> None:
    runner = JobRunner(tools)
    for _ in range(20):
        runner.submit("idle", "anna", lambda _: None)
    with pytest.raises(TransientError) as caught:
        runner.submit("idle", "anna", lambda _: None)
    assert caught.value.diagnostic.code == "ORD0960"
    assert caught.value.retry_after_seconds


def test_a_stop_lets_the_step_at_work_end_and_says_so(tools: Tools) -> None:
    runner, going = JobRunner(tools), threading.Event()
    steps: list[int] = []

    def stepping(given: Tools) -> JsonValue:
        for step in range(1_000_000):
            given.progress("stepping", step, 0)
            steps.append(step)
            going.set()
            time.sleep(0.001)
        raise AssertionError("it was not stopped")

    runner.start()
    first = runner.submit("stepping", "anna", stepping)
    waiting = runner.submit("waiting", "anna", stepping)
    assert going.wait(30)
    runner.stop(30)
    for job in (first, waiting):
        ended = runner.find(job.id, by="anna")
        assert ended.state is JobState.FAILED
        assert isinstance(ended.problem, dict)
        assert ended.problem["code"] == "ORD0957"
    with pytest.raises(TransientError):
        runner.submit("late", "anna", stepping)
    assert JobRunner(tools).find(first.id, by="anna") == runner.find(first.id, by="anna"), "the next service knows it"


def test_a_job_of_a_process_that_is_gone_is_told_as_interrupted(tools: Tools) -> None:
    says_who = "from api.runners.holder import this_holder; print(this_holder())"
    ended_process = subprocess.run([sys.executable, "-c", says_who], capture_output=True, text=True, check=True)
    gone = Job("job-1", "import", "anna", ended_process.stdout.strip(), JobState.RUNNING, tools.now())
    elsewhere = replace(gone, id="job-2", holder=f"another-{gone.holder}")
    ended = replace(gone, id="job-3", state=JobState.DONE, result={"location": "/api/v1/imports/x"})
    for job in (gone, elsewhere, ended):
        JobBook(tools.store).keep(job)
    runner = JobRunner(tools)
    assert runner.find("job-1", by="anna").state is JobState.FAILED
    assert "ORD0957" in str(job_json(runner.find("job-1", by="anna"))["problem"])
    assert runner.find("job-2", by="anna") == elsewhere
    assert runner.find("job-3", by="anna") == ended


def test_the_last_jobs_are_kept(tools: Tools) -> None:
    book = JobBook(tools.store)
    for number in range(203):
        book.keep(Job(f"job-{number}", "import", "anna", "here/1/1", JobState.DONE, tools.now()))
    assert [job.id for job in book.list()] == [f"job-{number}" for number in range(3, 203)]


def test_a_store_that_fails_hides_no_job_from_this_process(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = JobRunner(tools)
    job = runner.submit("work", "anna", lambda _: {"location": "/x"})

    def full(*_: object) -> None:
        raise OrdainError(Diagnostic(service.STORE_FULL, "no room"))

    monkeypatch.setattr(JobBook, "keep", full)
    runner.start()
    until(lambda: runner.find(job.id, by="anna").ended)
    assert runner.find(job.id, by="anna").result == {"location": "/x"}
    with pytest.raises(OrdainError, match="no room"):
        runner.submit("work", "anna", lambda _: None)
    runner.stop(30)


def test_a_service_that_cannot_read_its_store_is_not_healthy(empty: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert empty.caller().get(f"{API}/health").json()["status"] == "ok"

    def away(*_: object) -> None:
        raise TransientError(Diagnostic(service.STORE_UNREACHABLE, "away"))

    monkeypatch.setattr("api.store.facts.Facts.get", away)
    answer = empty.caller().get(f"{API}/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "ORD0901")


def test_tokens_of_other_people_act_in_their_names(fresh: Evaluated) -> None:
    made = create_token(fresh.house.tools, "second", "zoe@example.org", [Right.ADMIN])
    caller = fresh.house.caller(secret=made.secret)
    job = wait_for_job(caller, caller.post(f"{API}/imports"))
    assert job["by"] == "zoe@example.org"
    assert caller.get(job["result"]["location"]).json()["by"] == "zoe@example.org"
