"""Reading: diffs and their lines, files, pages, explanations, books, graph, and rules that are only checked."""

import base64
import hashlib
import json
import re

import pytest

from api.store.checkpoint import read_checkpoint
from api.usecases.keys import read_trust
from api.usecases.tokens import Right
from engine.trust.disclosure import verify_disclosure
from engine.trust.merkle import verify_consistency, verify_inclusion
from engine.trust.verifying import verify_diff
from policy.statements import DiffFiles, Expectation
from tests.servers.service import API, House
from tests.unit.api.http.conftest import Evaluated


def lines_of(shared: Evaluated, **asked: object) -> dict[str, object]:
    answer = shared.house.caller(Right.REVIEWER).get(f"{API}/diffs/{shared.diff}/lines", params=asked)  # type: ignore[arg-type]  # as httpx writes them
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def every_line(shared: Evaluated) -> list[dict[str, object]]:
    found = lines_of(shared, limit=1000)["items"]
    assert isinstance(found, list)
    return found


def test_a_diff_is_found_by_the_beginning_of_its_id(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.AUTHOR)
    whole = caller.get(f"{API}/diffs/{shared.diff}").json()
    assert caller.get(f"{API}/diffs/{shared.diff[:8]}").json() == whole
    assert whole["diff"] == shared.diff
    assert whole["line_count"] == len(every_line(shared)) == sum(one["count"] for one in whole["totals"])
    assert caller.get(whole["lines"]).json()["total"] == whole["line_count"]


