"""Settings that are wrong: the key, what it has to be, and the name that was probably meant (ORD0403)."""

import tomllib
from pathlib import Path

import pytest

from api.settings.workspace import open_workspace
from policy.diagnostics import UsageError

GOOD = """
[workspace]
name = "clinic"
[sources.hr]
connector = "csv"
persons = { file = "p.csv", key = "Id" }
lookups = [{ file = "f.csv", key = "K", into = "contracts.F", as = "Function" }]
[targets.ad]
connector = "csv"
file = "out/ad.csv"
secret_fields = ["Password"]
[targets.erp]
connector = "sql"
url = { env = "ERP" }
accounts = { table = "people", columns = { Name = "name" } }
"""

CASES = [
    ('name = "clinic"', 'name = "Clinic North"', "workspace.name has to be small letters and digits", None),
    ('name = "clinic"', "name = 3", "workspace.name has to be text in quotes", None),
    ('name = "clinic"', "", "workspace.name is missing", "add workspace.name to ordain.toml"),
    ('name = "clinic"', 'name = "clinic"\nrule = "r"', "workspace.rule is not a setting here", "did you mean `rules`?"),
    ("[workspace]", "[elsewhere]\n[workspace]", "elsewhere is not a setting", "remove it, or choose one of approval"),
    ("[workspace]", "[target]\n[workspace]", "target is not a setting here", "did you mean `targets`?"),
    ("[workspace]", "[approval]\nrequired = 0\n[workspace]", "approval.required has to be at least 1", None),
    ("[workspace]", "[approval]\nrequired = 21\n[workspace]", "approval.required has to be at most 20", None),
    ("[workspace]", "[approval]\nrequired = 1.5\n[workspace]", "approval.required has to be a whole number", None),
    ("[workspace]", "approval = 3\n[workspace]", "approval has to be a table", None),
    ("[workspace]", "[database]\nurl = 3\n[workspace]", "database.url has to be text in quotes or a table", None),
    ("[workspace]", "[database]\nurl = {}\n[workspace]", 'database.url is wrong: write either { env = "NAME" }', None),
    ("[workspace]", "[database]\nurl = { env = '' }\n[workspace]", "database.url.env is empty", None),
    ("[workspace]", "[enforcement]\ntimeout_seconds = 0\n[workspace]", "timeout_seconds has to be more than 0", None),
    ("[workspace]", "[enforcement]\nlease_seconds = 5\n[workspace]", "lease_seconds is 5", "raise lease_seconds"),
    ('connector = "sql"', 'connector = "sqll"', 'no connector "sqll"', "choose one of csv, memory, sql"),
    ('[targets.erp]\nconnector = "sql"', "[targets.erp]", "targets.erp.connector is missing", None),
    ("[targets.erp]", "[targets.Erp]", "targets.Erp has to be small letters and digits", None),
    ('table = "people"', "table = 1", "targets.erp.accounts.table has to be text", None),
    ('table = "people"', 'table = "x", enabld = "y"', "accounts.enabld is not a setting", "did you mean `enabled`?"),
    ('as = "Function"', 'as = "F", kye = "K"', "sources.hr.lookups.0.kye is not a setting", "did you mean `key`?"),
    ('into = "contracts.F"', 'into = "F"', "sources.hr.lookups.0.into has not the form", None),
    ('secret_fields = ["Password"]', 'secret_fields = "Password"', "secret_fields has to be a list", None),
    (
        'file = "out/ad.csv"',
        'file = "out/ad.csv"\ndelimiter = "::"',
        "targets.ad.delimiter is longer than 1 character.",
        None,
    ),
    ('file = "out/ad.csv"', 'file = "out/ad.csv"\nencoding = "utf-9"', "there is no encoding called utf-9", None),
    ('url = { env = "ERP" }', 'url = "nonsense"', "targets.erp.url is wrong: this is no address of a database", None),
    (
        'connector = "csv"\npersons',
        'connector = "csv"\nlimits = { gone = 1 }\npersons',
        "limits.gone is not a setting",
        None,
    ),
]


def problems(folder: Path, text: str) -> list[tuple[str, str | None]]:
    (folder / "ordain.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        open_workspace(folder)
    assert {one.code for one in caught.value.diagnostics} == {"ORD0403"}
    return [(one.detail, one.hint) for one in caught.value.diagnostics]


def test_a_good_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "ordain.toml").write_text(GOOD, encoding="utf-8")
    opened = open_workspace(tmp_path)
    assert opened.name == "clinic"
    assert set(opened.target_configs) == {"ad", "erp"}
    assert tomllib.loads(GOOD)["workspace"]["name"] == "clinic"


@pytest.mark.parametrize(("old", "new", "words", "hint"), CASES, ids=[case[2] for case in CASES])
def test_one_key_is_wrong(tmp_path: Path, old: str, new: str, words: str, hint: str | None) -> None:  # noqa: PLR0917  # one row
    assert old in GOOD
    ((detail, given),) = problems(tmp_path, GOOD.replace(old, new, 1))
    assert words in detail
    assert "ordain.toml" in detail or "lease" in detail
    for foreign in ("Input should", "Value error", "pydantic", "valid dictionary"):
        assert foreign not in detail
    assert hint is None or hint in (given or "")


def test_every_wrong_key_is_named(tmp_path: Path) -> None:
    text = GOOD.replace('file = "out/ad.csv"', "fil = 3").replace('key = "Id"', "kee = 1").replace('"people"', "[]")
    keys = {detail.split(" ")[1] for detail, _ in problems(tmp_path, text)}
    assert keys == {
        "targets.ad.fil",
        "targets.ad.file",
        "sources.hr.persons.kee",
        "sources.hr.persons.key",
        "targets.erp.accounts.table",
    }


def test_a_folder_is_named_when_it_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rules.ordain"
    file.write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for root, said in ((Path(), "There is no ordain.toml in this folder."), (file, f"{file} is a file.")):
        with pytest.raises(UsageError) as raised:
            open_workspace(root)
        assert raised.value.diagnostics[0].detail == said
