"""First schema: everything the store keeps, and the triggers that keep it append-only.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A revision is history: it says its types in its own words, whatever the schema module says later.
NAME = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.String(32)
JSON = sa.Text()

_SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_entries_in_turn BEFORE INSERT ON audit_entries
    WHEN NEW.idx <> (SELECT COALESCE(MAX(idx) + 1, 0) FROM audit_entries)
    BEGIN SELECT RAISE(ABORT, 'audit entries follow one another'); END""",
    """CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
    """CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
    """CREATE TRIGGER audit_checkpoints_unchanged BEFORE UPDATE ON audit_checkpoints
    BEGIN SELECT RAISE(ABORT, 'audit checkpoints are append-only'); END""",
    """CREATE TRIGGER audit_checkpoints_kept BEFORE DELETE ON audit_checkpoints
    BEGIN SELECT RAISE(ABORT, 'audit checkpoints are append-only'); END""",
    """CREATE TRIGGER snapshots_unchanged BEFORE UPDATE ON snapshots
    BEGIN SELECT RAISE(ABORT, 'snapshots are immutable'); END""",
)
_POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION ordain_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    """CREATE FUNCTION ordain_in_turn() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF NEW.idx <> (SELECT COALESCE(MAX(idx) + 1, 0) FROM audit_entries) THEN
            RAISE EXCEPTION 'audit entries follow one another';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER audit_entries_in_turn BEFORE INSERT ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION ordain_in_turn()""",
    """CREATE TRIGGER audit_entries_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ordain_refuse()""",
    """CREATE TRIGGER audit_checkpoints_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION ordain_refuse()""",
    """CREATE TRIGGER snapshots_unchanged BEFORE UPDATE ON snapshots
    FOR EACH STATEMENT EXECUTE FUNCTION ordain_refuse()""",
)


def upgrade() -> None:
    """Make every table, then the triggers."""
    _make_people()
    _make_diffs()
    _make_ledger()
    _make_runs()
    _make_audit()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _make_people() -> None:
    """Make: snapshots, imports, history, person keys."""
    op.create_table(
        "snapshots",
        sa.Column("digest", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_snapshots"),
    )
    op.create_table(
        "store_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("lineage", NAME, nullable=False),
        sa.Column("serial", NUMBER, nullable=False),
        sa.Column("current_snapshot", NAME, nullable=True),
        sa.CheckConstraint("id = 1", name="ck_store_state_single"),
        sa.ForeignKeyConstraint(
            ["current_snapshot"], ["snapshots.digest"], name="fk_store_state_current_snapshot_snapshots"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_store_state"),
    )
    op.create_table(
        "imports",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("snapshot_digest", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("released_by", NAME, nullable=True),
        sa.Column("released_at", TIME, nullable=True),
        sa.Column("because", NAME, nullable=True),
        sa.ForeignKeyConstraint(["snapshot_digest"], ["snapshots.digest"], name="fk_imports_snapshot_digest_snapshots"),
        sa.PrimaryKeyConstraint("number", name="pk_imports"),
        sa.UniqueConstraint("id", name="uq_imports_id"),
    )
    op.create_table(
        "person_changes",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("import_id", NAME, nullable=False),
        sa.Column("person", NAME, nullable=False),
        sa.Column("contract", NAME, nullable=False),
        sa.Column("field", NAME, nullable=False),
        sa.Column("old", JSON, nullable=False),
        sa.Column("new", JSON, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_person_changes_import_id_imports"),
        sa.PrimaryKeyConstraint("number", name="pk_person_changes"),
    )
    op.create_index("ix_person_changes_person", "person_changes", ["person"], unique=False)
    op.create_table(
        "person_keys",
        sa.Column("person", NAME, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_person_keys"),
    )


def _make_diffs() -> None:
    """Make: diffs and the statements about them."""
    op.create_table(
        "diffs",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("purpose", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("salts", sa.LargeBinary(), nullable=False),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("requested_by", NAME, nullable=False),
        sa.Column("consumed_by", NAME, nullable=True),
        sa.Column("consumed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_diffs"),
        sa.UniqueConstraint("id", name="uq_diffs_id"),
    )
    op.create_table(
        "statements",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("diff_id", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["diff_id"], ["diffs.id"], name="fk_statements_diff_id_diffs"),
        sa.PrimaryKeyConstraint("number", name="pk_statements"),
        sa.UniqueConstraint("diff_id", "kind", "digest", name="uq_statements_diff_id_kind_digest"),
    )


def _make_ledger() -> None:
    """Make: what is managed and what was done."""
    op.create_table(
        "managed",
        sa.Column("person", NAME, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("generation", NUMBER, nullable=False),
        sa.Column("anchor", NAME, nullable=False),
        sa.Column("attributes", JSON, nullable=False),
        sa.Column("account_data", JSON, nullable=False),
        sa.Column("iteration", NUMBER, nullable=False),
        sa.Column("disabled_on", sa.Date(), nullable=True),
        sa.Column("unmanage", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "target", "kind", "name", name="pk_managed"),
    )
    op.create_table(
        "generations",
        sa.Column("person", NAME, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("generation", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("person", "target", "kind", "name", name="pk_generations"),
    )
    op.create_table(
        "executed",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("op", NAME, nullable=False),
        sa.Column("executed_on", sa.Date(), nullable=False),
        sa.Column("action_id", NAME, nullable=False),
        sa.Column("run_id", NAME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_executed"),
        sa.UniqueConstraint("action_id", "run_id", name="uq_executed_action_id_run_id"),
    )
    op.create_index("ix_executed_executed_on", "executed", ["executed_on"], unique=False)


def _make_runs() -> None:
    """Make: runs, their actions, leases."""
    op.create_table(
        "runs",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("diff_id", NAME, nullable=False),
        sa.Column("mode", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("requested_by", NAME, nullable=False),
        sa.Column("epoch", NUMBER, nullable=False),
        sa.Column("lease", NAME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["diff_id"], ["diffs.id"], name="fk_runs_diff_id_diffs"),
        sa.PrimaryKeyConstraint("number", name="pk_runs"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
    )
    op.create_table(
        "actions",
        sa.Column("run_id", NAME, nullable=False),
        sa.Column("line", NUMBER, nullable=False),
        sa.Column("person", NAME, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("op", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("action_id", NAME, nullable=True),
        sa.Column("generation", NUMBER, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("anchor", NAME, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_actions_run_id_runs"),
        sa.PrimaryKeyConstraint("run_id", "line", name="pk_actions"),
    )
    op.create_index("ix_actions_state", "actions", ["state"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", NAME, nullable=False),
        sa.Column("holder", NAME, nullable=True),
        sa.Column("epoch", NUMBER, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _make_audit() -> None:
    """Make: the audit log, tokens, facts."""
    op.create_table(
        "audit_entries",
        sa.Column("idx", NUMBER, autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("event", NAME, nullable=False),
        sa.PrimaryKeyConstraint("idx", name="pk_audit_entries"),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("note", NAME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_checkpoints"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("person", NAME, nullable=False),
        sa.Column("rights", JSON, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_table(
        "facts",
        sa.Column("name", NAME, nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )
