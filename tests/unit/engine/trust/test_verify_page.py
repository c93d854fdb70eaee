from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from connectors.keys.public_keys import public_pem
from tests.unit.engine.trust.signed_town import key_of, sign

PAGE = Path(__file__).parents[4] / "docs" / "verify.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
SIGNED = sign()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "diff.dsse.json").write_bytes(SIGNED.envelope)
    (tmp_path / "lines.ndjson").write_bytes(SIGNED.lines)
    (tmp_path / "salts.ndjson").write_bytes(SIGNED.salts)
    (tmp_path / "engine.pem").write_bytes(public_pem(key_of("engine").public))
    return tmp_path


def run(folder: Path) -> list[bool]:
    return [
        subprocess.run(["sh", "-ec", block], cwd=folder, check=False, capture_output=True).returncode == 0
        for block in BLOCKS
    ]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_commands_of_the_page_check_what_they_say(folder: Path) -> None:
    assert run(folder) == [True, True, True]
    (folder / "lines.ndjson").write_bytes(SIGNED.lines.replace(b"P1", b"P4"))
    assert run(folder) == [True, False, False]
    (folder / "engine.pem").write_bytes(public_pem(key_of("alice").public))
    assert run(folder)[0] is False
