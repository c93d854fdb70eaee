"""Killed with SIGKILL a hundred times in the middle of enforcements: afterwards every action was done exactly once."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.compose import open_tools
from api.store.records import RunState
from api.usecases.approve import Review, approve_diff
from api.usecases.books import verify_audit
from api.usecases.bundle import write_bundle
from api.usecases.evaluate import evaluate_workspace
from api.usecases.import_people import import_people
from api.usecases.keys import create_key, find_reviewer, read_trust
from api.usecases.sign import sign_evaluation
from api.usecases.verify import gather_files, verify_gathered
from policy.canonical import JsonValue
from policy.diff import Op
from policy.enforcement import ActionState
from policy.entitlements import Kind
from policy.statements import Decision
from policy.trust import TrustRole
from tests.servers.postgresql import ServerMissingError, fresh_schema, running_postgresql
from tests.simulation.town import fields_file, mapped

DRIVER = Path(__file__).with_name("sigkill_driver.py")
ROOT = Path(__file__).resolve().parents[2]
REVIEWER = "rita@town.example"
RULES = """
policy "Town"
    language 1
    timezone "UTC"
end
target ad "Directory"
end
target erp "Resources"
    depends on ad using login
end
rule everybody "Everybody"
    grant account in ad
    grant access in ad
    grant permission "All" in ad
    grant account in erp
    grant access in erp
    grant permission "Orders" in erp
end
"""
SETTINGS = """
[workspace]
name = "town"
[database]
url = {{ file = "database-url" }}
[enforcement]
timeout_seconds = 0.2
lease_seconds = 5
attempts = 20
[sources.hr]
connector = "vault"
file = "hr.json"
[targets.ad]
connector = "csv"
file = "out/ad.csv"
fields = "ad.json"
correlate = {{ person = "ExternalId", account = "Number" }}
[targets.erp]
connector = "sql"
url = "sqlite:///erp.db"
fields = "erp.json"
correlate = {{ person = "ExternalId", account = "Number" }}
[targets.erp.accounts]
table = "people"
columns = {{ Number = "number", Account = "account" }}
[targets.erp.permissions]
table = "grants"
"""
# The target keeps a journal of what really changes in it. It makes its keys itself, so what is sent twice shows twice.
TABLES = """
CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, account TEXT, enabled INTEGER NOT NULL);
CREATE TABLE grants (account_id INTEGER NOT NULL, permission TEXT NOT NULL);
CREATE TABLE journal (what TEXT, who TEXT);
CREATE TRIGGER a AFTER INSERT ON people BEGIN INSERT INTO journal VALUES ('grant account', NEW.number); END;
CREATE TRIGGER b AFTER DELETE ON people BEGIN INSERT INTO journal VALUES ('revoke account', OLD.number); END;
CREATE TRIGGER c AFTER UPDATE ON people WHEN OLD.account IS NOT NEW.account
    BEGIN INSERT INTO journal VALUES ('update account', NEW.number); END;
CREATE TRIGGER d AFTER UPDATE ON people WHEN OLD.enabled IS NOT NEW.enabled
    BEGIN INSERT INTO journal
    VALUES (CASE NEW.enabled WHEN 1 THEN 'grant' ELSE 'revoke' END || ' access', NEW.number); END;
CREATE TRIGGER e AFTER INSERT ON grants BEGIN INSERT INTO journal
    VALUES ('grant permission', (SELECT number FROM people WHERE id = NEW.account_id)); END;
CREATE TRIGGER f AFTER DELETE ON grants BEGIN INSERT INTO journal
    VALUES ('revoke permission', (SELECT number FROM people WHERE id = OLD.account_id)); END;
"""
AD_FIELDS = [mapped("Number", "Person.ExternalId", "Create"), mapped("Login", "Person.UserName", stored=True)]
ERP_FIELDS = [mapped("Number", "Person.ExternalId", "Create"), mapped("Account", "Person.Accounts.ad.Login")]


class Place:
    """A workspace of its own with real targets on disk."""

    def __init__(self, root: Path, database: str | None = None) -> None:
        self.root = root
        for name, text in {
            "rules/town.ordain": RULES,
            "ordain.toml": SETTINGS.format(),
            "database-url": database or f"sqlite:///{root}/.ordain/ordain.db",
            "ad.json": fields_file(*AD_FIELDS),
            "erp.json": fields_file(*ERP_FIELDS),
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        with sqlite3.connect(root / "erp.db") as connection:
            connection.executescript(TABLES)
        connection.close()
        with open_tools(root) as tools:
            create_key(tools.workspace, REVIEWER, [TrustRole.REVIEWER])

    def approve(self, people: dict[str, str]) -> str:
        """Import people (number → login), evaluate and approve; the id of the diff."""
        persons: list[JsonValue] = [
            {
                "ExternalId": number,
                "DisplayName": number,
                "UserName": login,
                "Contracts": [{"ExternalId": "1", "StartDate": "2020-01-01", "EndDate": None}],
            }
            for number, login in people.items()
        ]
        hr = json.dumps({"Persons": persons, "Departments": []})
        (self.root / "hr.json").write_text(hr, encoding="utf-8")
        with open_tools(self.root, actor="operator") as tools:
            import_people(tools)
            diff = sign_evaluation(tools, evaluate_workspace(tools)).signed.id
            signer, whose = find_reviewer(tools.workspace, person=REVIEWER, key_file=None)
            approve_diff(tools, diff, Review(whose, Decision.APPROVE), signer=signer)
        return diff

    def drive(self, diff: str, *terms: float) -> dict[str, float]:
        """Enforce in processes of their own; see the driver."""
        words = [sys.executable, str(DRIVER), str(self.root), diff, *map(str, terms)]
        done = subprocess.run(
            words,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "ORDAIN_ACTOR": "operator"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, float] = json.loads(done.stdout)
        return found

    def holdings(self) -> dict[str, list[tuple[str, ...]]]:
        """Everything in both targets, in an order of its own."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for name in ("ad", "ad-permissions"):
            path = self.root / "out" / f"{name}.csv"
            with path.open(encoding="utf-8", newline="") as file:
                found[name] = sorted(tuple(f"{key}={row[key]}" for key in sorted(row)) for row in csv.DictReader(file))
        people = "SELECT number, account, enabled FROM people"
        grants = "SELECT number, permission FROM grants JOIN people ON id = account_id"
        return {
            **found,
            "erp": sorted(map(str_row, self.query(people))),
            "grants": sorted(map(str_row, self.query(grants))),
        }

    def query(self, text: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.root / "erp.db")
        try:
            return connection.execute(text).fetchall()
        finally:
            connection.close()

    def take_journal(self) -> Counter[tuple[str, ...]]:
        """Effects in `erp` since the last time."""
        found = Counter(map(str_row, self.query("SELECT what, who FROM journal")))
        connection = sqlite3.connect(self.root / "erp.db")
        connection.execute("DELETE FROM journal")
        connection.commit()
        connection.close()
        return found

    def check(self, diff: str) -> None:
        """Every action done once; ledger, audit log, targets and statement tell the same story."""
        journal = self.take_journal()
        with open_tools(self.root) as tools:
            with tools.store.read() as tx:
                run = tx.runs.get(tx.diffs.get(diff).consumed_by or "")
                actions, entries = tx.actions.of_run(run.id), [one.event for one in tx.audit.entries()]
                managed = tx.ledger.state()
            assert run.state is RunState.DONE
            assert {one.state for one in actions} == {ActionState.DONE}
            effects = Counter(
                (f"{one.op} {one.key.kind}", one.key.person) for one in actions if one.key.target == "erp"
            )
            assert journal == effects
            ended = Counter(
                one.subject for one in entries if one.kind == "action.ended" and one.details["run"] == run.id
            )
            assert ended == Counter(str(one.key) for one in actions)
            assert [one.subject for one in entries if one.kind == "run.ended"].count(run.id) == 1
            assert verify_audit(tools).intact
            in_ad = set(self.holdings()["ad"])
            accounts = [key for key in managed.entries if key.target == "ad" and key.kind is Kind.ACCOUNT]
            assert len(in_ad) == len(accounts)
            assert len(managed.entries) == 6 * len(accounts)
            write_bundle(tools, diff, self.root / "bundles" / diff)
            files = gather_files([self.root / "bundles" / diff])
            report = verify_gathered(files, read_trust(tools.workspace), datetime.now(UTC))
            assert report.ok
            assert report.execution is not None
            # A change in `ad` reaches `erp` through stored account data: in the next diff.
            assert {(one.op, one.key.target) for one in evaluate_workspace(tools).diff.lines} <= {(Op.UPDATE, "erp")}


def str_row(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, row))


def everybody(count: int, year: int) -> dict[str, str]:
    """People of a year: some leave, some come, some get another login."""
    numbers = [number for number in range(year, year + count) if (number + year) % 3]
    return {f"P{number}": f"login{number}-{(number + year) % 5 == 0}" for number in numbers}


def kill_through(place: Place, twin: Place, *, kills: int, count: int) -> None:
    """Enforce year after year, killed in one place and unharmed in the other, until there were enough kills."""
    killed, in_the_middle, year = 0, 0, 0
    while killed < kills:
        year += 4
        people = everybody(count, year)
        diff, same = place.approve(people), twin.approve(people)
        unharmed = twin.drive(same)
        found = place.drive(diff, year, unharmed["working"] / 5)
        killed += int(found["kills"])
        in_the_middle += int(found["in the middle"])
        assert place.holdings() == twin.holdings()
        place.check(diff)
        twin.check(same)
        assert year < 200, "the kills come too late to hit anything"
    assert in_the_middle > kills / 4, "the kills come too early to hit anything"


@pytest.mark.timeout(600)
def test_a_hundred_kills(tmp_path: Path) -> None:
    kill_through(Place(tmp_path / "killed"), Place(tmp_path / "twin"), kills=100, count=12)


@pytest.fixture
def postgresql_store() -> Iterator[str]:
    """Address of an empty schema of a real PostgreSQL."""
    server = running_postgresql()
    try:
        url = server.__enter__()
    except ServerMissingError as missing:
        if os.environ.get("ORDAIN_REQUIRE_SERVERS"):
            raise
        pytest.skip(str(missing))
    try:
        yield fresh_schema(url)
    finally:
        server.__exit__(None, None, None)


@pytest.mark.postgresql
@pytest.mark.timeout(300)
def test_kills_with_the_store_in_postgresql(tmp_path: Path, postgresql_store: str) -> None:
    place, twin = Place(tmp_path / "killed", postgresql_store), Place(tmp_path / "twin")
    kill_through(place, twin, kills=15, count=6)


def test_the_journal_would_show_what_happened_twice(tmp_path: Path) -> None:
    place = Place(tmp_path)
    diff = place.approve(everybody(3, 4))
    place.drive(diff)
    assert Op.GRANT.value in str(place.query("SELECT what FROM journal LIMIT 1"))
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        connection.execute(
            "INSERT INTO people (number, account, enabled) SELECT number, account, 0 FROM people LIMIT 1"
        )
    connection.close()
    with pytest.raises(AssertionError):
        place.check(diff)
