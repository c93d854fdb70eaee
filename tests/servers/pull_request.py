"""The comments of one pull request over real HTTP, as far as an action speaks with GitHub about them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY, NUMBER, TOKEN = "clinic/access", 7, "a-token-of-a-test"


@dataclass
class PullRequest:
    """Its comments by id, and every request. `refuses` is the status every request is answered with, if any."""

    comments: dict[int, str] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    refuses: int | None = None
    url: str = ""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:  # noqa: ANN401  # JSON
        self.requests.append((method, path))
        if self.refuses is not None:
            return self.refuses, {"message": "Resource not accessible by integration"}
        where = urlsplit(path)
        listed = f"/repos/{REPOSITORY}/issues/{NUMBER}/comments"
        single = re.fullmatch(rf"/repos/{REPOSITORY}/issues/comments/(\d+)", where.path)
        if method == "GET" and where.path == listed:
            asked = {name: int(values[0]) for name, values in parse_qs(where.query).items()}
            size = asked.get("per_page", 30)
            start = (asked.get("page", 1) - 1) * size
            every = [{"id": one, "body": text} for one, text in sorted(self.comments.items())]
            return 200, every[start : start + size]
        if method == "POST" and where.path == listed:
            made = max(self.comments, default=0) + 1
            self.comments[made] = body["body"]
            return 201, {"id": made}
        if method == "PATCH" and single and int(single[1]) in self.comments:
            self.comments[int(single[1])] = body["body"]
            return 200, {"id": int(single[1])}
        return 404, {"message": "Not Found"}


@contextmanager
def pull_request() -> Iterator[PullRequest]:
    """Serve one on loopback."""
    state = PullRequest()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            status, answer = state.answer(self.command, self.path, body) if known else (401, {"message": "who?"})
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815  # names of the library

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
