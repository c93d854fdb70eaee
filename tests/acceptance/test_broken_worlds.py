"""Whatever is broken: a code, plain words, an exit code that says whose turn it is, and never a stack trace."""

import sqlite3
from collections.abc import Callable
from functools import partial

import pytest

from api.store.store import open_store
from tests.acceptance.clinic import DAY, Clinic

EVALUATE = ("evaluate", "--as-of", DAY)


def missing_workspace(clinic: Clinic) -> None:
    (clinic.root / "ordain.toml").unlink()


def broken_toml(clinic: Clinic) -> None:
    clinic.write("ordain.toml", '[workspace\nname = "x"')


def toml_in_latin(clinic: Clinic) -> None:
    clinic.write("ordain.toml", 'name = "caf\xe9"'.encode("latin-1"))


def unknown_key(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", "required = 1", "requierd = 1")


def wrong_type(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", "required = 1", 'required = "two"')


def unknown_connector(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", 'connector = "vault"', 'connector = "volt"')


def secret_not_set(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", "[sources.hr]", '[database]\nurl = { env = "ORDAIN_NOT_SET" }\n[sources.hr]')


def no_such_database(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", "[sources.hr]", '[database]\nurl = "oracle://somewhere"\n[sources.hr]')


def database_down(clinic: Clinic) -> None:
    url = "postgresql+psycopg://127.0.0.1:1/ordain"
    clinic.edit("ordain.toml", "[sources.hr]", f'[database]\nurl = "{url}"\n[sources.hr]')


def other_tenant(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", "harbour-clinic", "another-clinic")


def database_garbage(clinic: Clinic) -> None:
    for path in (clinic.root / ".ordain").glob("ordain.db*"):
        path.unlink()
    clinic.write(".ordain/ordain.db", b"no database " * 1000)


def database_is_a_folder(clinic: Clinic) -> None:
    for path in (clinic.root / ".ordain").glob("ordain.db*"):
        path.unlink()
    (clinic.root / ".ordain" / "ordain.db").mkdir()


def database_from_the_future(clinic: Clinic) -> None:
    with sqlite3.connect(clinic.root / ".ordain" / "ordain.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def state_is_a_file(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", "[approval]", 'state = "state"\n[approval]')
    clinic.write("state", "in the way")


def no_rules(clinic: Clinic) -> None:
    for path in (clinic.root / "rules").glob("*.ordain"):
        path.unlink()


def rules_in_latin(clinic: Clinic) -> None:
    clinic.write("rules/more.ordain", '# caf\xe9\nset more is "x"\n'.encode("latin-1"))


def wrong_rules(clinic: Clinic) -> None:
    clinic.edit("rules/harbour.ordain", "contract.department is", "contract.departmnt is")


def rules_are_a_folder(clinic: Clinic) -> None:
    no_rules(clinic)
    (clinic.root / "rules" / "harbour.ordain").mkdir()


def target_in_latin(clinic: Clinic) -> None:
    clinic.write("out/ad.csv", "Id,Enabled,DisplayName\n1,true,Zo\xeb\n".encode("latin-1"))


def target_without_its_column(clinic: Clinic) -> None:
    clinic.write("out/ad.csv", "Number,DisplayName\n1,Zoe\n")


def target_is_a_folder(clinic: Clinic) -> None:
    (clinic.root / "out" / "ad.csv").mkdir(parents=True)


def field_mapping_gone(clinic: Clinic) -> None:
    (clinic.root / "ad" / "fieldMapping.json").unlink()


def field_mapping_broken(clinic: Clinic) -> None:
    clinic.write("ad/fieldMapping.json", "{")


def field_mapping_outside(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", 'fields = "ad/fieldMapping.json"', 'fields = "../../fieldMapping.json"')


def target_outside(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", 'file = "out/ad.csv"', 'file = "../ad.csv"')


def trust_broken(clinic: Clinic) -> None:
    clinic.write(".ordain/trust.json", "{")


def trust_is_a_folder(clinic: Clinic) -> None:
    (clinic.root / ".ordain" / "trust.json").unlink()
    (clinic.root / ".ordain" / "trust.json").mkdir()


def engine_key_open(clinic: Clinic) -> None:
    (clinic.root / ".ordain" / "keys" / "engine.pem").chmod(0o644)


def engine_key_garbage(clinic: Clinic) -> None:
    clinic.write(".ordain/keys/engine.pem", "no key")


WORLDS: list[tuple[Callable[[Clinic], None], int, str]] = [
    (missing_workspace, 2, "ORD0401"),
    (broken_toml, 2, "ORD0402"),
    (toml_in_latin, 2, "ORD0401"),
    (unknown_key, 2, "ORD0403"),
    (wrong_type, 2, "ORD0403"),
    (unknown_connector, 2, "ORD0403"),
    (secret_not_set, 2, "ORD0404"),
    (no_such_database, 2, "ORD0906"),
    (database_down, 4, "ORD0901"),
    (other_tenant, 3, "ORD0909"),
    (database_garbage, 4, "ORD0904"),
    (database_is_a_folder, 4, "ORD0901"),
    (database_from_the_future, 4, "ORD0905"),
    (state_is_a_file, 4, "ORD0901"),
    (no_rules, 2, "ORD0408"),
    (rules_in_latin, 1, "ORD0405"),
    (wrong_rules, 1, "ORD0201"),
    (rules_are_a_folder, 2, "ORD0408"),
    (target_in_latin, 4, "ORD0820"),
    (target_without_its_column, 4, "ORD0820"),
    (target_is_a_folder, 4, "ORD0820"),
    (field_mapping_gone, 2, "ORD0405"),
    (field_mapping_broken, 1, "ORD0850"),
    (field_mapping_outside, 2, "ORD0501"),
    (target_outside, 2, "ORD0501"),
    (trust_broken, 1, "ORD0740"),
    (trust_is_a_folder, 2, "ORD0932"),
    (engine_key_open, 3, "ORD0752"),
    (engine_key_garbage, 4, "ORD0751"),
]


@pytest.mark.parametrize(("happens", "exit_code", "code"), WORLDS, ids=[one.__name__ for one, _, _ in WORLDS])
def test_evaluating_in_a_broken_world(
    known: Clinic, happens: Callable[[Clinic], None], exit_code: int, code: str
) -> None:
    happens(known)
    told = known(*EVALUATE)
    assert (told.code, told.out) == (exit_code, "")
    assert code in told.err
    machine = known(*EVALUATE, "--json")
    assert (machine.code, machine.err) == (exit_code, "")
    assert code in machine.problems


@pytest.mark.parametrize(
    "command", [("show",), ("ledger",), ("audit",), ("history", "1001"), ("import",), ("enforce", "--resume")]
)
def test_no_command_survives_a_damaged_database(known: Clinic, command: tuple[str, ...]) -> None:
    database_garbage(known)
    ran = known(*command)
    assert ran.code == 4
    assert "ORD0904" in ran.err


def test_a_database_that_somebody_else_holds(known: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.compose.open_store", partial(open_store, busy_timeout_seconds=0.1))
    with sqlite3.connect(known.root / ".ordain" / "ordain.db", isolation_level=None) as database:
        database.execute("BEGIN IMMEDIATE")
        ran = known("import")
    database.close()
    assert ran.code == 4
    assert "ORD0902" in ran.err
    known.fine("import")


@pytest.mark.parametrize("command", [(*EVALUATE, "--out"), ("show", "DIFF", "--out"), ("approve", "DIFF", "--out")])
def test_a_disk_that_does_not_take_it(
    known: Clinic, command: tuple[str, ...], only_diff: Callable[[Clinic], str]
) -> None:
    known.write("in-the-way", "a file")
    diff = only_diff(known)
    words = [diff if word == "DIFF" else word for word in command]
    ran = known(*words, known.root / "in-the-way" / "result")
    assert ran.code == 4
    assert "ORD0933" in ran.err


def test_every_wrong_key_is_named_in_one_run(known: Clinic) -> None:
    known.write(
        "ordain.toml",
        """
[workspace]
name = "harbour-clinic"
[sources.hr]
connector = "csv"
persons = 3
[sources.second]
connector = "vault"
file = "hr/vault.json"
limits = { removed = { count = 0 } }
[targets.ad]
connector = "sql"
[targets.erp]
connector = "sql"
url = { env = "A", file = "b" }
accounts = { table = "t", anchor_from = "me" }
permision = { table = "p" }
""",
    )
    ran = known("check")
    assert ran.code == 2
    assert "sources.second.limits.removed.count has to be at least 1" in ran.err
    known.edit("ordain.toml", "count = 0", "count = 1")
    ran = known("check")
    assert ran.code == 2
    assert "sources.hr.persons has to be a table" in ran.err
    assert "targets.ad.url is missing" in ran.err
    assert "targets.ad.accounts is missing" in ran.err
    assert 'targets.erp.url is wrong: write either { env = "NAME" } or { file = "path" }' in ran.err
    assert "targets.erp.accounts.anchor_from has to be 'database' or 'ordain'" in ran.err
    assert "hint: did you mean `permissions`?" in ran.err
    assert "Input should" not in ran.err


def test_a_secret_in_a_file_that_is_not_there(known: Clinic) -> None:
    known.edit("ordain.toml", "[sources.hr]", '[database]\nurl = { file = "secret" }\n[sources.hr]')
    assert "ORD0404" in known(*EVALUATE).err
    known.write("secret", f"sqlite:///{known.root / '.ordain' / 'ordain.db'}\n")
    known.fine(*EVALUATE)


def test_a_broken_export_leaves_the_snapshot_in_force(known: Clinic) -> None:
    before = known.evaluate()
    for content, exit_code, code in (
        (b"{", 1, "ORD0514"),
        (b'{"Persons": {}}', 1, "ORD0514"),
        (b'{"Persons": [], "Departments": []}', 1, "ORD0568"),
        ('{"Persons": [{"ExternalId": "caf\xe9"}]}'.encode("latin-1"), 1, "ORD0504"),
        (None, 4, "ORD0502"),
    ):
        path = known.write("hr/vault.json", content or b"")
        if content is None:
            path.unlink()
        ran = known("import", "--json")
        assert (ran.code, ran.problems[0]) == (exit_code, code)
        refused = known("evaluate", "--as-of", DAY, "--import", "--json")
        assert (refused.code, refused.problems[0]) == (exit_code, code)
        assert known.evaluate()["totals"] == before["totals"]
