"""A private PostgreSQL for tests: a cluster of our own on a free loopback port, or the server a variable names."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

_PASSWORD = "only-on-loopback"
_schemas = count(1)


class ServerMissingError(Exception):
    """There is no PostgreSQL on this machine."""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """URL of a database in which tests may do as they like. Raises ServerMissingError with a reason for the skip."""
    named = os.environ.get("ORDAIN_TEST_POSTGRES")
    if named:
        yield named
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        raise ServerMissingError("no /usr/lib/postgresql/*/bin, and ORDAIN_TEST_POSTGRES names no server")
    folder = Path(tempfile.mkdtemp(prefix="ordain-postgresql-"))
    try:
        with _cluster(programs[-1], folder) as port:
            yield f"postgresql+psycopg://ordain:{_PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_schema(url: str) -> str:
    """Make an empty schema; the URL by which a program sees that schema alone."""
    name = f"test_{os.getpid()}_{next(_schemas)}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    address = make_url(url).update_query_dict({"options": f"-csearch_path={name}"})
    return address.render_as_string(hide_password=False)


@contextmanager
def _cluster(programs: Path, folder: Path) -> Iterator[int]:
    as_owner = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data, port = folder / "data", _free_port()
    secret = folder / "password"
    secret.write_text(_PASSWORD)
    secret.chmod(0o644)
    initdb = [programs / "initdb", "-D", data, "-U", "ordain", f"--pwfile={secret}", "-A", "scram-sha-256"]
    _run([*as_owner, *initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
    options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder} -c fsync=off"
    _run([*as_owner, programs / "pg_ctl", "-D", data, "-w", "-s", "-l", folder / "log", "-o", options, "start"])
    try:
        yield port
    finally:
        _run([*as_owner, programs / "pg_ctl", "-D", data, "-w", "-s", "-m", "immediate", "stop"])


def _run(command: list[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
