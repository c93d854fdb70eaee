"""Keeps one comment on a pull request: what a change of the rules means. Standard library only; used by `action.yml`.

`python comment.py FILE` with GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN and PULL_REQUEST in the environment. A
comment of an earlier run (for the same WORKSPACE) is written over; comments of people are never touched.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

MOST_LETTERS = 65_536
"""GitHub takes no longer comment."""
_PER_PAGE = 100
_MOST_PAGES = 100
_TIMEOUT_SECONDS = 30
_FORBIDDEN = frozenset({401, 403, 404})


def main() -> int:
    """Write the comment; 0 also when the token may not, because then nobody can help it (a fork, for example)."""
    marker = f"<!-- ordain: comparison of {json.dumps(os.environ.get('WORKSPACE', '.'))} -->"
    body = (marker + "\n" + Path(sys.argv[1]).read_text(encoding="utf-8"))[:MOST_LETTERS]
    repository, number = os.environ["GITHUB_REPOSITORY"], os.environ["PULL_REQUEST"]
    try:
        ours = [one["id"] for one in _comments(repository, number) if str(one.get("body")).startswith(marker)]
        if ours:
            _ask("PATCH", f"/repos/{repository}/issues/comments/{ours[0]}", {"body": body})
        else:
            _ask("POST", f"/repos/{repository}/issues/{number}/comments", {"body": body})
    except HTTPError as error:
        if error.code not in _FORBIDDEN:
            return _fail(f"GitHub answered {error.code} {error.reason}")
        _say("warning", f"The comment could not be written ({error.code}): the token needs `pull-requests: write`.")
    except (URLError, HTTPException, OSError, ValueError) as error:
        return _fail(str(error))
    return 0


def _comments(repository: str, number: str) -> Iterator[dict[str, Any]]:
    for page in range(1, _MOST_PAGES + 1):
        found = _ask("GET", f"/repos/{repository}/issues/{number}/comments?per_page={_PER_PAGE}&page={page}")
        yield from found
        if len(found) < _PER_PAGE:
            return


def _ask(method: str, path: str, body: dict[str, str] | None = None) -> Any:  # noqa: ANN401  # JSON
    request = Request(  # noqa: S310  # the address is that of the runner
        os.environ["GITHUB_API_URL"] + path,
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310  # as above
        return json.loads(answer.read())


def _fail(why: str) -> int:
    _say("error", f"The comment could not be written: {why}")
    return 1


def _say(level: str, words: str) -> None:
    escaped = words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{level} title=Ordain::{escaped}\n")


if __name__ == "__main__":
    sys.exit(main())
