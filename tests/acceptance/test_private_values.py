"""Private fields of a person reach a target when a mapping says so, and never a diff."""

import json

import pytest

from tests.acceptance.clinic import Clinic

FIELD = '"\\"Person.Contact.Personal.Email\\""'
SCRIPT = '"\\"Person.Contact.Personal.Email.toLowerCase()\\""'


@pytest.mark.parametrize(("mode", "value"), [("Field", FIELD), ("Complex", SCRIPT)])
def test_a_mapped_private_value_shows_in_a_diff_as_a_digest_only(known: Clinic, mode: str, value: str) -> None:
    action = {"MapForActions": ["Create", "Update"], "MappingMode": mode, "Value": json.loads(value)}
    mapping = json.loads((known.root / "ad/fieldMapping.json").read_text(encoding="utf-8"))
    mapping["MappingFields"].append({"Name": "Home", "Type": "Text", "MappingActions": [action]})
    known.write("ad/fieldMapping.json", json.dumps(mapping))
    _set_mail(known, "first@home.example")
    known.fine("import")
    known.enforce()
    assert "first@home.example" in (known.root / "out/ad.csv").read_text(encoding="utf-8")

    _set_mail(known, "second@home.example")
    diff = known.evaluate("2026-03-02", "--import", "--out", known.root / "diff")["diff"]
    lines = (known.root / "diff/lines.ndjson").read_text(encoding="utf-8")
    assert "hmac-sha256:" in lines
    for shown in (lines, known.fine("show", diff).out, known.fine("show", diff, "--format", "html").out):
        assert "@home.example" not in shown

    known.approve(diff)
    known.fine("enforce", diff)
    assert "second@home.example" in (known.root / "out/ad.csv").read_text(encoding="utf-8")
    assert known.evaluate()["totals"] == []


def _set_mail(clinic: Clinic, mail: str) -> None:
    vault = clinic.vault
    for person in vault["Persons"]:
        contact = person.setdefault("Contact", {})
        contact["Personal"] = {"Email": mail}
    clinic.vault = vault
