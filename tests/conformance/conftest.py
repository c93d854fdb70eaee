"""Every store of the suite: SQLite always, PostgreSQL where there is one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.store.store import Store, open_store
from tests.servers.postgresql import ServerMissingError, fresh_schema, running_postgresql

TENANT = "meridian"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Database of a real PostgreSQL, for the whole session."""
    try:
        server = running_postgresql()
        url = server.__enter__()  # a skip must not look like a failure of the server's end
    except ServerMissingError as missing:
        if os.environ.get("ORDAIN_REQUIRE_SERVERS"):
            raise
        pytest.skip(str(missing))
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/ordain.db"
    return fresh_schema(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Open, empty store."""
    opened = open_store(store_url, tenant=TENANT)
    yield opened
    opened.close()
