"""The description of the service: for every operation a summary, problems as they come, and an example that is true."""

from typing import Any

import jsonschema
import pytest

from api.usecases.tokens import Right
from tests.unit.api.http.conftest import Evaluated

PROBLEM = "application/problem+json"


@pytest.fixture(scope="session")
def document(shared: Evaluated) -> dict[str, Any]:
    found: dict[str, Any] = shared.house.caller().get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_summary_problem_and_example(document: dict[str, Any]) -> None:
    assert len(operations(document)) > 30
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert PROBLEM in operation["responses"]["4XX"]["content"], where
        fine = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert len(fine) == 1, where
        assert all("example" in content for content in fine[0]["content"].values()), where
        if "requestBody" in operation:
            assert all("example" in content for content in operation["requestBody"]["content"].values()), where


def test_problems_follow_their_own_schema(document: dict[str, Any], shared: Evaluated) -> None:
    schema = document["components"]["schemas"]["Problem"]
    examples = [
        content["example"]
        for _, _, operation in operations(document)
        for answer in operation["responses"].values()
        for media, content in answer.get("content", {}).items()
        if media == PROBLEM and "example" in content
    ]
    real = shared.house.caller().get("/api/v1/nowhere").json()
    for problem in [*examples, real]:
        jsonschema.validate(problem, schema)
    assert real["code"] == "ORD0953"


def test_request_examples_are_taken(document: dict[str, Any]) -> None:
    checked = 0
    for _, path, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "schema" in content:
                whole = {**content["schema"], "components": document["components"]}
                jsonschema.validate(content["example"], whole)
                checked += 1
            else:
                assert path.endswith("/approvals"), "an envelope is taken byte for byte"
    assert checked >= 5


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/jobs",
        "/imports",
        "/diffs",
        "/diffs/{diff}",
        "/diffs/{diff}/lines",
        "/diffs/{diff}/approvals",
        "/enforcements",
        "/ledger",
        "/audit/entries",
        "/audit/proofs/inclusion",
        "/audit/proofs/consistency",
        "/explanations",
        "/forecast",
        "/persons/{person}/history",
        "/policy/graph",
    ],
)
def test_answers_have_the_names_their_example_has(document: dict[str, Any], shared: Evaluated, path: str) -> None:
    operation = document["paths"][f"/api/v1{path}"]["get"]
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    asked = {"index": 0, "old": 1} if "proofs" in path else {"person": "1003"} if path == "/explanations" else {}
    address = path.format(diff=shared.diff, person="1003") if "{" in path else path
    answer = shared.house.caller(Right.ADMIN).get(f"/api/v1{address}", params=asked)
    assert answer.status_code == 200, answer.text
    assert set(example) - set(answer.json()) == set()


def test_the_page_for_people_lists_everything_and_fetches_nothing(document: dict[str, Any], shared: Evaluated) -> None:
    answer = shared.house.caller().get("/docs")
    assert all(f"<code>{path}</code>" in answer.text for path in document["paths"])
    assert "<script" not in answer.text
    assert "https://" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
