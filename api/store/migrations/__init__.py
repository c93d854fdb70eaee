"""Migrations of the store's schema, run by Alembic from `api.store.migrate`. Revisions stand in `versions/`."""
