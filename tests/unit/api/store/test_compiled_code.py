import os
from pathlib import Path

import pytest

from api.store.compiled_code import CodeFolder

KEY = "ab" * 32


def _file(folder: Path) -> Path:
    (found,) = folder.glob(f"kernels/*/{KEY}")
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    CodeFolder(tmp_path / "cache").put(KEY, b"code")
    return tmp_path / "cache"


def test_what_is_kept_is_for_the_owner_alone(root: Path) -> None:
    assert CodeFolder(root).get(KEY) == b"code"
    assert CodeFolder(root).get("cd" * 32) is None
    file = _file(root)
    assert file.stat().st_mode & 0o777 == 0o600
    assert {one.stat().st_mode & 0o777 for one in (root, *file.relative_to(root).parents) if one == root} == {0o700}
    assert [one.name for one in file.parent.iterdir()] == [KEY]


def test_a_later_code_replaces_an_earlier_one(root: Path) -> None:
    CodeFolder(root).put(KEY, b"other")

    assert CodeFolder(root).get(KEY) == b"other"


def test_a_file_or_folder_that_others_may_write_to_is_not_read(root: Path) -> None:
    file = _file(root)
    for path, mode in ((file, 0o622), (file.parent, 0o777), (file.parent, 0o770)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert CodeFolder(root).get(KEY) is None
        path.chmod(before)
    assert CodeFolder(root).get(KEY) == b"code"


def test_a_folder_that_others_could_put_another_in_place_of_is_not_read(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    CodeFolder(shared / "cache").put(KEY, b"code")
    (shared / "cache").chmod(0o755)
    (shared / "cache" / "kernels").chmod(0o755)
    shared.chmod(0o777)

    assert CodeFolder(shared / "cache").get(KEY) is None
    shared.chmod(0o1777)  # as /tmp: only owners rename what is theirs
    assert CodeFolder(shared / "cache").get(KEY) == b"code"


def test_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    file = _file(root)
    file.replace(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")

    assert CodeFolder(root).get(KEY) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_somebody_else_owns_is_not_read(root: Path) -> None:
    os.chown(_file(root), 1234, 1234)
    assert CodeFolder(root).get(KEY) is None
    os.chown(_file(root), 0, 0)
    os.chown(_file(root).parent, 1234, 1234)
    assert CodeFolder(root).get(KEY) is None


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = CodeFolder(tmp_path / "file" / "cache")
    folder.put(KEY, b"code")

    assert folder.get(KEY) is None


def test_a_failed_write_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", refuse)
    CodeFolder(root).put(KEY, b"other")

    assert CodeFolder(root).get(KEY) == b"code"
    assert [one.name for one in _file(root).parent.iterdir()] == [KEY]
