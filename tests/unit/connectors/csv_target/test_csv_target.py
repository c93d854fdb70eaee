"""The csv target: files it refuses to read, writers that meet, crashes in between, and what stays byte for byte."""

import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.csv.rows import exclusive, parse_csv, uncell
from connectors.csv.target import CsvTarget, CsvTargetConfig, open_csv_target
from policy.diagnostics import OrdainError, TransientError, UsageError
from policy.enforcement import Call
from tests.conformance.target_samples import action, apply, payload

ROOT = Path(__file__).parents[4]


def target(root: Path, **config: object) -> CsvTarget:
    return open_csv_target("ad", CsvTargetConfig.model_validate({"file": "ad.csv", **config}), root)


def message(root: Path, content: bytes, file: str = "ad.csv", **config: object) -> str:
    (root / file).write_bytes(content)
    with pytest.raises(OrdainError) as refused:
        target(root, **config).observe()
    assert refused.value.diagnostic.code == "ORD0820"
    assert (root / file).read_bytes() == content
    return refused.value.diagnostic.detail


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Name,Enabled\nx,true\n", "ad.csv) cannot be read: it has no column Id (it has Name, Enabled)"),
        (b"Id,Name\n1,x\n", "no column Enabled"),
        (b"Id,Enabled\n1,true\n2\n", "line 3 has 1 cells where the header has 2"),
        (b"Id,Enabled\n1,true,more\n", "line 2 has 3 cells where the header has 2"),
        (b'Id,Enabled\n1,"true\n', "is no CSV"),
        (b'Id,Enabled\n1,"tr"ue\n', "line 2 is no CSV"),
        (b"Id,Enabled\n1,\xff\n", "byte 13 is not utf-8"),
        (b"Id,Enabled\n,true\n", "line 2 has no Id"),
        (b'Id,Enabled,N\n1,true,"a\nb"\n\n1,false,\n', "line 5 has the Id of line 2"),
        (b"Id,Enabled,Id\n1,true,2\n", "it has the column Id twice"),
        (b"\nId,Enabled\n", "line 1 is blank where the header belongs"),
    ],
)
def test_a_file_that_makes_no_sense_is_not_read_by_halves(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in message(tmp_path, content)


def test_a_permissions_file_without_its_column_is_not_read(tmp_path: Path) -> None:
    assert "no column Permission" in message(tmp_path, b"Id,Group\n1,x\n", "ad-permissions.csv")


def test_a_file_that_cannot_be_opened_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "ad.csv").mkdir()
    with pytest.raises(OrdainError) as refused:
        target(tmp_path).observe()
    assert "is a directory" in refused.value.diagnostic.detail


def test_a_broken_file_is_not_written_either(tmp_path: Path) -> None:
    (tmp_path / "ad.csv").write_bytes(b"Name\nx\n")
    with pytest.raises(OrdainError) as refused:
        apply(target(tmp_path), action(Call.CREATE), payload())
    assert refused.value.diagnostic.code == "ORD0820"
    assert (tmp_path / "ad.csv").read_bytes() == b"Name\nx\n"


def test_a_place_outside_the_workspace_is_refused(tmp_path: Path) -> None:
    for config in ({"file": "../ad.csv"}, {"file": "ad.csv", "permissions": "/etc/passwd"}):
        with pytest.raises(UsageError) as refused:
            open_csv_target("ad", CsvTargetConfig.model_validate(config), tmp_path)
        assert refused.value.diagnostic.code == "ORD0501"


