"""Write the HR export of the example workspace `first-steps`: thirteen invented people, the same bytes every time.

Run it as `python tests/town/generate_first_steps.py [FILE]` (default: `rules/first-steps/hr/vault.json`).
"""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]


class Worker(NamedTuple):
    number: str
    given: str
    family: str
    type: str
    department: str
    title: str
    start: str
    end: str | None = None

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


DEPARTMENTS = (  # code, name, parent, manager
    ("BOARD", "Board", None, "1001"),
    ("CARE", "Care", "BOARD", "1002"),
    ("W1", "Ward North", "CARE", "1003"),
    ("W2", "Ward South", "CARE", "1004"),
    ("OPS", "Operations", "BOARD", "1005"),
    ("FIN", "Finance", "OPS", "1005"),
    ("MOVE", "Relocation project", "OPS", "1005"),
)
TITLES = {
    "DIRECTOR": "Director",
    "HEAD": "Head of department",
    "NURSE": "Nurse",
    "DOCTOR": "Doctor",
    "FIN": "Controller",
    "MOVER": "Project worker",
}
TYPES = {"EMP": "Employee", "INT": "Intern", "TMP": "Temporary"}
WORKERS = (
    Worker("1001", "Ada", "Vermeer", "EMP", "BOARD", "DIRECTOR", "2019-01-01"),
    Worker("1002", "Bram", "de Wit", "EMP", "CARE", "HEAD", "2020-04-01"),
    Worker("1003", "Chloé", "Martin", "EMP", "W1", "NURSE", "2021-09-01"),
    Worker("1004", "Daan", "Jansen", "EMP", "W2", "NURSE", "2018-02-01"),
    Worker("1005", "Eva", "Smit", "EMP", "FIN", "FIN", "2017-06-01"),
    Worker("1006", "Fatima", "El Amrani", "EMP", "W1", "DOCTOR", "2022-01-10"),
    Worker("1007", "Gijs", "Bakker", "INT", "W2", "NURSE", "2026-02-02", "2026-07-31"),
    Worker("1008", "Hanna", "Jansen", "EMP", "W1", "NURSE", "2023-03-01", "2026-03-31"),
    Worker("1009", "Dirk", "Jansen", "EMP", "W2", "DOCTOR", "2026-03-10"),
    Worker("1010", "Joris", "Mulder", "TMP", "MOVE", "MOVER", "2026-01-05", "2026-06-30"),
    Worker("1011", "Karin", "Visser", "TMP", "MOVE", "MOVER", "2026-01-05", "2026-06-30"),
    Worker("1012", "Lars", "Visser", "TMP", "MOVE", "MOVER", "2026-01-05", "2026-06-30"),
    Worker("1013", "Mina", "Yilmaz", "TMP", "MOVE", "MOVER", "2026-01-05", "2026-06-30"),
)


def vault_text() -> str:
    departments = [
        {"ExternalId": code, "DisplayName": name, "ParentExternalId": parent, "Manager": {"ExternalId": manager}}
        for code, name, parent, manager in DEPARTMENTS
    ]
    document = {"Persons": [person(one) for one in WORKERS], "Departments": departments}
    return json.dumps(document, ensure_ascii=False, indent=1)


def person(worker: Worker) -> Json:
    mailbox = f"{worker.given}.{worker.family}".lower().replace("é", "e").replace(" ", "")
    return {
        "ExternalId": worker.number,
        "DisplayName": worker.name,
        "UserName": None,
        "Name": {
            "GivenName": worker.given,
            "NickName": worker.given,
            "FamilyName": worker.family,
            "Convention": "B",
        },
        "Contact": {"Business": {"Email": f"{mailbox}@harbour.example"}},
        "Contracts": [contract(worker)],
    }


def contract(worker: Worker) -> Json:
    name, manager = next((one[1], one[3]) for one in DEPARTMENTS if one[0] == worker.department)
    full = worker.type != "INT"
    made: Json = {
        "ExternalId": f"{worker.number}-1",
        "StartDate": f"{worker.start}T00:00:00Z",
        "EndDate": worker.end and f"{worker.end}T00:00:00Z",
        "Type": {"Code": worker.type, "Description": TYPES[worker.type]},
        "Department": {"ExternalId": worker.department, "DisplayName": name},
        "Title": {"ExternalId": worker.title, "Name": TITLES[worker.title]},
        "Details": {"Fte": 1 if full else 0.6, "HoursPerWeek": 36 if full else 21.6, "Sequence": 1},
    }
    if manager != worker.number:
        above = next(one for one in WORKERS if one.number == manager)
        made["Manager"] = {"ExternalId": manager, "DisplayName": above.name}
    return made


if __name__ == "__main__":
    default = Path(__file__).resolve().parents[2] / "rules" / "first-steps" / "hr" / "vault.json"
    (Path(sys.argv[1]) if len(sys.argv) > 1 else default).write_text(vault_text(), encoding="utf-8")
