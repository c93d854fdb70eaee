"""Errors of the service: problem documents with our codes and words, whatever goes wrong."""

import httpx
import pytest

from api.http.problems import MEDIA_TYPE, status_of
from api.usecases.tokens import Right
from policy.catalogue import enforcement, service, sources
from policy.diagnostics import DataError, Diagnostic, OrdainError, RefusedError, TransientError, UsageError
from tests.servers.service import API, House
from tests.unit.api.http.conftest import Evaluated

_LIBRARIES = ("pydantic", "Traceback", "starlette", "fastapi", "sqlalchemy", "valid integer", "Field required", "Input")


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    found: dict[str, object] = answer.json()
    assert found["code"] == code
    assert found["status"] == status
    assert found["type"] == f"urn:ordain:problem:{code}"
    assert found["instance"] == answer.request.url.path
    assert found["problems"]
    assert not [word for word in _LIBRARIES if word in answer.text]
    return found


def test_an_unknown_address(shared: Evaluated) -> None:
    problem(shared.house.caller().get("/diffs"), 404, "ORD0953")
    problem(shared.house.caller().get("/api/v1/diffs/"), 404, "ORD0953")


def test_a_method_an_address_does_not_take(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.ADMIN).delete(f"{API}/diffs")
    found = problem(answer, 405, "ORD0954")
    assert answer.headers["Allow"] == "GET"
    assert "GET" in str(found["detail"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=many", "limit is not a whole number"),
        ("limit=0", "limit is less than 1"),
        ("limit=1001", "limit is more than 1000"),
        ("op=burn", "op is not one of"),
        ("persn=1003", "persn is not known here"),
    ],
)
def test_a_query_that_makes_no_sense(shared: Evaluated, query: str, words: str) -> None:
    found = problem(shared.house.caller(Right.ADMIN).get(f"{API}/diffs/{shared.diff}/lines?{query}"), 422, "ORD0952")
    assert words in str(found["detail"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "body is not JSON"),
        (b"[]", "body is not an object"),
        (b'{"as_of": "1-3-2026"}', "as_of is not a date such as 2026-03-01"),
        (b'{"import_first": "perhaps"}', "import_first is not true or false"),
        (b'{"import_frist": true}', "import_frist is not known here"),
    ],
)
def test_a_body_that_makes_no_sense(shared: Evaluated, body: bytes, words: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shared.house.caller(Right.ADMIN).post(f"{API}/evaluations", content=body, headers=headers)
    assert words in str(problem(answer, 422, "ORD0952")["detail"])


def test_every_slip_is_named_at_once(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.ADMIN).get(f"{API}/diffs/{shared.diff}/lines?limit=x&offset=y&op=z")
    problems = problem(answer, 422, "ORD0952")["problems"]
    assert isinstance(problems, list)
    assert {one["subject"] for one in problems} == {"query limit", "query offset", "query op"}


@pytest.mark.parametrize("announced", [True, False])
def test_a_request_that_is_too_large(shared: Evaluated, announced: bool) -> None:  # noqa: FBT001  # a case of the test
    pieces = [b" " * 2**20] * 5
    content = b"".join(pieces) if announced else iter(pieces)
    answer = shared.house.caller(Right.AUTHOR).post(f"{API}/policy/check", content=content)
    problem(answer, 413, "ORD0955")


def test_a_request_of_the_largest_size_is_read(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.AUTHOR).post(f"{API}/policy/check", content=b" " * 4 * 2**20)
    problem(answer, 422, "ORD0952")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/diffs/0badc0de", "ORD0912"),
        ("/diffs/0badc0de/page", "ORD0912"),
        ("/imports/import-none", "ORD0912"),
        ("/enforcements/run-none", "ORD0912"),
        ("/enforcements/run-none/outcomes", "ORD0912"),
        ("/jobs/job-none", "ORD0956"),
        ("/explanations?person=9999", "ORD0936"),
        ("/persons/9999/history", "ORD0936"),
        ("/policy/graph?around=rule:none", "ORD0602"),
        ("/audit/proofs/inclusion?index=100000", "ORD0912"),
        ("/audit/proofs/consistency?old=100000", "ORD0912"),
    ],
)
def test_what_is_not_there(shared: Evaluated, path: str, code: str) -> None:
    problem(shared.house.caller(Right.ADMIN).get(f"{API}{path}"), 404, code)


def test_a_diff_is_never_the_name_of_a_file(shared: Evaluated) -> None:
    for name in ("..", "%2e%2e", "ordain.toml", "%2Fetc%2Fpasswd", "3F9A0C51"):
        answer = shared.house.caller(Right.ADMIN).get(f"{API}/diffs/{name}")
        assert answer.status_code in {404, 422}, answer.text
        assert str(shared.house.root) not in answer.text


def test_a_mistake_of_ours_shows_nothing_of_itself(empty: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is swordfish")

    monkeypatch.setattr("api.http.routes.ledger.read_ledger", burst)
    monkeypatch.setattr("api.http.routes.imports.import_people", burst)
    answer = empty.caller(Right.ADMIN).get(f"{API}/ledger")
    problem(answer, 500, "ORD0959")
    assert "swordfish" not in answer.text
    found = empty.failed(Right.ADMIN, "/imports")
    assert found["code"] == "ORD0959"
    assert "swordfish" not in str(found)


def test_a_store_that_is_away_asks_to_come_back(empty: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise TransientError(Diagnostic(service.STORE_BUSY, "The store is locked."), retry_after_seconds=7)

    monkeypatch.setattr("api.http.routes.ledger.read_ledger", away)
    answer = empty.caller(Right.ADMIN).get(f"{API}/ledger")
    problem(answer, 503, "ORD0902")
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DataError(Diagnostic(sources.FILE_MISSING, "")), 422),
        (UsageError(Diagnostic(service.AMBIGUOUS_ID, "")), 400),
        (RefusedError(Diagnostic(enforcement.STALE_POLICY, "")), 409),
        (TransientError(Diagnostic(service.STORE_BUSY, "")), 503),
        (OrdainError(Diagnostic(enforcement.TARGET_UNREADABLE, "")), 502),
        (OrdainError(Diagnostic(service.STORE_DAMAGED, "")), 500),
    ],
)
def test_each_kind_of_error_has_its_status(error: OrdainError, status: int) -> None:
    assert status_of(error) == status