@pytest.mark.parametrize("config", [{"encoding": "utf-9"}, {"delimiter": '"'}, {"delimiter": ""}, {"file": ""}])
def test_a_setting_without_sense_is_refused(config: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CsvTargetConfig.model_validate({"file": "ad.csv", **config})


def test_looking_writes_nothing(tmp_path: Path) -> None:
    found = target(tmp_path, file="out/ad.csv")
    assert found.observe().accounts == ()
    assert found.is_unique("Login", "x", but_anchor=None)
    assert not found.probe(action(Call.CREATE), payload()).effective
    assert list(tmp_path.iterdir()) == []


def test_new_files_are_plain_csv(tmp_path: Path) -> None:
    one = apply(target(tmp_path), action(Call.CREATE), payload(Login='a "b", c')).anchor
    apply(target(tmp_path), action(Call.ADD_PERMISSION, one, name="Nurses"))
    assert (tmp_path / "ad.csv").read_text() == f'Id,Enabled,EmployeeId,Login\n{one},false,P1,"a ""b"", c"\n'
    assert (tmp_path / "ad-permissions.csv").read_text() == f"Id,Permission\n{one},Nurses\n"


def test_a_new_attribute_becomes_a_column_and_leaves_the_rest_of_each_row(tmp_path: Path) -> None:
    (tmp_path / "ad.csv").write_bytes(b'\xef\xbb\xbf"Id",Enabled\r\n"1", true \r\n\r\n2,x')
    apply(target(tmp_path), action(Call.UPDATE, "2"), payload(Login="two"))
    expected = b'\xef\xbb\xbf"Id",Enabled,EmployeeId,Login\r\n"1", true ,,\r\n\r\n2,x,P1,two'
    assert (tmp_path / "ad.csv").read_bytes() == expected


def test_an_action_that_changes_nothing_does_not_touch_the_file(tmp_path: Path) -> None:
    (tmp_path / "ad.csv").write_bytes(b"Id,Enabled,Login\n1,false,x\n")
    before = (tmp_path / "ad.csv").stat().st_ino
    apply(target(tmp_path), action(Call.DISABLE, "1"))
    assert (tmp_path / "ad.csv").stat().st_ino == before


def test_mode_and_link_of_the_file_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_bytes(b"Id,Enabled\n1,false\n")
    real.chmod(0o640)
    (tmp_path / "ad.csv").symlink_to("real.csv")
    apply(target(tmp_path), action(Call.ENABLE, "1"))
    assert (tmp_path / "ad.csv").is_symlink()
    assert real.read_bytes() == b"Id,Enabled\n1,true\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_other_encodings_are_kept_and_what_they_lack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ad.csv").write_bytes("Id,Enabled,Login\n1,false,Zoë\n".encode("latin-1"))
    found = target(tmp_path, encoding="latin-1")
    assert found.observe().accounts[0].attributes == {"Id": "1", "Login": "Zoë"}
    before = (tmp_path / "ad.csv").read_bytes()
    with pytest.raises(OrdainError) as refused:
        apply(found, action(Call.CREATE), payload(Login="Łucja"))
    assert refused.value.diagnostic.code == "ORD0824"
    assert "Łucja" not in refused.value.diagnostic.detail
    assert (tmp_path / "ad.csv").read_bytes() == before


def test_a_byte_order_mark_is_written_where_the_setting_asks_for_one(tmp_path: Path) -> None:
    apply(target(tmp_path, encoding="utf-8-sig"), action(Call.CREATE), payload())
    assert (tmp_path / "ad.csv").read_bytes().startswith(b"\xef\xbb\xbfId,")
    assert len(target(tmp_path, encoding="utf-8-sig").observe().accounts) == 1


@pytest.mark.parametrize("text", ["[1.5]", '["a", "b"]', '["\\ud800"]', "[" * 5000, '{"a":1}', "[]", '["é"]x', '["a"'])
def test_only_a_list_as_we_write_one_is_read_as_a_list(text: str) -> None:
    assert uncell(text) == text
    assert uncell('["a","é"]') == ["a", "é"]


def test_a_portrait_fits_into_a_cell(tmp_path: Path) -> None:
    anchor = apply(target(tmp_path), action(Call.CREATE), payload(Photo="A" * 300_000)).anchor
    assert len(str(target(tmp_path).observe().accounts[0].attributes["Photo"])) == 300_000
    assert anchor


def test_lines_are_counted_over_quoted_line_ends() -> None:
    assert [line for line, _ in parse_csv(b'Id\n"a\nb"\nc\n', ",", "utf-8").numbered()] == [2, 4]


def test_what_another_writes_is_seen_at_once(tmp_path: Path) -> None:
    found = target(tmp_path)
    anchor = apply(found, action(Call.CREATE), payload()).anchor
    text = (tmp_path / "ad.csv").read_bytes()
    (tmp_path / "ad.csv").write_bytes(text.replace(b"login-p1", b"login-p2"))
    assert found.observe().accounts[0].attributes["Login"] == "login-p2"
    apply(found, action(Call.ENABLE, anchor))
    assert b"true,P1,login-p2" in (tmp_path / "ad.csv").read_bytes()


