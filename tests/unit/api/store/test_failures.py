"""Every failure of a database in our words: which store, what to do, no password, nothing of a library."""

import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import exc

from api.store.connect import describe, read_address
from api.store.failures import in_our_words
from api.store.store import open_store
from policy.diagnostics import OrdainError, RefusedError, TransientError, UsageError

UNREACHABLE = "postgresql+psycopg://ordain:secret@127.0.0.1:1/ordain"


class DriverError(Exception):
    """What a driver raises."""

    def __init__(self, *, sqlstate: str | None = None, sqlite_errorcode: int | None = None) -> None:
        super().__init__("words of a library")
        self.sqlstate = sqlstate
        self.sqlite_errorcode = sqlite_errorcode


@pytest.mark.parametrize(
    ("error", "code", "passing"),
    [
        (DriverError(sqlite_errorcode=sqlite3.SQLITE_BUSY_SNAPSHOT), "ORD0902", True),
        (DriverError(sqlite_errorcode=sqlite3.SQLITE_FULL), "ORD0903", False),
        (DriverError(sqlite_errorcode=sqlite3.SQLITE_IOERR_WRITE), "ORD0901", True),
        (DriverError(sqlite_errorcode=sqlite3.SQLITE_CORRUPT), "ORD0904", False),
        (DriverError(sqlite_errorcode=sqlite3.SQLITE_CONSTRAINT), "ORD0908", False),
        (DriverError(sqlstate="55P03"), "ORD0902", True),
        (DriverError(sqlstate="53100"), "ORD0903", False),
        (DriverError(sqlstate="57P01"), "ORD0901", True),
        (DriverError(sqlstate="08006"), "ORD0901", True),
        (DriverError(sqlstate="XX001"), "ORD0904", False),
        (DriverError(sqlstate="23505"), "ORD0908", False),
        (DriverError(), "ORD0901", True),
    ],
)
def test_a_failure_is_translated(error: DriverError, code: str, *, passing: bool) -> None:
    with pytest.raises(OrdainError) as said, in_our_words("state.db"):
        raise exc.OperationalError("SELECT 1", {}, error)
    assert said.value.diagnostic.code == code
    assert "state.db" in said.value.diagnostic.detail
    assert "words of a library" not in said.value.diagnostic.detail
    assert said.value.diagnostic.hint
    assert isinstance(said.value, TransientError) is passing


def test_an_unknown_complaint_is_no_lost_connection() -> None:
    with pytest.raises(OrdainError) as said, in_our_words("state.db"):
        raise exc.InterfaceError("SELECT 1", {}, DriverError())
    assert said.value.diagnostic.code == "ORD0908"


def test_too_many_at_once_is_busy() -> None:
    with pytest.raises(TransientError) as said, in_our_words("state.db"):
        raise exc.TimeoutError
    assert said.value.diagnostic.code == "ORD0902"


def test_our_own_errors_pass_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), in_our_words("state.db"):
        raise ZeroDivisionError


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"this is a letter to my aunt, not a database" * 100)
    with pytest.raises(OrdainError) as damaged:
        open_store(f"sqlite:///{path}", tenant="meridian")
    assert damaged.value.diagnostic.code == "ORD0904"
    assert str(path) in damaged.value.diagnostic.detail


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_store(f"sqlite:///{path}", tenant="meridian").close()
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content)):
        content[at] ^= 0xA5
    path.write_bytes(content)
    with pytest.raises(OrdainError) as damaged:
        open_store(f"sqlite:///{path}", tenant="meridian")
    assert damaged.value.diagnostic.code == "ORD0904"


def test_a_folder_that_cannot_be_made_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "state.db", tmp_path):
        with pytest.raises(TransientError) as unreachable:
            open_store(f"sqlite:///{path}", tenant="meridian")
        assert unreachable.value.diagnostic.code == "ORD0901"


def test_a_full_disk_writes_nothing(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/state.db", tenant="meridian")

    def fill() -> None:
        with store.write() as tx:
            tx.facts.connection.exec_driver_sql("PRAGMA max_page_count = 1")  # never below what the file has already
            tx.facts.put("first", value=1)
            tx.facts.put("large", value="x" * 1_000_000)

    with pytest.raises(OrdainError) as full:
        fill()
    assert full.value.diagnostic.code == "ORD0903"
    with store.read() as tx:
        assert tx.facts.get("first") is None
    store.close()


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(TransientError) as away:
        open_store(UNREACHABLE, tenant="meridian")
    assert away.value.diagnostic.code == "ORD0901"
    assert "ordain:***@127.0.0.1:1/ordain" in away.value.diagnostic.detail
    assert "secret" not in repr(away.value.diagnostics)


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(OrdainError) as missing:
        open_store(UNREACHABLE, tenant="meridian")
    assert missing.value.diagnostic.code == "ORD0907"
    assert missing.value.diagnostic.hint == "pip install ordain[postgresql]"
    assert "secret" not in missing.value.diagnostic.detail


@pytest.mark.parametrize(
    "url", ["", "state.db", "sqlite://", "sqlite:///:memory:", "mysql://me:secret@db/x", "http://x"]
)
def test_an_address_we_do_not_keep_state_at_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as wrong:
        open_store(url, tenant="meridian")
    assert wrong.value.diagnostic.code == "ORD0906"
    assert "secret" not in wrong.value.diagnostic.detail


@pytest.mark.parametrize("url", ["postgres://me@db/x", "postgresql://me@db/x", "postgresql+psycopg://me@db/x"])
def test_every_spelling_of_postgresql_means_one_driver(url: str) -> None:
    assert describe(read_address(url)) == "postgresql+psycopg://me@db/x"


@pytest.mark.parametrize("tenant", ["", "two words", "a+b", "line\nend", "bell\x07"])
def test_a_tenant_that_cannot_name_a_log_is_refused(tenant: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as wrong:
        open_store(f"sqlite:///{tmp_path}/state.db", tenant=tenant)
    assert wrong.value.diagnostic.code == "ORD0910"
    assert list(tmp_path.iterdir()) == []


def test_another_tenant_is_refused(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/state.db", tenant="meridian").close()
    with pytest.raises(RefusedError) as other:
        open_store(f"sqlite:///{tmp_path}/state.db", tenant="somebody")
    assert other.value.diagnostic.code == "ORD0909"
