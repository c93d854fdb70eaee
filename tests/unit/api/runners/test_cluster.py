"""What is told when there is no Ray, no cluster, or no sense in the address; no session of Ray is needed for that."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import build_app, main
from api.runners import cluster
from api.runners.cluster import join_cluster, require_ray
from policy.diagnostics import OrdainError, UsageError


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)

    with pytest.raises(OrdainError) as missing:
        require_ray()

    assert missing.value.diagnostic.code == "ORD0945"
    assert missing.value.diagnostic.hint == "pip install ordain[cluster]"


@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}", "127.0.0.1:many"])
def test_an_address_where_nobody_answers_is_told_at_once(address: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = address.format(port=free.getsockname()[1])

        with pytest.raises(OrdainError) as unreachable, join_cluster(where, 2):
            pytest.fail("there is no cluster")

    assert unreachable.value.diagnostic.code == "ORD0946"
    assert unreachable.value.diagnostic.subject == where


def test_a_proxy_is_no_address() -> None:
    with pytest.raises(UsageError, match="proxy"), join_cluster("ray://10.0.0.1:10001", 2):
        pytest.fail("there is no cluster")


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra `cluster` (Ray) is not installed")
def test_an_unreachable_cluster_is_the_world_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["init", "clinic"]
    assert CliRunner().invoke(build_app(words), words).exit_code == 0

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(SystemExit) as ended:
            main(["evaluate", "--workspace", "clinic", "--engine", "ray", "--address", where])

    assert ended.value.code == 4


def test_an_address_without_the_engine_is_wrong_usage() -> None:
    words = ["evaluate", "--address", "auto"]
    result = CliRunner().invoke(build_app(words), words)

    assert result.exit_code == 2
    assert "--engine ray" in result.output
