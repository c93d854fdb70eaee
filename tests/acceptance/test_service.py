"""A real `ordain serve`: the whole path over HTTP, two reviewers at once, and a service that dies in the middle."""

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.compose import open_tools
from api.settings.workspace import open_workspace
from api.usecases.tokens import Right, create_token
from tests.servers.reviewers import Reviewer
from tests.servers.service import API, PEOPLE, copy_workspace, wait_for_job

ROOT = Path(__file__).parents[2]
START = "from api.cli.main import main; main()"
ORDAIN = (sys.executable, "-c", START)
_PATIENCE_SECONDS = 60.0


def ordain(*words: str) -> str:
    done = subprocess.run([*ORDAIN, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Served:
    """A running service, its process and its callers."""

    def __init__(self, process: subprocess.Popen[str], url: str, tokens: dict[str, str]) -> None:
        self.process = process
        self.url = url
        self._clients = {
            who: httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False)
            for who, token in tokens.items()
        }

    def caller(self, who: str) -> httpx.Client:
        return self._clients[who]

    def done(self, who: str, path: str, body: object = None) -> dict[str, Any]:
        job = wait_for_job(self.caller(who), self.caller(who).post(API + path, json=body))
        assert job["state"] == "done", job["problem"]
        result: dict[str, Any] = job["result"]
        return result

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@contextmanager
def serving(workspace: Path, tokens: dict[str, str]) -> Iterator[Served]:
    command = [*ORDAIN, "serve", "-w", str(workspace), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline() + process.stdout.readline()
        found = re.search(r"on (http://\S+)\n.*(http://\S+/docs)", said, re.DOTALL)
        try:
            assert found is not None, said
            with closing(Served(process, found[1], tokens)) as served:
                yield served
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(_PATIENCE_SECONDS)


ADMIN, ENFORCER = PEOPLE[Right.ADMIN], PEOPLE[Right.ENFORCER]
REVIEWERS = ("rita@example.org", "rolf@example.org")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return copy_workspace(tmp_path / "clinic", required=2)


@pytest.fixture
def tokens(workspace: Path) -> dict[str, str]:
    """One made on the command line, the others in the same way without waiting for it."""
    words = ("tokens", "create", "ops", "--person", ADMIN, "--right", "admin", "-w", str(workspace))
    people = {ENFORCER: Right.ENFORCER, **dict.fromkeys(REVIEWERS, Right.REVIEWER)}
    with open_tools(workspace, actor="test") as tools:
        made = {person: create_token(tools, person, person, [right]).secret for person, right in people.items()}
    return {ADMIN: ordain(*words).strip(), **made}


@pytest.fixture
def reviewers(workspace: Path) -> list[Reviewer]:
    opened = open_workspace(workspace)
    return [Reviewer(person).enroll(opened) for person in REVIEWERS]


def approve_at_once(served: Served, reviewers: list[Reviewer], diff: str) -> None:
    """Both read, sign at home and hand in at the same moment."""
    answers: dict[str, httpx.Response] = {}
    gate = threading.Barrier(len(reviewers))

    def review(reviewer: Reviewer) -> None:
        caller = served.caller(reviewer.person)
        envelope = reviewer.write(caller, diff)
        gate.wait(_PATIENCE_SECONDS)
        answers[reviewer.person] = reviewer.hand_in(caller, diff, envelope)

    threads = [threading.Thread(target=review, args=[one]) for one in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE_SECONDS)
    assert [answers[one.person].status_code for one in reviewers] == [201, 201]
    missing = sorted(answers[one.person].json()["approval"]["missing"] for one in reviewers)
    assert missing == [0, 1], "each approval counted once, and the second one saw the first"


def test_import_evaluate_approve_enforce_over_http(
    workspace: Path, tokens: dict[str, str], reviewers: list[Reviewer]
) -> None:
    with serving(workspace, tokens) as served:
        assert httpx.get(f"{served.url}/docs", trust_env=False).status_code == 200
        assert served.done(ADMIN, "/imports")["state"] == "imported"
        evaluated = served.done(ADMIN, "/evaluations", {"as_of": "2026-03-01"})
        diff = evaluated["diff"]
        early = wait_for_job(
            served.caller(ENFORCER), served.caller(ENFORCER).post(f"{API}/enforcements", json={"diff": diff})
        )
        assert early["problem"]["code"] == "ORD0726"
        approve_at_once(served, reviewers, diff)
        enforced = served.done(ENFORCER, "/enforcements", {"diff": diff})
        planned = sum(one["count"] for one in evaluated["totals"] if one["status"] == "planned")
        assert (enforced["finished"], enforced["counts"]) == (True, {"grant done": planned})
        assert served.done(ADMIN, "/evaluations", {"as_of": "2026-03-01"})["totals"] == []
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(_PATIENCE_SECONDS) == 0
    assert json.loads(ordain("audit", "verify", "--json", "-w", str(workspace)))["intact"]


def wait_until_running(served: Served) -> str:
    """Id of the run, as soon as some of its actions are done and some are not."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for run in served.caller(ENFORCER).get(f"{API}/enforcements").json()["runs"]:
            counts = served.caller(ENFORCER).get(f"{API}/enforcements/{run['run']}").json()["counts"]
            if counts.get("grant done") and counts.get("grant planned"):
                return str(run["run"])
    raise AssertionError("no run was seen in the middle")


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_a_service_that_ends_in_the_middle_goes_on_when_it_starts(
    workspace: Path, tokens: dict[str, str], reviewers: list[Reviewer], sign: signal.Signals
) -> None:
    with serving(workspace, tokens) as served:
        diff = served.done(ADMIN, "/evaluations", {"as_of": "2026-03-01", "import_first": True})["diff"]
        approve_at_once(served, reviewers, diff)
        begun = served.caller(ENFORCER).post(f"{API}/enforcements", json={"diff": diff})
        run = wait_until_running(served)
        served.process.send_signal(sign)
        assert served.process.wait(_PATIENCE_SECONDS) == (0 if sign is signal.SIGTERM else -sign)
    with serving(workspace, tokens) as served:
        told = served.caller(ENFORCER).get(begun.headers["Location"]).json()
        assert (told["state"], told["problem"]["code"]) == ("failed", "ORD0957")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (found := served.caller(ENFORCER).get(f"{API}/enforcements/{run}").json())["state"] == "running":
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        assert found["state"] == "done"
        assert list(found["counts"]) == ["grant done"]
        assert served.done(ADMIN, "/evaluations", {"as_of": "2026-03-01"})["totals"] == []
        accounts = (workspace / "out" / "ad.csv").read_text(encoding="utf-8").splitlines()[1:]
        ledger = served.caller(ENFORCER).get(f"{API}/ledger", params={"limit": 1000}).json()["items"]
        assert len(accounts) == len({one["person"] for one in ledger if one["kind"] == "account"})


def test_a_port_that_is_taken_is_told(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [*ORDAIN, "serve", "-w", str(workspace), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "ORD0962" in done.stderr
    assert "already in use" in done.stderr


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_an_approval_signed_with_openssl_counts(workspace: Path, tokens: dict[str, str], tmp_path: Path) -> None:
    """The words of docs/service.md, with nothing of ours between the key and the service."""
    person, pem = REVIEWERS[0], tmp_path / "rita.pem"
    openssl("genpkey", "-algorithm", "ed25519", "-out", str(pem))
    openssl("pkey", "-in", str(pem), "-pubout", "-out", str(tmp_path / "rita.pub"))
    ordain("keys", "enroll", person, "--key", str(tmp_path / "rita.pub"), "-w", str(workspace))
    public = openssl("pkey", "-in", str(pem), "-pubout", "-outform", "DER")[-32:]
    with serving(workspace, tokens) as served:
        diff = served.done(ADMIN, "/evaluations", {"import_first": True})["diff"]
        caller, address = served.caller(person), f"{API}/diffs/{diff}/approvals"
        statement = caller.post(f"{address}/statement", json={"decision": "approve"}).json()
        (tmp_path / "to_sign").write_bytes(base64.b64decode(statement["to_sign"]))
        signature = openssl("pkeyutl", "-sign", "-inkey", str(pem), "-rawin", "-in", str(tmp_path / "to_sign"))
        signed = {"keyid": hashlib.sha256(public).hexdigest(), "sig": base64.b64encode(signature).decode()}
        envelope = {"payload": statement["payload"], "payloadType": statement["payloadType"], "signatures": [signed]}
        written = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
        answer = caller.post(address, content=written)
        assert answer.status_code == 201, answer.text
        assert answer.json()["approval"]["approved_by"] == [person]


def openssl(*words: str) -> bytes:
    done = subprocess.run(["openssl", *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
