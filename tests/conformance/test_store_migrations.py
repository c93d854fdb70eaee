"""Migrations: from nothing to the schema the code speaks of, once, and never back from a newer one."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from api.store import schema
from api.store.migrate import _SCRIPTS
from api.store.store import Store, open_store
from policy.diagnostics import OrdainError
from tests.conformance.store_samples import tamper


def test_the_migrated_schema_is_the_one_the_code_speaks_of(store: Store, store_url: str) -> None:
    engine = create_engine(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        inspector = inspect(connection)
        for table in schema.metadata.sorted_tables:
            primary = inspector.get_pk_constraint(table.name)["constrained_columns"]
            assert primary == [column.name for column in table.primary_key.columns]
    engine.dispose()


def test_the_newest_migration_is_the_version_of_the_schema() -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.VERSION]


def test_a_store_of_a_newer_version_is_refused(store: Store, store_url: str) -> None:
    tamper(store_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OrdainError) as newer:
        open_store(store_url, tenant="meridian")
    assert newer.value.diagnostic.code == "ORD0905"
    assert "9999" in newer.value.diagnostic.detail
    assert "only-on-loopback" not in newer.value.diagnostic.detail
