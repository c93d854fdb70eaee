"""The sql target: what it finds missing, what a database's refusal means, and values in the type of their column."""

import builtins
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from connectors.sql.configuration import SqlTargetConfig
from connectors.sql.connect import place
from connectors.sql.target import SqlTarget, open_sql_target
from connectors.sql.values import Declared, made_key, to_attribute, to_column, to_key
from policy.canonical import JsonValue
from policy.diagnostics import OrdainError, TransientError, UsageError
from policy.enforcement import Action, Call
from policy.targets import AccountPayload
from tests.conformance.target_samples import account, action, apply, payload

_SCHEMA = """
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, EmployeeId TEXT, Login TEXT UNIQUE, enabled BOOLEAN,
    begins DATE, hours NUMERIC, level INTEGER CHECK (level < 10), head BOOLEAN, cost TEXT REFERENCES costs (code),
    UNIQUE (begins, hours)
);
CREATE TABLE permissions (account_id INTEGER, permission TEXT);
CREATE TABLE costs (code TEXT PRIMARY KEY);
CREATE TABLE flags (id TEXT PRIMARY KEY, enabled TEXT, Login TEXT);
CREATE TABLE loose (id, enabled, Login);
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "erp.db", timeout=0)
    connection.executescript(_SCHEMA)
    yield connection
    connection.close()


def opened(root: Path, accounts: dict[str, Any] | None = None, **config: object) -> SqlTarget:
    table = {"table": "accounts", **(accounts or {})}
    settings = {"url": "sqlite:///erp.db", "permissions": {"table": "permissions"}, **config, "accounts": table}
    return open_sql_target("erp", SqlTargetConfig.model_validate(settings), root)


def create(target: SqlTarget) -> str:
    return apply(target, action(Call.CREATE), payload()).anchor


def refusal(target: SqlTarget, what: Action, mapped: AccountPayload | None = None) -> tuple[str, str]:
    before = target.observe()
    with pytest.raises(OrdainError) as refused:
        apply(target, what, mapped)
    assert target.observe() == before
    return refused.value.diagnostic.code, refused.value.diagnostic.detail


@pytest.mark.parametrize(
    ("accounts", "config", "said"),
    [
        ({"table": "nobody"}, {}, "erp.db) cannot be read: it has no table nobody"),
        ({"anchor": "guid"}, {}, "table accounts) cannot be read: it has no column guid (it has id, EmployeeId"),
        ({"enabled": "active"}, {}, "no column active"),
        ({"columns": {"Login": "logon"}}, {}, "no column logon"),
        ({"anchor_from": "ordain"}, {}, "its key id is a number"),
        ({}, {"permissions": {"table": "rights"}}, "no table rights"),
        ({}, {"permissions": {"table": "permissions", "account": "who"}}, "no column who"),
        ({}, {"permissions": {"table": "permissions", "name": "what"}}, "no column what"),
        ({}, {"permissions": {"table": "permissions", "listed": {"table": "rights"}}}, "no table rights"),
        ({}, {"permissions": {"table": "permissions", "listed": {"table": "costs"}}}, "no column name"),
        ({}, {"url": "sqlite:///nowhere.db"}, "there is no such file"),
        ({}, {"url": "oracle8://host/x"}, "no address of a kind of database"),
    ],
)
@pytest.mark.usefixtures("database")
def test_what_is_missing_is_named_at_opening(
    tmp_path: Path, accounts: dict[str, Any], config: dict[str, Any], said: str
) -> None:
    with pytest.raises(OrdainError) as refused:
        opened(tmp_path, accounts, **config)
    assert refused.value.diagnostic.code == "ORD0820"
    assert said in refused.value.diagnostic.detail
    assert not (tmp_path / "nowhere.db").exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "erp.db").write_bytes(b"certainly no database" * 100)
    with pytest.raises(OrdainError) as refused:
        opened(tmp_path)
    assert refused.value.diagnostic.code == "ORD0824"


def test_a_driver_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> object:  # noqa: ANN401  # whatever an import takes
        if name in {"psycopg", "pyodbc"} and rest[3:] in {(), (0,)}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    for name in [one for one in sys.modules if one.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    for url, hint in (("postgresql://h/x", "ordain[postgresql]"), ("mssql+pyodbc://h/x", "the module pyodbc")):
        with pytest.raises(OrdainError) as refused:
            opened(tmp_path, url=url)
        assert refused.value.diagnostic.code == "ORD0824"
        assert hint in str(refused.value.diagnostic.hint)


def test_a_server_that_does_not_answer_is_busy_and_no_password_is_told(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://ordain:hunter2@127.0.0.1:1/erp\n")
    with pytest.raises(TransientError) as refused:
        opened(tmp_path, url={"file": "url"})
    assert refused.value.diagnostic.code == "ORD0823"
    assert "hunter2" not in refused.value.diagnostic.detail
    engine = sa.create_engine("postgresql+psycopg://ordain:hunter2@127.0.0.1:1/erp")
    assert place(engine) == "postgresql database erp on 127.0.0.1"
    engine.dispose()


def test_a_secret_address_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("hunter2")
    with pytest.raises(OrdainError) as refused:
        opened(tmp_path, url={"file": "url"})
    assert "hunter2" not in refused.value.diagnostic.detail
    with pytest.raises(UsageError) as missing:
        opened(tmp_path, url={"env": "ORDAIN_TEST_NO_SUCH_VARIABLE"})
    assert missing.value.diagnostic.code == "ORD0404"


@pytest.mark.parametrize("url", ["postgresql://a:b@h/x", "postgresql://h/x?password=b", "no address"])
def test_a_password_has_no_place_in_the_file(url: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        SqlTargetConfig.model_validate({"url": url, "accounts": {"table": "accounts"}})
    assert "Value error" in str(wrong.value)


def test_the_two_values_of_enabled_differ() -> None:
    with pytest.raises(ValidationError):
        SqlTargetConfig.model_validate({"url": "sqlite:///x", "accounts": {"table": "a", "enabled_values": [1, True]}})


def test_a_constraint_says_which_column(tmp_path: Path, database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO accounts (Login, begins, hours) VALUES ('taken', '2026-01-01', 8)")
    database.commit()
    target = opened(tmp_path)
    code, text = refusal(target, action(Call.CREATE), payload(Login="taken"))
    assert code == "ORD0822"
    assert "the Login that was mapped for person P1" in text
    code, text = refusal(target, action(Call.CREATE), payload(begins="2026-01-01", hours="8"))
    assert code == "ORD0822"
    assert "begins and hours" in text


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"level": "12"}, "CHECK constraint failed"),
        ({"cost": "none"}, "FOREIGN KEY constraint failed"),
        ({"level": "high"}, "a value is no integer, as the column level wants one"),
        ({"begins": "tomorrow"}, "a value is no date, as the column begins wants one"),
        ({"head": "perhaps"}, "a value is no boolean"),
    ],
)
@pytest.mark.usefixtures("database")
def test_another_refusal_is_no_taken_value(tmp_path: Path, attributes: dict[str, str], said: str) -> None:
    target = opened(tmp_path)
    code, text = refusal(target, action(Call.CREATE), payload(**attributes))
    assert code == "ORD0824"
    assert said in text
    assert not target.probe(action(Call.CREATE), payload(**attributes)).effective


@pytest.mark.usefixtures("database")
def test_an_attribute_without_a_column_is_named(tmp_path: Path) -> None:
    target = opened(tmp_path)
    code, text = refusal(target, action(Call.CREATE), payload(Mail="x"))
    assert code == "ORD0820"
    assert "no column Mail" in text
    with pytest.raises(OrdainError):
        target.is_unique("Mail", "x", but_anchor=None)
    with pytest.raises(OrdainError) as refused:
        target.is_unique("level", "high", but_anchor=None)
    assert refused.value.diagnostic.code == "ORD0824"


@pytest.mark.usefixtures("database")
def test_without_a_table_of_permissions_none_can_be_granted(tmp_path: Path) -> None:
    target = opened(tmp_path, permissions=None)
    anchor = create(target)
    for call in (Call.ADD_PERMISSION, Call.REMOVE_PERMISSION):
        code, text = refusal(target, action(call, anchor, name="Pay"))
        assert code == "ORD0824"
        assert "cannot be granted or revoked" in text
    apply(target, action(Call.DELETE, anchor))
    assert target.observe().accounts == ()


def test_the_permissions_there_are_stand_in_a_table_of_their_own(tmp_path: Path, database: sqlite3.Connection) -> None:
    assert opened(tmp_path).observe().permissions is None
    listed = {"table": "costs", "name": "code"}
    target = opened(tmp_path, permissions={"table": "permissions", "listed": listed})
    assert target.observe().permissions == frozenset()
    database.executescript("INSERT INTO costs VALUES ('SEC-Nurse'), ('SEC-Doctor'), (NULL)")
    assert target.observe().permissions == {"SEC-Nurse", "SEC-Doctor"}


def test_a_locked_database_is_busy_until_it_is_not(tmp_path: Path, database: sqlite3.Connection) -> None:
    target = opened(tmp_path)
    database.execute("BEGIN IMMEDIATE")
    with pytest.raises(TransientError) as refused:
        target.apply(action(Call.CREATE), payload(), timeout_seconds=0.05)
    assert refused.value.diagnostic.code == "ORD0823"
    assert target.observe().accounts == ()
    database.rollback()
    assert create(target)


def test_a_reader_in_the_way_of_the_commit_is_busy_and_nothing_is_in_doubt(
    tmp_path: Path, database: sqlite3.Connection
) -> None:
    target = opened(tmp_path)
    database.execute("BEGIN")
    database.execute("SELECT * FROM accounts").fetchall()  # holds the file's shared lock
    with pytest.raises(TransientError):
        target.apply(action(Call.CREATE), payload(), timeout_seconds=0.05)
    database.rollback()
    assert target.observe().accounts == ()


def test_a_database_locked_for_reading_too_is_busy(tmp_path: Path, database: sqlite3.Connection) -> None:
    target = opened(tmp_path)
    database.execute("BEGIN EXCLUSIVE")
    target.engine.dispose()
    with pytest.raises(TransientError) as refused:
        target.is_unique("Login", "x", but_anchor=None)
    assert refused.value.diagnostic.code == "ORD0823"
    database.rollback()


def test_a_table_that_vanished_is_unreadable(tmp_path: Path, database: sqlite3.Connection) -> None:
    target = opened(tmp_path)
    database.execute("DROP TABLE permissions")
    with pytest.raises(OrdainError) as refused:
        target.observe()
    assert refused.value.diagnostic.code == "ORD0820"
    with pytest.raises(OrdainError) as refused:
        apply(target, action(Call.DELETE, "1"))
    assert refused.value.diagnostic.code == "ORD0824"


@pytest.mark.parametrize("rows", ["(NULL, 1, 'x')", "(7, 1, 'x'), (7, 1, 'y')"])
def test_rows_that_nobody_can_tell_apart_are_unreadable(
    tmp_path: Path, database: sqlite3.Connection, rows: str
) -> None:
    database.execute(f"INSERT INTO loose VALUES {rows}")
    database.commit()
    with pytest.raises(OrdainError) as refused:
        opened(tmp_path, {"table": "loose"}).observe()
    assert refused.value.diagnostic.code == "ORD0820"


@pytest.mark.usefixtures("database")
def test_values_take_the_type_of_their_column_and_come_back_as_texts(tmp_path: Path) -> None:
    target = opened(tmp_path)
    mapped = payload(begins="2026-03-01T00:00:00Z", hours="36.50", level="3", head="true", cost="")
    anchor = apply(target, action(Call.CREATE), payload()).anchor
    apply(target, action(Call.UPDATE, anchor), AccountPayload({**mapped.attributes, "cost": None}, {}))
    found = account(target, anchor)
    assert found is not None
    assert found.attributes == {
        "EmployeeId": "P1",
        "Login": "login-p1",
        "begins": "2026-03-01",
        "hours": "36.5",
        "level": 3,
        "head": "true",
        "cost": None,
    }
    assert target.probe(action(Call.UPDATE, anchor), mapped).effective
    assert not target.is_unique("begins", "2026-03-01", but_anchor=None)


def test_one_odd_row_does_not_stop_the_reading_of_all(tmp_path: Path, database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO accounts (Login, begins, hours, head) VALUES ('odd', 'soon', 'many', 'maybe')")
    database.commit()
    attributes = opened(tmp_path).observe().accounts[0].attributes
    assert (attributes["begins"], attributes["hours"], attributes["head"]) == ("soon", "many", "maybe")


def test_words_for_enabled_are_those_of_the_application(tmp_path: Path, database: sqlite3.Connection) -> None:
    target = opened(tmp_path, {"table": "flags", "anchor_from": "ordain", "enabled_values": ["A", "B"]})
    anchor = apply(target, action(Call.CREATE), AccountPayload({"Login": "x"}, {})).anchor
    assert database.execute("SELECT enabled FROM flags").fetchall() == [("B",)]
    apply(target, action(Call.ENABLE, anchor))
    assert database.execute("SELECT enabled FROM flags").fetchall() == [("A",)]
    assert target.observe().accounts[0].enabled


def test_a_creation_in_doubt_is_found_by_correlation_or_by_all_it_wrote(
    tmp_path: Path, database: sqlite3.Connection
) -> None:
    target = opened(tmp_path)
    what = action(Call.CREATE)
    assert target.probe(what, payload()).result.anchor == ""
    anchor = create(target)
    assert target.probe(what, payload(Login="changed since")).result.anchor == anchor
    blind = Action(what.action_id, 0, what.key, what.op, what.call, 1)
    assert target.probe(blind, payload()).result.anchor == anchor
    assert not target.probe(blind, payload(Login="another")).effective
    assert not target.probe(blind, None).effective
    database.execute("INSERT INTO accounts (EmployeeId) VALUES ('P1')")
    database.commit()
    with pytest.raises(OrdainError) as unclear:  # two that may be it: it stays in doubt, and nothing is sent
        target.probe(what, payload())
    assert "2 accounts look like" in unclear.value.diagnostic.detail


def test_a_connection_lost_while_committing_leaves_a_doubt(
    tmp_path: Path, database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = opened(tmp_path)

    def lost(_: object) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, sqlite3.OperationalError("the disk is gone"))

    monkeypatch.setattr(sa.Connection, "commit", lost)
    with pytest.raises(TimeoutError):
        apply(target, action(Call.CREATE), payload())
    assert database.execute("SELECT * FROM accounts").fetchall() == []


@pytest.mark.parametrize(
    ("value", "kind", "typed", "expected"),
    [
        (None, sa.Integer(), True, None),
        ("", sa.Date(), True, None),
        ("", sa.String(), True, ""),
        (True, sa.String(), True, "true"),
        ("true", sa.Integer(), True, 1),
        ("0", sa.Boolean(), True, False),
        ("2026-03-01T00:00:00Z", sa.Date(), True, date(2026, 3, 1)),
        ("2026-03-01T01:00:00+01:00", sa.DateTime(), True, datetime(2026, 3, 1)),  # noqa: DTZ001  # the column has no zone
        ("2026-03-01T00:00:00Z", sa.DateTime(timezone=True), True, datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01 10:00", sa.DateTime(), False, "2026-03-01 10:00"),
        ("0.80", sa.Numeric(), True, Decimal("0.80")),
        ("0.5", sa.Float(), True, 0.5),
        (["a"], sa.JSON(), True, ["a"]),
        (["a"], sa.Text(), True, '["a"]'),
        ("00000000000040008000000000000001", sa.Uuid(), True, UUID("00000000-0000-4000-8000-000000000001")),
    ],
)
def test_a_value_on_its_way_into_a_column(value: JsonValue, kind: Declared, *, typed: bool, expected: object) -> None:
    assert to_column(value, kind, typed=typed) == expected


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (True, sa.Boolean(), "true"),
        (0, sa.Boolean(), "false"),
        (2**60, sa.BigInteger(), str(2**60)),
        (36.0, sa.Float(), "36"),
        (float("inf"), sa.Float(), "inf"),
        (Decimal("36.50"), sa.Numeric(), "36.5"),
        (datetime(2026, 3, 1, tzinfo=UTC), sa.DateTime(), "2026-03-01T00:00:00+00:00"),
        (datetime(2026, 3, 1, 8), sa.DateTime(), "2026-03-01T08:00:00"),  # noqa: DTZ001  # the column has no zone
        (date(2026, 3, 1), sa.Date(), "2026-03-01"),
        (b"\x01\xff", sa.LargeBinary(), "01ff"),
        (memoryview(b"\x01"), sa.LargeBinary(), "01"),
        (["a", "b"], sa.JSON(), ["a", "b"]),
        ([1.5], sa.JSON(), "[1.5]"),
        ({"é": 1}, sa.JSON(), '{"é": 1}'),
        (UUID(int=1), sa.Uuid(), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_on_its_way_out_of_a_column(value: object, kind: Declared, expected: JsonValue) -> None:
    assert to_attribute(value, kind) == expected


def test_keys_are_of_the_type_of_their_column() -> None:
    assert to_key("12", sa.Integer()) == 12
    assert to_key("x", sa.String()) == "x"
    assert to_key(made_key("ab" * 32, sa.Uuid()), sa.Uuid()) == UUID("ab" * 16)
    assert made_key("ab" * 32, sa.String()) == "ab" * 32
