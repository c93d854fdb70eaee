"""What SQLite is told: durable commits, private files, one writer."""

from pathlib import Path

from api.store.store import open_store


def test_commits_are_durable_and_files_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "state.db"
    store = open_store(f"sqlite:///{path}", tenant="meridian")
    with store.write() as tx:
        ask = tx.facts.connection.exec_driver_sql
        settings = {
            name: ask(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    store.close()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_percent_sign_in_the_path_is_only_a_letter(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/100%/state.db", tenant="meridian").close()
    assert (tmp_path / "100%" / "state.db").is_file()
