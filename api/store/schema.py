"""Tables of the store. The migrations build them; a test holds both equal.

One database (or one PostgreSQL schema) belongs to one tenant: the row of `store_state` says which.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from api.store.columns import CanonicalJson, Name, Number, UtcTime

VERSION = "0005"
"""Revision of the newest migration."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Name, nullable=optional)


def _time(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, UtcTime, nullable=optional)


def _json(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, CanonicalJson, nullable=optional)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Number, nullable=False)


def _order() -> Column[int]:
    """Column that numbers rows in the order in which they came."""
    return Column("number", Number, primary_key=True, autoincrement=True)


def _reference(name: str, column: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Name, ForeignKey(column), nullable=optional)


def _key() -> list[Column[str]]:
    """Parts of an entitlement key."""
    return [_text("person"), _text("target"), _text("kind"), _text("name")]


snapshots = Table(
    "snapshots",
    metadata,
    Column("digest", Name, primary_key=True),
    _time("at"),
    _text("by"),
    _json("counts"),
    _bytes("content"),
)
column_seals = Table(
    "column_seals",
    metadata,
    _reference("snapshot", "snapshots.digest"),
    _text("persons"),
    _text("contracts"),
    PrimaryKeyConstraint("snapshot", "persons", "contracts"),
)
store_state = Table(
    "store_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _text("tenant"),
    _text("lineage"),
    _number("serial"),
    _reference("current_snapshot", "snapshots.digest", optional=True),
    CheckConstraint("id = 1", name="single"),
)
imports = Table(
    "imports",
    metadata,
    _order(),
    _text("id"),
    _time("at"),
    _text("by"),
    _reference("snapshot_digest", "snapshots.digest"),
    _text("state"),
    _json("report"),
    _text("released_by", optional=True),
    _time("released_at", optional=True),
    _text("because", optional=True),
    UniqueConstraint("id"),
)
person_changes = Table(
    "person_changes",
    metadata,
    _order(),
    _time("at"),
    _reference("import_id", "imports.id"),
    _text("person"),
    _text("contract"),
    _text("field"),
    _json("old"),
    _json("new"),
    Index(None, "person"),
)
diffs = Table(
    "diffs",
    metadata,
    _order(),
    _text("id"),
    _time("created_at"),
    Column("as_of", Date, nullable=False),
    _text("purpose"),
    _text("state"),
    _bytes("envelope"),
    _bytes("lines"),
    _bytes("salts"),
    _json("inputs"),
    _text("requested_by"),
    _text("consumed_by", optional=True),
    _time("consumed_at", optional=True),
    Column("events", LargeBinary, nullable=True),
    UniqueConstraint("id"),
)
fired_events = Table(
    "fired_events",
    metadata,
    _text("event"),
    _text("person"),
    _text("edge"),
    Column("day", Date, nullable=False),
    PrimaryKeyConstraint("event", "person", "edge", "day"),
)
statements = Table(
    "statements",
    metadata,
    _order(),
    _reference("diff_id", "diffs.id"),
    _text("kind"),
    _text("digest"),
    _bytes("envelope"),
    _time("at"),
    UniqueConstraint("diff_id", "kind", "digest"),
)
managed = Table(
    "managed",
    metadata,
    *_key(),
    _number("generation"),
    _text("anchor"),
    _json("attributes"),
    _json("account_data"),
    _number("iteration"),
    Column("disabled_on", Date, nullable=True),
    Column("unmanage", Integer, nullable=False),
    PrimaryKeyConstraint("person", "target", "kind", "name"),
)
managed_changes = Table(
    "managed_changes",
    metadata,
    Column("serial", Number, primary_key=True, autoincrement=False),
    *_key(),
)
managed_copies = Table(
    "managed_copies",
    metadata,
    _number("serial"),
    _text("content"),
    _text("digest"),
    PrimaryKeyConstraint("serial", "content"),
)
generations = Table(
    "generations",
    metadata,
    *_key(),
    _number("generation"),
    PrimaryKeyConstraint("person", "target", "kind", "name"),
)
executed = Table(
    "executed",
    metadata,
    _order(),
    _text("target"),
    _text("kind"),
    _text("op"),
    Column("executed_on", Date, nullable=False),
    _text("action_id"),
    _text("run_id"),
    UniqueConstraint("action_id", "run_id"),
    Index(None, "executed_on"),
)
runs = Table(
    "runs",
    metadata,
    _order(),
    _text("id"),
    _reference("diff_id", "diffs.id"),
    _text("mode"),
    _text("state"),
    _time("started_at"),
    _text("requested_by"),
    _number("epoch"),
    _text("lease"),
    _time("ended_at", optional=True),
    _json("inputs", optional=True),
    UniqueConstraint("id"),
)
actions = Table(
    "actions",
    metadata,
    _reference("run_id", "runs.id"),
    _number("line"),
    *_key(),
    _text("op"),
    _text("state"),
    _time("updated_at"),
    _json("after"),
    _text("action_id", optional=True),
    _number("generation"),
    _json("payload"),
    _text("anchor"),
    _number("attempts"),
    _json("result"),
    _text("text"),
    PrimaryKeyConstraint("run_id", "line"),
    Index(None, "state"),
)
leases = Table(
    "leases",
    metadata,
    Column("name", Name, primary_key=True),
    _text("holder", optional=True),
    _number("epoch"),
    _time("expires_at"),
)
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("idx", Number, primary_key=True, autoincrement=False),
    _bytes("leaf_hash"),
    _text("event"),
)
audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    _order(),
    _number("size"),
    _text("note"),
)
person_keys = Table("person_keys", metadata, Column("person", Name, primary_key=True), _bytes("key"))
tokens = Table(
    "tokens",
    metadata,
    Column("id", Name, primary_key=True),
    _text("name"),
    _text("person"),
    _json("rights"),
    _text("digest"),
    _time("created_at"),
    _time("expires_at", optional=True),
    _time("revoked_at", optional=True),
    UniqueConstraint("digest"),
)
facts = Table("facts", metadata, Column("name", Name, primary_key=True), _json("value"))
