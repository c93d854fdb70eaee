from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from connectors.keys.private_keys import create_key_file, load_key_file, make_key
from connectors.keys.public_keys import load_public_key, public_pem, public_text
from policy.diagnostics import OrdainError, RefusedError, UsageError

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def test_a_key_is_made_kept_to_its_owner_and_read_again(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = create_key_file(tmp_path / "keys" / "engine.pem")
    finally:
        os.umask(old)
    path = tmp_path / "keys" / "engine.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    loaded = load_key_file(path)
    assert loaded.public == made.public
    assert loaded.sign(b"x") == made.sign(b"x")
    assert repr(loaded) == f"PrivateKey(public={made.public.hex()})"
    assert make_key().public != make_key().public


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "engine.pem"
    create_key_file(path)
    before = path.read_bytes()
    with pytest.raises(UsageError) as caught:
        create_key_file(path)
    assert caught.value.diagnostic.code == "ORD0750"
    assert path.read_bytes() == before
    link = tmp_path / "link.pem"
    link.symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(UsageError):
        create_key_file(link)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "engine.pem"
    create_key_file(path)
    path.chmod(mode)
    with pytest.raises(RefusedError) as caught:
        load_key_file(path)
    assert caught.value.diagnostic.code == "ORD0752"


def test_a_file_that_is_no_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "engine.pem"
    for load in (load_key_file, load_public_key):
        with pytest.raises(OrdainError) as caught:
            load(path)
        assert caught.value.diagnostic.code == "ORD0751"
        assert "no such file" in caught.value.diagnostic.detail
    path.write_text("nonsense")
    path.chmod(0o600)
    for load in (load_key_file, load_public_key):
        with pytest.raises(OrdainError) as caught:
            load(path)
        assert caught.value.diagnostic.code == "ORD0751"


def test_a_key_cannot_be_written_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OrdainError) as caught:
        create_key_file(tmp_path / "file" / "engine.pem")
    assert caught.value.diagnostic.code in {"ORD0750", "ORD0753"}
    with pytest.raises(OrdainError) as caught:
        create_key_file(tmp_path / ("x" * 300))
    assert caught.value.diagnostic.code == "ORD0753"


@needs_openssl
@pytest.mark.parametrize("options", [["ed448"], ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"]])
def test_keys_of_another_kind_are_told(tmp_path: Path, options: list[str]) -> None:
    path, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", *options, "-out", path], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-out", public], check=True, capture_output=True)
    path.chmod(0o600)
    for load, file in ((load_key_file, path), (load_public_key, public)):
        with pytest.raises(OrdainError) as caught:
            load(file)
        assert "another kind" in caught.value.diagnostic.detail


@needs_openssl
def test_keys_made_by_openssl_are_read_and_ours_are_read_by_openssl(tmp_path: Path) -> None:
    path, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-out", public], check=True, capture_output=True)
    path.chmod(0o600)
    key = load_key_file(path)
    assert load_public_key(public) == key.public
    assert public_pem(key.public) == public.read_bytes()
    assert len(public_text(key.public)) == 44