def test_lines_come_in_pages_that_follow_each_other(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.REVIEWER)
    found, address, pages = [], f"{API}/diffs/{shared.diff}/lines?limit=7", 0
    while address is not None:
        page = caller.get(address).json()
        found += page["items"]
        address, pages = page["next"], pages + 1
    assert found == every_line(shared)
    assert [line["n"] for line in found] == list(range(len(found)))
    assert pages == -(-len(found) // 7) > 1


@pytest.mark.parametrize("name", ["person", "target", "op", "status"])
def test_lines_are_filtered(shared: Evaluated, name: str) -> None:
    everything = every_line(shared)
    for value in {str(line[name]) for line in everything}:
        wanted = [line for line in everything if line[name] == value]
        page = lines_of(shared, **{name: value, "limit": 1000})
        assert page["items"] == wanted
        assert page["total"] == len(wanted)


def test_filters_work_together_and_keep_to_the_next_page(shared: Evaluated) -> None:
    page = lines_of(shared, person="1003", op="grant", limit=1)
    assert isinstance(page["total"], int)
    assert page["total"] > 1
    following = shared.house.caller(Right.REVIEWER).get(str(page["next"])).json()
    assert following["items"][0]["person"] == "1003"
    assert following["offset"] == 1
    assert lines_of(shared, person="nobody") == {"total": 0, "offset": 0, "limit": 100, "next": None, "items": []}


def test_the_files_verify_without_us(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.REVIEWER)
    names = ("diff.dsse.json", "lines.ndjson", "salts.ndjson")
    answers = [caller.get(f"{API}/diffs/{shared.diff}/files/{name}") for name in names]
    assert [one.headers["Content-Disposition"] for one in answers] == [f'attachment; filename="{one}"' for one in names]
    tools = shared.house.tools
    verified = verify_diff(
        DiffFiles(*(one.content for one in answers)), read_trust(tools.workspace), Expectation(tools.now())
    )
    assert verified.id == shared.diff
    assert verified.root_checked
    missing = caller.get(f"{API}/diffs/{shared.diff}/files/execution.dsse.json")
    assert missing.status_code == 404
    assert missing.json()["code"] == "ORD0912"


def test_one_line_is_proved_without_the_others(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.REVIEWER).get(f"{API}/diffs/{shared.diff}/lines/3/disclosure")
    disclosed = verify_disclosure(answer.content, read_trust(shared.house.tools.workspace))
    assert disclosed.line.n == 3
    assert shared.house.caller(Right.REVIEWER).get(f"{API}/diffs/{shared.diff}/lines/99999/disclosure").is_client_error


def test_the_page_runs_its_own_script_alone(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.REVIEWER).get(f"{API}/diffs/{shared.diff}/page")
    assert answer.headers["Content-Type"].startswith("text/html")
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert len(hashes) == 1
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'sha256-{hashes[0]}'" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_explanations_say_why_and_why_not(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.AUTHOR)
    asked = {"person": "1003", "as_of": "2026-03-01"}
    everything = caller.get(f"{API}/explanations", params=asked).json()
    assert {one["name"] for one in everything["answers"]} >= {"All staff", "Ward W1"}
    why_not = caller.get(f"{API}/explanations", params={**asked, "entitlement": 'permission "Prescribe" in ad'}).json()
    assert [one["entitled"] for one in why_not["answers"]] == [False]
    wrong = caller.get(f"{API}/explanations", params={**asked, "entitlement": "everything"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "ORD0937")


def test_a_forecast_looks_ahead_from_what_is_managed(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.REVIEWER)
    asked = {"from": "2026-03-02", "until": "2026-06-30", "lines": "true", "person": "1009"}
    found = caller.get(f"{API}/forecast", params=asked).json()
    assert [(day["day"], {one["person"] for one in day["lines"]}) for day in found["days"]] == [
        ("2026-03-10", {"1009"})
    ]
    assert found["only"]["persons"] == ["1009"]
    backwards = caller.get(f"{API}/forecast", params={"from": "2026-03-02", "until": "2026-03-01"})
    assert (backwards.status_code, backwards.json()["code"]) == (400, "ORD1401")


def test_a_history_begins_with_the_first_import(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.ADMIN).get(f"{API}/persons/1003/history").json()
    assert answer["person"] == "1003"
    assert all(one["import"].startswith("import-") for one in answer["changes"])


def test_a_person_may_have_any_id(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.ADMIN).get(f"{API}/persons/NL%2F1003%3F/history")
    assert answer.json()["code"] == "ORD0936"
    assert "NL/1003?" in answer.json()["detail"]


def test_the_audit_log_proves_itself(shared: Evaluated) -> None:
    admin, reader = shared.house.caller(Right.ADMIN), shared.house.caller(Right.ENFORCER)
    signed = admin.post(f"{API}/audit/checkpoint")
    assert signed.status_code == 201
    checkpoint = read_checkpoint(reader.get(f"{API}/audit/checkpoint").json()["checkpoint"])
    assert checkpoint is not None
    entries = admin.get(f"{API}/audit/entries", params={"limit": 1000}).json()
    assert entries["total"] == len(entries["items"]) >= checkpoint.size
    assert {one["kind"] for one in entries["items"]} >= {"import.imported", "diff.evaluated", "token.created"}
    proof = reader.get(f"{API}/audit/proofs/inclusion", params={"index": 1, "size": checkpoint.size}).json()
    hashes = tuple(bytes.fromhex(one) for one in proof["proof"])
    leaf = bytes.fromhex(proof["leaf_hash"])
    assert proof["leaf_hash"] == entries["items"][1]["leaf_hash"]
    assert verify_inclusion(leaf, hashes, index=1, size=checkpoint.size, root=checkpoint.root)
    grown = reader.get(f"{API}/audit/proofs/consistency", params={"old": 2, "new": checkpoint.size}).json()
    assert verify_consistency(
        tuple(bytes.fromhex(one) for one in grown["proof"]),
        old_size=2,
        new_size=checkpoint.size,
        old_root=bytes.fromhex(grown["old_root"]),
        new_root=checkpoint.root,
    )


def test_before_anything_happened_there_is_nothing_to_read(empty: House) -> None:
    caller = empty.caller(Right.ADMIN)
    for path, name in {"/imports": "imports", "/diffs": "diffs", "/enforcements": "runs", "/jobs": "jobs"}.items():
        assert caller.get(API + path).json() == {name: []}
    assert caller.get(f"{API}/ledger").json()["items"] == []
    assert caller.get(f"{API}/audit/checkpoint").status_code == 404
    nobody = caller.get(f"{API}/explanations", params={"person": "1003"})
    assert (nobody.status_code, nobody.json()["code"]) == (409, "ORD0935")


@pytest.mark.parametrize("form", ["json", "text", "mermaid", "dot"])
def test_the_graph_is_written_in_every_form(shared: Evaluated, form: str) -> None:
    caller = shared.house.caller(Right.AUTHOR)
    whole = caller.get(f"{API}/policy/graph", params={"format": form})
    part = caller.get(f"{API}/policy/graph", params={"format": form, "around": "rule:care"})
    assert "prescribe-and-pay" in whole.text
    assert "care-basics" in part.text
    assert "prescribe-and-pay" not in part.text
    assert whole.headers["Content-Type"].startswith("application/json" if form == "json" else "text/plain")


def test_rules_that_lie_on_no_disk_are_checked(shared: Evaluated) -> None:
    caller = shared.house.caller(Right.AUTHOR)
    text = (shared.house.root / "rules" / "harbour.ordain").read_text(encoding="utf-8")
    fine = caller.post(f"{API}/policy/check", json={"files": {"harbour.ordain": text}}).json()
    assert fine["ok"]
    assert fine["rules"] == 3
    slip = text.replace("grant role care-basics", "grant role care-basic")
    answer = caller.post(f"{API}/policy/check", json={"files": {"new/harbour.ordain": slip}})
    assert answer.status_code == 200
    found = answer.json()
    assert not found["ok"]
    assert found["errors"] == len([one for one in found["problems"] if one["severity"] == "error"]) > 0
    place = found["problems"][0]["place"]
    assert place["path"] == "new/harbour.ordain"
    assert slip.splitlines()[place["line"] - 1][place["column"] - 1 :].startswith("care-basic")


@pytest.mark.parametrize("path", ["../harbour.ordain/", "/etc/passwd", "rules.txt", "a//b.ordain", "a\\b.ordain", ""])
def test_posted_rules_have_names_of_rules_files(shared: Evaluated, path: str) -> None:
    answer = shared.house.caller(Right.AUTHOR).post(f"{API}/policy/check", json={"files": {path: "x"}})
    assert answer.status_code == 422
    assert answer.json()["code"] == "ORD0952"


def test_no_rules_are_no_policy(shared: Evaluated) -> None:
    answer = shared.house.caller(Right.AUTHOR).post(f"{API}/policy/check", content=json.dumps({"files": {}}))
    assert answer.status_code == 422
