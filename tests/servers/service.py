"""A whole house for tests of the service: a workspace, the real application on a real socket, and callers."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.compose import open_tools
from api.http.app import create_app
from api.tools import Tools
from api.usecases.tokens import Right, create_token

EXAMPLE = Path(__file__).parents[2] / "rules" / "first-steps"
API = "/api/v1"
PEOPLE = {
    Right.AUTHOR: "arthur@example.org",
    Right.ADMIN: "ada@example.org",
    Right.REVIEWER: "rita@example.org",
    Right.ENFORCER: "ernst@example.org",
}
_PATIENCE_SECONDS = 60.0


def copy_workspace(root: Path, *, required: int = 1) -> Path:
    """Copy the small example; `required` reviewers must approve."""
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".ordain", "out"))
    settings = root / "ordain.toml"
    text = settings.read_text(encoding="utf-8")
    assert "required = 1" in text
    settings.write_text(text.replace("required = 1", f"required = {required}"), encoding="utf-8")
    return root


def wait_for_job(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """Follow the answer that began a job until the job has ended."""
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        job: dict[str, Any] = client.get(answer.headers["Location"]).json()
        if job["state"] in {"done", "failed"}:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.02)


@dataclass
class House:
    """A workspace that is served."""

    root: Path
    tools: Tools
    url: str
    secrets: dict[Right, str]
    clients: list[httpx.Client] = field(default_factory=list)

    def caller(self, right: Right | None = None, *, secret: str | None = None) -> httpx.Client:
        """Somebody with one right, with a token of the test's own, or without a token."""
        token = secret if secret is not None else self.secrets[right] if right is not None else None
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)
        self.clients.append(client)
        return client

    def done(self, right: Right, path: str, body: object = None) -> dict[str, Any]:
        """Begin a job, wait for it, and give the result it has because nothing went wrong."""
        client = self.caller(right)
        job = wait_for_job(client, client.post(API + path, json=body))
        assert job["state"] == "done", job["problem"]
        result: dict[str, Any] = job["result"]
        return result

    def failed(self, right: Right, path: str, body: object = None) -> dict[str, Any]:
        """Begin a job, wait for it, and give its problem."""
        client = self.caller(right)
        job = wait_for_job(client, client.post(API + path, json=body))
        assert job["state"] == "failed", job["result"]
        problem: dict[str, Any] = job["problem"]
        return problem


@contextmanager
def open_house(root: Path) -> Iterator[House]:
    """Serve a workspace in this process."""
    with open_tools(root, actor="test") as tools:
        secrets = {right: create_token(tools, right.value, PEOPLE[right], [right]).secret for right in Right}
        with serve_tools(tools) as url:
            house = House(root, tools, url, secrets)
            yield house
            for client in house.clients:
                client.close()


@contextmanager
def serve_tools(tools: Tools) -> Iterator[str]:
    """Serve on a free loopback port, in a thread; its URL."""
    config = uvicorn.Config(create_app(tools), host="127.0.0.1", port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.005)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_SECONDS)
        assert not thread.is_alive(), "the service did not stop"
