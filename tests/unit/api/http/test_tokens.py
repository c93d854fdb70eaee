"""Tokens: made once, kept as digests, ended by name; on the command line too."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.cli.tokens import tokens
from api.compose import open_tools
from api.tools import Tools
from api.usecases.tokens import Right, create_token, digest_token, find_token, list_tokens, revoke_token
from policy.diagnostics import UsageError
from tests.servers.service import copy_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return copy_workspace(tmp_path / "clinic")


@pytest.fixture
def tools(workspace: Path) -> Iterator[Tools]:
    with open_tools(workspace, actor="test") as opened:
        yield opened


def test_a_token_is_kept_as_its_digest_alone(tools: Tools) -> None:
    made = create_token(tools, "nightly", "ops@example.org", [Right.ENFORCER, Right.ADMIN, Right.ADMIN])
    assert made.secret.startswith("ordain_")
    assert len(made.secret) > 40
    assert made.stored.digest == digest_token(made.secret)
    assert made.stored.rights == ("admin", "enforcer")
    assert made.secret not in repr(made)
    assert find_token(tools, made.secret) == made.stored == list_tokens(tools)[0]
    assert find_token(tools, made.secret[:-1]) is None
    assert find_token(tools, made.stored.digest) is None


def test_no_two_tokens_are_the_same(tools: Tools) -> None:
    made = [create_token(tools, "same", "ops@example.org", [Right.ADMIN]) for _ in range(3)]
    assert len({one.secret for one in made}) == len({one.stored.id for one in made}) == 3


def test_a_token_expires(tools: Tools) -> None:
    made = create_token(tools, "short", "ops@example.org", [Right.ADMIN], expires_days=30)
    assert made.stored.expires_at == made.stored.created_at + timedelta(days=30)


@pytest.mark.parametrize(
    "terms",
    [
        ("", "ops@example.org", [Right.ADMIN], None),
        ("nightly", " ", [Right.ADMIN], None),
        ("nightly", "ops@example.org", [], None),
        ("nightly", "ops@example.org", [Right.ADMIN], 0),
    ],
)
def test_terms_that_make_no_sense(tools: Tools, terms: tuple[str, str, list[Right], int | None]) -> None:
    *said, days = terms
    with pytest.raises(UsageError) as caught:
        create_token(tools, *said, expires_days=days)
    assert caught.value.diagnostic.code == "ORD0961"
    assert list_tokens(tools) == ()


def test_a_token_is_ended_by_name_while_one_has_it(tools: Tools) -> None:
    first = create_token(tools, "nightly", "ops@example.org", [Right.ADMIN])
    second = create_token(tools, "nightly", "ops@example.org", [Right.ADMIN])
    with pytest.raises(UsageError, match="2 tokens"):
        revoke_token(tools, "nightly")
    revoke_token(tools, first.stored.id)
    assert find_token(tools, first.secret) is None
    assert find_token(tools, second.secret) is not None
    assert revoke_token(tools, "nightly").id == second.stored.id
    with pytest.raises(UsageError, match="No token"):
        revoke_token(tools, "nightly")
    with tools.store.read() as tx:
        kinds = [one.event.kind for one in tx.audit.entries()]
    assert kinds == ["token.created", "token.created", "token.revoked", "token.revoked"]


def run(*words: str) -> str:
    app = typer.Typer()
    app.add_typer(tokens, name="tokens")
    result = CliRunner().invoke(app, ["tokens", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_line_prints_a_token_once(workspace: Path) -> None:
    at = ("-w", str(workspace))
    assert "no tokens yet" in run("list", *at)
    asked = ("--person", "ops@example.org", "--right", "admin", "--right", "author", "--expires", "7")
    secret = run("create", "nightly", *asked, *at).strip()
    assert secret.startswith("ordain_")
    assert secret not in run("list", *at)
    made = json.loads(run("create", "other", "--person", "ops@example.org", "--right", "reviewer", "--json", *at))
    assert made["token"].startswith("ordain_")
    run("revoke", "nightly", *at)
    listed = json.loads(run("list", "--json", *at))
    assert [(one["name"], one["rights"], one["revoked_at"] is not None) for one in listed] == [
        ("nightly", ["admin", "author"], True),
        ("other", ["reviewer"], False),
    ]
    assert listed[0]["expires_at"] > listed[0]["created_at"]
    assert "revoked" in run("list", *at)
    with open_tools(workspace) as tools:
        assert find_token(tools, secret) is None
        assert find_token(tools, made["token"]) is not None
