"""Bring a database to the newest schema, or refuse one that a newer version made."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from api.store.schema import VERSION
from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(connection: Connection, place: str) -> None:
    """Run what is missing of the migrations, inside the caller's write transaction.

    Raises OrdainError when the schema is of a version this program does not know.
    """
    found = schema_version(connection)
    if found == VERSION:
        return
    if found is not None and found > VERSION:
        raise OrdainError(
            Diagnostic(
                service.STORE_NEWER,
                f"{place} has schema `{found}`, this version of Ordain knows up to `{VERSION}`",
                hint="update Ordain to the version that made it, or name another store",
                subject=place,
            )
        )
    _upgrade(connection)


def schema_version(connection: Connection) -> str | None:
    """Revision the schema is at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _upgrade(connection: Connection) -> None:
    # Imported late: an up-to-date store, the usual case, starts without it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, VERSION)
