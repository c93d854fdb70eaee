"""One world per kind of target: how to make it, with something unmanaged in it, and to look at that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from connectors.registry import TARGETS
from policy.ports import TargetConnector
from policy.targets import ObservedAccount

STRANGER = "stranger"


@dataclass
class World:
    """A target with one unmanaged account (`STRANGER`: disabled, login `stranger`, one permission) and all its places.

    `reopen` opens the same place anew, as another process would. `outside` is everything that is not ours, byte for
    byte. `unique` is a field that the target itself keeps unique, where it can.
    """

    target: TargetConnector
    reopen: Callable[[], TargetConnector]
    outside: Callable[[], object]
    unique: str | None = "Login"
    lives_on: bool = True
    stranger: str = STRANGER
    close: Callable[[], None] = field(default=lambda: None)


def memory_world(root: Path) -> World:
    """Accounts of this process."""
    entry = TARGETS["memory"]
    target = entry.open("town", entry.config.model_validate({"unique": ["Login"]}), root)
    attributes = {"EmployeeId": "", "Login": "stranger", "Notes": "by hand"}
    stranger = ObservedAccount(STRANGER, attributes, enabled=False, permissions=frozenset({"Archive"}))
    target.accounts[STRANGER] = stranger  # type: ignore[attr-defined]  # it is a MemoryTarget
    return World(target, lambda: target, lambda: target.accounts[STRANGER], lives_on=False)  # type: ignore[attr-defined]


ACCOUNTS = (
    'Notes;Id;"Enabled";Login;EmployeeId\r\n'
    '"by; hand ""so"" \r\nin two lines";stranger;FALSE;stranger;\r\n'
    "\r\n"
    ' spaced ;other;"true";\'x\';"77"'
)
PERMISSIONS = 'Permission;Id;Since\n"Archive";stranger;2019\n"Léger"; orphan ;\n'


def csv_world(root: Path) -> World:
    """Files that somebody else wrote first, in a spelling of their own: BOM, CRLF, quotes, no last line end."""
    folder = root / "out"
    folder.mkdir()
    (folder / "town.csv").write_bytes(("\ufeff" + ACCOUNTS).encode())
    (folder / "town-permissions.csv").write_bytes(PERMISSIONS.encode())
    (folder / "notes.txt").write_bytes(b"not ours")
    entry = TARGETS["csv"]
    config = entry.config.model_validate({"file": "out/town.csv", "delimiter": ";"})

    def outside() -> object:
        accounts = (folder / "town.csv").read_bytes()
        permissions = (folder / "town-permissions.csv").read_bytes()
        # What was there comes first, unchanged; only a last line end joins it.
        start = len(("\ufeff" + ACCOUNTS).encode())
        return accounts[:start], permissions[: len(PERMISSIONS.encode())], (folder / "notes.txt").read_bytes()

    return World(entry.open("town", config, root), lambda: entry.open("town", config, root), outside, unique=None)


_TABLES = """
CREATE TABLE people (
    {key},
    login VARCHAR(100) NOT NULL UNIQUE,
    employee VARCHAR(100),
    active {flag} NOT NULL,
    begins DATE,
    hours NUMERIC(6,2),
    head {flag},
    notes VARCHAR(100) DEFAULT 'made by the database'
);
CREATE TABLE grants (
    person_id {type} NOT NULL REFERENCES people ({name}),
    label VARCHAR(100) NOT NULL,
    since VARCHAR(10) DEFAULT 'now'
);
CREATE TABLE others (id INTEGER PRIMARY KEY, text VARCHAR(100));
INSERT INTO others VALUES (1, 'not ours');
"""
_KEYS = {
    ("sqlite", "database"): ("number INTEGER PRIMARY KEY", "INTEGER", "BOOLEAN"),
    ("postgresql", "database"): ("number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BIGINT", "BOOLEAN"),
    ("sqlite", "ordain"): ("number VARCHAR(64) PRIMARY KEY", "VARCHAR(64)", "INTEGER"),
    ("postgresql", "ordain"): ("number UUID PRIMARY KEY", "UUID", "SMALLINT"),
}
_STRANGER_KEYS = {"database": "1", "ordain": "00000000-0000-4000-8000-000000000001"}


def sql_world(root: Path, url: str, anchor_from: str) -> World:
    """A database of an application that was there first."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    key, kind, flag = _KEYS[engine.dialect.name, anchor_from]
    stranger = _STRANGER_KEYS[anchor_from]
    no = "FALSE" if flag == "BOOLEAN" else "0"
    with engine.begin() as connection:
        for statement in _TABLES.format(key=key, type=kind, flag=flag, name="number").split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        columns = "login, employee, active, notes"
        values = f"'stranger', NULL, {no}, 'by hand'"
        if anchor_from == "ordain":
            columns, values = f"number, {columns}", f"'{stranger}', {values}"
        connection.exec_driver_sql(f"INSERT INTO people ({columns}) VALUES ({values})")
        connection.exec_driver_sql(f"INSERT INTO grants VALUES ('{stranger}', 'Archive', '2019')")
    entry = TARGETS["sql"]
    (root / "url").write_text(url)
    columns_of = {"Login": "login", "EmployeeId": "employee", "Begins": "begins", "Hours": "hours", "Head": "head"}
    accounts = {"table": "people", "anchor": "number", "enabled": "active", "columns": {**columns_of, "Notes": "notes"}}
    config = entry.config.model_validate(
        {
            "url": {"file": "url"},
            "accounts": {**accounts, "anchor_from": anchor_from},
            "permissions": {"table": "grants", "account": "person_id", "name": "label"},
        }
    )

    def outside() -> object:
        with engine.connect() as connection:
            read = connection.exec_driver_sql
            return (
                read("SELECT * FROM people WHERE login = 'stranger'").fetchall(),
                read("SELECT * FROM grants WHERE since = '2019'").fetchall(),
                read("SELECT * FROM others").fetchall(),
            )

    return World(
        entry.open("town", config, root),
        lambda: entry.open("town", config, root),
        outside,
        stranger=stranger,
        close=engine.dispose,
    )
