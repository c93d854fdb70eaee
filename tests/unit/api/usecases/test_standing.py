"""What stands in memory between requests: the same answers as without, and every change is noticed."""

import json
import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.compose import open_tools
from api.tools import Tools
from api.usecases.explain import explain_person
from api.usecases.import_people import import_people
from api.usecases.load_policy import load_policy
from api.usecases.snapshot_columns import load_columns
from api.usecases.standing import People, Prepared, Standing
from engine.columnar.persons import snapshot_of
from policy.diagnostics import DataError
from policy.entitlements import Entitlement, Kind
from policy.explanations import Explanation
from tests.servers.service import copy_workspace

DAY = date(2026, 3, 1)
ALL_STAFF = 'permission "All staff" in ad'


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    with open_tools(copy_workspace(tmp_path / "clinic"), actor="test") as tools:
        import_people(tools)
        yield tools


def rules_of(tools: Tools) -> Path:
    return tools.workspace.rules_folder / "harbour.ordain"


def let_settle(tools: Tools) -> None:
    """Make the files older than a moment: then their times tell them apart."""
    for path in tools.workspace.rules_folder.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    time.sleep(0.1)


def names(explanation: Explanation) -> set[str]:
    return {one.entitlement.name for one in explanation.answers}


def test_what_stands_answers_as_what_is_loaded(tools: Tools) -> None:
    standing = Standing(often=True)

    for person in snapshot_of(load_columns(tools)).external_ids():
        for asked in (None, ALL_STAFF, "account in ad", 'permission "Prescribe" in ad'):
            for day in (DAY, None):
                wanted = explain_person(tools, person, asked, as_of=day)
                assert explain_person(tools, person, asked, as_of=day, standing=standing) == wanted


def test_tables_answer_as_the_reference(tools: Tools) -> None:
    policy, columns = load_policy(tools.workspace).require(), load_columns(tools)
    people = People(columns, snapshot_of(columns))
    by_tables, by_reference = (Prepared(policy, people, DAY, often=often) for often in (True, False))

    for person in (*people.snapshot.external_ids(), "nobody"):
        for asked in (None, Entitlement("ad", Kind.ACCOUNT)):
            assert by_tables.explain(person, asked) == by_reference.explain(person, asked)


def test_nothing_is_loaded_twice_while_nothing_changes(tools: Tools) -> None:
    standing = Standing(often=True)
    let_settle(tools)
    first = standing.prepared(tools, DAY)

    assert standing.prepared(tools, DAY) is first
    assert standing.prepared(tools, None) is not first


def test_another_rule_is_noticed(tools: Tools) -> None:
    standing = Standing(often=True)
    let_settle(tools)
    before = explain_person(tools, "1001", as_of=DAY, standing=standing)
    rules_of(tools).write_text(rules_of(tools).read_text("utf-8").replace('"All staff"', '"Every one"'), "utf-8")

    after = explain_person(tools, "1001", as_of=DAY, standing=standing)

    assert names(before) - names(after) == {"All staff"}
    assert names(after) - names(before) == {"Every one"}


def test_changes_within_one_tick_of_the_clock_are_noticed(tools: Tools) -> None:
    standing = Standing()
    text = rules_of(tools).read_text("utf-8")
    for name in ("Team 1", "Team 2", "Team 3"):
        rules_of(tools).write_text(text.replace("All staff", name), "utf-8")
        assert name in names(explain_person(tools, "1001", as_of=DAY, standing=standing))


def test_a_new_file_is_noticed(tools: Tools) -> None:
    standing = Standing()
    let_settle(tools)
    standing.prepared(tools, DAY)
    more = 'rule extra "Extra"\n    grant permission "Extra" in ad\nend\n'
    (tools.workspace.rules_folder / "extra.ordain").write_text(more, "utf-8")

    assert "Extra" in names(explain_person(tools, "1001", as_of=DAY, standing=standing))


def test_rules_beside_our_own_files_stand_all_the_same(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path / "clinic")
    settings = root / "ordain.toml"
    settings.write_text(settings.read_text("utf-8").replace("[workspace]", '[workspace]\nrules = "."', 1), "utf-8")
    with open_tools(root, actor="test") as tools:
        import_people(tools)
        standing = Standing()
        time.sleep(0.1)
        first = standing.policy(tools.workspace)
        import_people(tools)
        (tools.workspace.state_folder / "anything").write_text("new", "utf-8")
        time.sleep(0.1)
        assert standing.policy(tools.workspace) is first


def test_rules_that_break_are_told_each_time(tools: Tools) -> None:
    standing = Standing()
    text = rules_of(tools).read_text("utf-8")
    rules_of(tools).write_text(text.replace("when staff", "when stuff"), "utf-8")
    let_settle(tools)
    for _ in range(2):
        with pytest.raises(DataError):
            standing.prepared(tools, DAY)
    rules_of(tools).write_text(text, "utf-8")
    assert "All staff" in names(explain_person(tools, "1001", as_of=DAY, standing=standing))


def test_a_new_import_is_noticed(tools: Tools) -> None:
    standing = Standing(often=True)
    let_settle(tools)
    assert "account" in {
        one.entitlement.kind.value for one in standing.prepared(tools, DAY).explain("1001", None).answers
    }
    vault = tools.workspace.root / "hr" / "vault.json"
    people = json.loads(vault.read_text("utf-8"))
    (ada,) = (one for one in people["Persons"] if one["ExternalId"] == "1001")
    ada["Contracts"][0]["EndDate"] = "2020-01-01T00:00:00Z"
    vault.write_text(json.dumps(people), "utf-8")
    import_people(tools)

    assert names(explain_person(tools, "1001", as_of=DAY, standing=standing)) == set()
