"""Alembic's entry: it works on the connection it is handed, inside the transaction that is already open there."""

from __future__ import annotations

from alembic import context

from api.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
