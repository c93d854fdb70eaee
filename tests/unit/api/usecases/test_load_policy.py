"""Reading the rules of a workspace: which files, and bytes that are no text (ORD0405, ORD0408)."""

from pathlib import Path

import pytest

from api.settings.workspace import open_workspace
from api.usecases.load_policy import PolicyError, load_policy
from policy.diagnostics import UsageError

POLICY = """
policy "Clinic"
    language 1
    timezone "Europe/Amsterdam"
end
"""


def workspace(folder: Path, **files: bytes) -> Path:
    (folder / "rules" / "deep").mkdir(parents=True)
    (folder / "ordain.toml").write_text('[workspace]\nname = "clinic"\n', encoding="utf-8")
    for name, content in files.items():
        (folder / "rules" / f"{name.replace('__', '/')}.ordain").write_bytes(content)
    return folder


def test_every_file_below_the_rules_folder_is_read(tmp_path: Path) -> None:
    root = workspace(tmp_path, a=POLICY.encode(), deep__b=b'\xef\xbb\xbfset sites is "N"\r\n')
    (root / "rules" / "notes.txt").write_text("no rules", encoding="utf-8")
    (root / "rules" / "folder.ordain").mkdir()
    loaded = load_policy(open_workspace(root))
    assert set(loaded.files) == {"a.ordain", "deep/b.ordain"}
    assert set(loaded.require().sets) == {"sites"}


def test_without_rules_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_policy(open_workspace(workspace(tmp_path)))
    assert caught.value.diagnostic.code == "ORD0408"


def test_a_byte_that_is_no_text_has_a_place_and_hides_nothing_else(tmp_path: Path) -> None:
    root = workspace(tmp_path, a=POLICY.encode(), b="# é\n# caf\xe9\n".encode("latin-1"), c=b"set twins is twins\n")
    loaded = load_policy(open_workspace(root))
    found = [
        (one.code, one.span.at if one.span else "", one.span.column if one.span else 0)
        for one in loaded.compilation.diagnostics
    ]
    assert ("ORD0405", "b.ordain:1", 3) in found
    assert any(at.startswith("c.ordain") for _, at, _ in found)
    with pytest.raises(PolicyError):
        loaded.require()


def test_the_same_place_is_told_once(tmp_path: Path) -> None:
    root = workspace(tmp_path, a=POLICY.encode(), b=b'set caf\xe9 is "x"\n')
    loaded = load_policy(open_workspace(root))
    assert [one.code for one in loaded.compilation.diagnostics if one.span and one.span.column == 8] == ["ORD0405"]
    assert loaded.compilation.policy is None
