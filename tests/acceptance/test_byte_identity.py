"""E1: equal inputs give byte-identical lines, in any process, whatever the order of files, records and hashes."""

import base64
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clinic import DAY, ROOT, run_here

EXAMPLES = sorted(path.parent for path in (ROOT / "rules").glob("*/ordain.toml"))


def shuffled(value: Any, dice: random.Random) -> Any:  # noqa: ANN401  # JSON
    """The same document with its keys in another order, and persons, contracts and departments too."""
    match value:
        case dict():
            pairs = [
                (name, shuffled(mixed(item, dice) if name in {"Persons", "Contracts", "Departments"} else item, dice))
                for name, item in value.items()
            ]
            return dict(mixed(pairs, dice))
        case list():
            return [shuffled(item, dice) for item in value]
        case _:
            return value


def mixed(items: list[Any], dice: random.Random) -> list[Any]:
    return dice.sample(items, len(items))


def copy_in_another_order(example: Path, folder: Path, seed: int) -> None:
    """Copy a workspace: files are made in another order, and what is listed in a vault stands in another order."""
    dice = random.Random(seed)
    files = sorted(path for path in example.rglob("*") if path.is_file() and ".ordain" not in path.parts)
    for path in mixed(files, dice):
        content = path.read_bytes()
        if path.suffix == ".json" and b'"Persons"' in content[:100]:
            content = json.dumps(shuffled(json.loads(content), dice)).encode()
        copied = folder / path.relative_to(example)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(content)


def evaluated(folder: Path, hash_seed: int) -> tuple[bytes, dict[str, Any]]:
    """Lines, and digests of the inputs, as a process of its own makes them."""
    program = [str(Path(sys.executable).parent / "ordain"), "evaluate", "--as-of", DAY, "--out", "diff", "--json"]
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "ORDAIN_ACTOR": "otto@harbour.example"}
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    statement = json.loads(base64.b64decode(json.loads((folder / "diff" / "diff.dsse.json").read_bytes())["payload"]))
    return (folder / "diff" / "lines.ndjson").read_bytes(), statement["predicate"]["inputs"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_equal_inputs_give_equal_bytes(example: Path, tmp_path: Path) -> None:
    results = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        copy_in_another_order(example, folder, seed)
        results.append(evaluated(folder, hash_seed=seed))
    (first, first_inputs), (second, second_inputs) = results
    assert first == second
    assert first.count(b"\n") > 50
    for name in ("snapshot", "policy", "configuration", "observed"):
        assert first_inputs[name] == second_inputs[name], name


@pytest.mark.usefixtures("somebody")
def test_evaluating_twice_in_one_place_gives_equal_bytes_under_another_signature(tmp_path: Path) -> None:
    assert run_here("init", tmp_path / "clinic").code == 0
    for name in ("a", "b"):
        ran = run_here("evaluate", "-w", tmp_path / "clinic", "--as-of", DAY, "--out", tmp_path / name)
        assert ran.code == 0
    files = {name: (tmp_path / name / "lines.ndjson").read_bytes() for name in ("a", "b")}
    assert files["a"] == files["b"]
    envelopes = {(tmp_path / name / "diff.dsse.json").read_bytes() for name in ("a", "b")}
    assert len(envelopes) == 2