def test_a_locked_file_is_busy_and_not_waited_for_longer_than_the_call_may_take(tmp_path: Path) -> None:
    found = target(tmp_path)
    with exclusive(found.accounts_path, 1), pytest.raises(TransientError) as refused:
        found.apply(action(Call.CREATE), payload(), timeout_seconds=0.05)
    assert refused.value.diagnostic.code == "ORD0823"
    assert found.observe().accounts == ()


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = target(tmp_path)
    apply(found, action(Call.CREATE), payload())
    before = (tmp_path / "ad.csv").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransientError) as refused:
        apply(found, action(Call.CREATE, person="P2", number=2), payload("P2"))
    assert "no space left" in refused.value.diagnostic.detail
    assert (tmp_path / "ad.csv").read_bytes() == before


_KILLED = """
import os, signal, sys
from pathlib import Path
from connectors.csv.target import CsvTargetConfig, open_csv_target
from policy.enforcement import Call
from tests.conformance.target_samples import action, apply, payload
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
target = open_csv_target("ad", CsvTargetConfig(file="ad.csv"), Path(sys.argv[1]))
apply(target, action(Call.CREATE, person="P2", number=2), payload("P2"))
"""


def test_a_crash_before_the_exchange_leaves_the_old_file_and_the_next_writer_goes_on(tmp_path: Path) -> None:
    found = target(tmp_path)
    apply(found, action(Call.CREATE), payload())
    before = (tmp_path / "ad.csv").read_bytes()
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert killed.returncode == -9
    assert (tmp_path / "ad.csv").read_bytes() == before
    assert not found.probe(action(Call.CREATE, person="P2", number=2), payload("P2")).effective
    apply(found, action(Call.CREATE, person="P2", number=2), payload("P2"))
    assert len(found.observe().accounts) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"ad.csv", ".ad.csv.lock"}


def _write_many(root: str, person: str) -> None:
    found = target(Path(root))
    for number in range(20):
        made = apply(found, action(Call.CREATE, person=person, number=int(person[1]) * 100 + number), payload(person))
        apply(found, action(Call.ADD_PERMISSION, made.anchor, person=person, name=f"{person}-{number}"))


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(str(tmp_path), person)) for person in ("P1", "P2")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    accounts = target(tmp_path).observe().accounts
    assert len(accounts) == 40
    held = {name for account in accounts for name in account.permissions}
    assert held == {f"P{one}-{number}" for one in (1, 2) for number in range(20)}


def test_a_mapped_id_is_the_reference_and_never_changes(tmp_path: Path) -> None:
    found = target(tmp_path, id="Number")
    made = apply(found, action(Call.CREATE), payload(Number="18003", Login="ann"))
    assert made.anchor == "18003"
    apply(found, action(Call.UPDATE, "18003"), payload(Number="18004", Login="anna"))
    assert [(one.anchor, one.attributes["Login"]) for one in found.observe().accounts] == [("18003", "anna")]


def test_a_mapped_id_that_somebody_has_already_is_refused_and_never_claimed(tmp_path: Path) -> None:
    (tmp_path / "ad.csv").write_bytes(b"Number,Enabled,Login\n18003,true,bob\n")
    before = (tmp_path / "ad.csv").read_bytes()
    found = target(tmp_path, id="Number")
    wanted = payload(Number="18003", Login="ann")
    with pytest.raises(OrdainError) as refused:
        apply(found, action(Call.CREATE), wanted)
    assert refused.value.diagnostic.code == "ORD0822"
    assert not found.probe(action(Call.CREATE), wanted).effective
    assert (tmp_path / "ad.csv").read_bytes() == before


def test_a_creation_with_a_mapped_id_sent_twice_makes_one(tmp_path: Path) -> None:
    found = target(tmp_path, id="Number")
    wanted = payload(Number="18003", Login="ann")
    assert apply(found, action(Call.CREATE), wanted) == apply(found, action(Call.CREATE), wanted)
    assert len(found.observe().accounts) == 1
    assert found.probe(action(Call.CREATE), wanted).effective
