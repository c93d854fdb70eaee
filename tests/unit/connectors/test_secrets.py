"""Secrets: found where the configuration says, or missed by name; never in the configuration itself."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.secrets import SecretReference
from policy.diagnostics import UsageError


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ERP_PASSWORD", " hunter2\n")
    assert SecretReference(env="ERP_PASSWORD").resolve(tmp_path) == " hunter2\n"


@pytest.mark.parametrize("content", [b"hunter2", b"hunter2\n", b"hunter2\r\n", b"\xef\xbb\xbfhunter2\n"])
def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "erp").write_bytes(content)
    assert SecretReference(file="erp").resolve(tmp_path) == "hunter2"
    assert SecretReference(file=str(tmp_path / "erp")).resolve(tmp_path / "elsewhere") == "hunter2"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ({"env": "ORDAIN_TEST_NO_SUCH"}, "the environment variable ORDAIN_TEST_NO_SUCH is not set"),
        ({"env": "ORDAIN_TEST_EMPTY"}, "the environment variable ORDAIN_TEST_EMPTY is empty"),
        ({"file": "nowhere"}, "the file nowhere cannot be read"),
        ({"file": "."}, "cannot be read"),
        ({"file": "a\0b"}, "cannot be read"),
        ({"file": "binary"}, "the file binary cannot be read"),
        ({"file": "blank"}, "the file blank is empty"),
    ],
)
def test_a_secret_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("ORDAIN_TEST_EMPTY", "")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "blank").write_bytes(b"\n")
    with pytest.raises(UsageError) as missing:
        SecretReference.model_validate(reference).resolve(tmp_path)
    assert missing.value.diagnostic.code == "ORD0404"
    assert said in missing.value.diagnostic.detail
    assert missing.value.diagnostic.hint


@pytest.mark.parametrize("reference", [{}, {"env": "A", "file": "b"}, {"env": ""}, {"value": "hunter2"}])
def test_a_reference_says_one_place(reference: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SecretReference.model_validate(reference)
