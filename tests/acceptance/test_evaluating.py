"""Admins ask how an evaluation was done, and let the reference decide instead: the diff is the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import build_app

RULES = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES / "first-steps", tmp_path / "clinic"))


def evaluate(clinic: Path, *options: str) -> str:
    words = ["evaluate", "--workspace", str(clinic), "--as-of", "2026-03-02", *options]
    result = CliRunner().invoke(build_app(words), words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_both_engines_sign_the_same_lines(clinic: Path, tmp_path: Path) -> None:
    for engine in ("columnar", "reference"):
        evaluate(clinic, "--engine", engine, "--out", str(tmp_path / engine))

    lines = (tmp_path / "columnar" / "lines.ndjson").read_bytes()
    assert lines
    assert lines == (tmp_path / "reference" / "lines.ndjson").read_bytes()


def test_stats_tell_stages_and_how_it_was_decided(clinic: Path) -> None:
    said = evaluate(clinic, "--stats")

    assert "Columnar evaluator:" in said
    for stage in ("starting", "reading rules", "evaluating", "signing", "saving the diff", "in all"):
        assert f"\n{stage}" in said
    assert "Reference evaluator:" in evaluate(clinic, "--stats", "--engine", "reference")


def test_stats_come_as_json(clinic: Path) -> None:
    told: dict[str, Any] = json.loads(evaluate(clinic, "--stats", "--json"))

    stages = {one["name"]: one for one in told["stats"]["stages"]}
    assert stages["evaluating"]["microseconds"] > 0
    assert stages["signing"]["peak_bytes"] > 0
    assert told["stats"]["work"]["conjunctions"] > 0
    assert "stats" not in json.loads(evaluate(clinic, "--json"))


def test_an_unknown_engine_is_refused(clinic: Path) -> None:
    words = ["evaluate", "--workspace", str(clinic), "--engine", "magic"]
    result = CliRunner().invoke(build_app(words), words)

    assert result.exit_code == 2
    assert "magic" in result.output
