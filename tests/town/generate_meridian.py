"""Write the HR export of the example workspace `meridian`: 500 invented people, the same bytes every time.

Run it as `python tests/town/generate_meridian.py [FOLDER]` (default: `rules/meridian/hr`). Nothing is drawn from a
running generator: every choice is a hash of what it is about, so one person more changes nobody else.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

SEED = "meridian 1"
FIRST, LAST = 10001, 10500
TODAY = date(2026, 3, 2)
CLOSING = date(2026, 6, 30)  # the day on which the house W3 closes

Row = dict[str, str]

GIVEN = (  # noqa: SIM905  # names read best as words
    "Aaliyah Abel Adam Aisha Aleid Amber Amina Anke Anouk Arie Bart Bas Beatrix Bilal Bram Carlijn Casper "
    "Chantal Chloé Daan Dagmar Daphne Dewi Dirk Eline Elif Emre Esmée Eva Fatima Femke Finn Floor Frans "
    "Fleur Geert Gijs Guusje Hanna Hassan Hedwig Hugo Ilse Imane Iris Ivo Jade Jan Jasmijn Jelle Jip "
    "Joost Joyce Julia Kaan Karin Kees Kim Koen Laura Lars Leïla Lieke Lotte Luuk Maarten Maja Manon "
    "Marit Mees Mohamed Myrthe Nadia Naomi Niels Noor Olaf Olivia Otto Paulien Piet Quinten Rachid Renée "
    "Rik Roos Ruben Saar Samira Sanne Sem Sietske Sjoerd Sofie Stijn Suzan Teun Thijs Tineke Tom Ubah "
    "Vera Victor Willem Wout Yara Yusuf Zoë"
).split()
FAMILY = (  # noqa: SIM905  # names read best as words
    ":Aksoy :Bakker van_den:Berg :Boer de:Boer :Bos van:Dam :Dekker :Dijkstra van:Dijk :Driessen "
    ":El_Amrani de:Graaf de:Groot :Hendriks van_der:Heijden :Hoekstra :Jacobs :Jansen de:Jong :Kaya :Kok "
    ":Kuiper :Kuipers van_der:Laan van:Leeuwen :Mulder :Meijer :Meyer :Noordhof van:Oost :Öztürk :Peeters "
    ":Peters :Pinas :Postma :Prins :Quist :Ruiter de:Ruijter :Sánchez :Schipper :Schouten :Smit :Smits "
    "van_der:Steen :Tahiri :Tuinstra van_'t:Veer :Verhoeven :Vermeer :Visser :Vos de:Vries van_der:Wal "
    ":Wiersma de:Wit :Willems :Yildiz :Zijlstra van:Zanten"
).split()

HOUSES = [f"{region}{number}" for region in "NESW" for number in (1, 2, 3)]
DEPARTMENTS = [
    ("MC", "Meridian Care", ""),
    ("BOARD", "Board", "MC"),
    ("CARE", "Care", "MC"),
    *(
        (f"CARE-{one}", f"Care {name}", "CARE")
        for one, name in zip("NESW", ("North", "East", "South", "West"), strict=True)
    ),
    *((house, f"House {house}", f"CARE-{house[0]}") for house in HOUSES),
    *(
        (f"{one}{house}{ward}", f"Ward {one}{house}{ward}", f"{one}{house}")
        for one in "NESW"
        for house in (1, 2, 3)
        for ward in "AB"
    ),
    ("TREAT", "Treatment", "MC"),
    ("TREAT-MED", "Medical service", "TREAT"),
    ("TREAT-PSY", "Psychology", "TREAT"),
    ("TREAT-PAR", "Paramedical service", "TREAT"),
    ("TREAT-FYS", "Physiotherapy", "TREAT-PAR"),
    ("TREAT-LOG", "Speech therapy", "TREAT-PAR"),
    ("SERV", "Services", "MC"),
    ("FIN", "Finance", "SERV"),
    ("FIN-AP", "Accounts payable", "FIN"),
    ("FIN-CTRL", "Control", "FIN"),
    ("HR", "Human resources", "SERV"),
    ("ICT", "ICT", "SERV"),
    ("ICT-OPS", "Operations", "ICT"),
    ("ICT-APP", "Applications", "ICT"),
    ("FAC", "Facilities", "SERV"),
    ("FAC-KIT", "Kitchens", "FAC"),
]
WARDS = [code for code, name, _ in DEPARTMENTS if name.startswith("Ward")]
HEADED = [code for code, name, _ in DEPARTMENTS if not name.startswith("Ward")]
"""Departments with a head of their own; a ward is led by the head of its house."""

FUNCTIONS = [
    ("DIRECTOR", "Director", "15"),
    ("HEAD", "Head of department", "11"),
    ("NURSE", "Nurse", "7"),
    ("NURSE-S", "Senior nurse", "8"),
    ("CARER", "Carer", "5"),
    ("STUDENT", "Student nurse", "3"),
    ("DOCTOR", "Doctor", "14"),
    ("PSYCH", "Psychologist", "12"),
    ("FYSIO", "Physiotherapist", "9"),
    ("LOGO", "Speech therapist", "9"),
    ("AP-CLERK", "Accounts payable clerk", "6"),
    ("CONTROL", "Controller", "10"),
    ("HR-ADV", "HR adviser", "9"),
    ("SYSADMIN", "System administrator", "9"),
    ("APP-MAN", "Application manager", "9"),
    ("COOK", "Cook", "4"),
    ("FACIL", "Facilities worker", "4"),
    ("VOLUNT", "Volunteer", ""),
]
PLACES = {
    "WARD": ("NURSE", "NURSE", "NURSE", "NURSE-S", "CARER", "CARER", "CARER", "CARER", "STUDENT"),
    "TREAT-MED": ("DOCTOR",),
    "TREAT-PSY": ("PSYCH",),
    "TREAT-FYS": ("FYSIO",),
    "TREAT-LOG": ("LOGO",),
    "FIN-AP": ("AP-CLERK",),
    "FIN-CTRL": ("CONTROL",),
    "HR": ("HR-ADV",),
    "ICT-OPS": ("SYSADMIN",),
    "ICT-APP": ("APP-MAN",),
    "FAC": ("FACIL",),
    "FAC-KIT": ("COOK",),
}
REST = (  # noqa: SIM905  # names read best as words
    "TREAT-MED TREAT-MED TREAT-PSY TREAT-PSY TREAT-FYS TREAT-LOG FIN-AP FIN-AP FIN-CTRL HR HR ICT-OPS "
    "ICT-APP FAC FAC-KIT FAC-KIT"
).split()
LOCATIONS = [
    ("LN", "Northgate", "Groningen"),
    ("LE", "Eastfield", "Deventer"),
    ("LS", "Southlea", "Eindhoven"),
    ("LW", "Westbrook", "Haarlem"),
    ("HQ", "Head office", "Utrecht"),
    ("HOME", "Working from home", ""),
]


@dataclass
class Person:
    """Rows of one person."""

    number: int
    row: Row
    contracts: list[Row] = field(default_factory=list)


def pick(options: Sequence[str], *about: object) -> str:
    """One of the options, the same for the same `about`."""
    return options[draw(len(options), *about)]


def draw(below: int, *about: object) -> int:
    """A number below `below`, the same for the same `about`."""
    text = "/".join(str(one) for one in (SEED, *about))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") % below


def dutch(day: date) -> str:
    return f"{day.day:02d}-{day.month:02d}-{day.year}"


def compact(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def family(number: int, what: str) -> tuple[str, str]:
    prefix, _, name = pick(FAMILY, what, number).partition(":")
    return prefix.replace("_", " "), name.replace("_", " ")


def make_person(number: int) -> Person:
    given = pick(GIVEN, "given", number)
    prefix, name = family(number, "family")
    married = draw(10, "married", number) < 3
    partner_prefix, partner = family(number, "partner") if married else ("", "")
    born = date(1961, 1, 1) + timedelta(draw(365 * 43, "born", number))
    row = {
        "EmployeeNumber": str(number),
        "GivenName": given,
        "NickName": given if draw(9, "nick", number) else given[:3],
        "Initials": f"{given[0]}.",
        "Prefix": prefix,
        "FamilyName": name,
        "PartnerPrefix": partner_prefix,
        "PartnerName": partner,
        "NameUse": pick("0123", "use", number) if married else "0",
        "BirthDate": dutch(born),
        "PrivateEmail": f"p{number}@post.example",
        "Mobile": f"06-5550{number % 10000:04d}",
        "Registration": "",
        "RegisteredUntil": "",
        "WorksCouncil": "J" if draw(45, "council", number) == 0 else "N",
        "Excluded": "N",
    }
    return Person(number, row)


def make_contract(person: Person, department: str, function: str, **changes: str) -> Row:
    number = person.number
    order = len(person.contracts) + 1
    start = date(2008, 1, 1) + timedelta(draw(365 * 18, "start", number, order))
    part_time = draw(10, "hours", number, order)
    hours = 36 if part_time > 5 else 16 + 4 * part_time
    contract = {
        "EmployeeNumber": str(number),
        "ContractNumber": f"{number}-{order}",
        "StartDate": compact(start if start < TODAY else start - timedelta(365)),
        "EndDate": "",
        "TypeCode": pick(("EMP",) * 8 + ("TMP", "EXT"), "type", number, order),
        "DepartmentCode": department,
        "FunctionCode": function,
        "HoursPerWeek": f"{hours},0",
        "Fte": f"{hours / 36:.2f}".replace(".", ","),
        "Sequence": str(order),
        "LocationCode": location_of(department, number),
        "CostCenter": f"K{HEADED.index(house_of(department)) + 100}",
        "ManagerNumber": head_of(department, number),
        "Shift": pick("DDDLLN", "shift", number, order) if department in WARDS else "",
        "OnCall": "J" if function in {"DOCTOR", "SYSADMIN"} and draw(2, "call", number) else "N",
    }
    if function == "STUDENT":
        contract["TypeCode"] = "INT"
    if house_of(department) == "W3":
        contract["EndDate"] = compact(CLOSING)
    return contract | changes


def house_of(department: str) -> str:
    return department[:2] if department in WARDS else department if department in HEADED else "MC"


def location_of(department: str, number: int) -> str:
    region = next((one for one in "NESW" if department in WARDS and department.startswith(one)), "")
    if region:
        return f"L{region}"
    return "HOME" if draw(12, "home", number) == 0 else "HQ"


def head_of(department: str, number: int) -> str:
    """Who leads a department; heads are led by the head above, and the first of all by nobody."""
    parents = {code: parent for code, _, parent in DEPARTMENTS}
    code = house_of(department)
    if FIRST + HEADED.index(code) == number:
        code = parents[code]
    return str(FIRST + HEADED.index(code)) if code else ""


def register(person: Person, function: str) -> None:
    """Give care professionals their number in the register; a few let it lapse, a few mistyped it."""
    if function not in {"NURSE", "NURSE-S", "DOCTOR"}:
        return
    until = TODAY + timedelta(draw(1500, "until", person.number) - 60)
    digits = f"{draw(10**11, 'register', person.number):011d}"
    person.row["Registration"] = digits if draw(25, "typo", person.number) else f"BIG {digits[:9]}"
    person.row["RegisteredUntil"] = dutch(until)


def people() -> list[Person]:
    """Everybody: heads first, then wards and services, then the persons the README tells of."""
    found = []
    for number in range(FIRST, LAST + 1):
        person = make_person(number)
        index = number - FIRST
        if index < len(HEADED):
            department = HEADED[index]
            function = "DIRECTOR" if department in {"MC", "BOARD"} else "HEAD"
            ends = {"EndDate": "", "TypeCode": "EMP", "HoursPerWeek": "36,0", "Fte": "1,00"}
            person.contracts.append(make_contract(person, department, function, **ends))
        else:
            department = pick(WARDS, "ward", number) if draw(10, "place", number) < 7 else pick(REST, "rest", number)
            function = pick(PLACES["WARD" if department in WARDS else department], "function", number)
            person.contracts.append(make_contract(person, department, function))
            register(person, function)
            _come_and_go(person)
        found.append(person)
    _tell_stories({one.number: one for one in found})
    return found


def _come_and_go(person: Person) -> None:
    """Some have left, some are still to come, some have a second contract."""
    number, contract = person.number, person.contracts[0]
    fate = draw(100, "fate", number)
    if fate < 4:
        contract["EndDate"] = compact(TODAY - timedelta(60 + draw(900, "left", number)))
    elif fate < 6:
        contract["EndDate"] = compact(TODAY - timedelta(1 + draw(28, "leaving", number)))
    elif fate < 9:
        contract["StartDate"] = compact(TODAY + timedelta(1 + draw(40, "coming", number)))
    elif fate < 16 and not contract["EndDate"]:
        second = {"HoursPerWeek": "8,0", "Fte": "0,22", "TypeCode": "EMP"}
        person.contracts.append(make_contract(person, pick(WARDS, "second", number), "CARER", **second))
    if contract["EndDate"] and contract["StartDate"] > contract["EndDate"]:
        contract["StartDate"] = "20150101"


def _tell_stories(by_number: dict[int, Person]) -> None:
    """Persons 10481 to 10500 are each an example of something; the README says of what."""

    def settle(number: int, department: str, function: str, **changes: str) -> Person:
        person = by_number[number]
        person.row |= {"Registration": "", "RegisteredUntil": "", "WorksCouncil": "N"}
        plain = {"StartDate": "20200101", "EndDate": "", "TypeCode": "EMP"}
        person.contracts[:] = []
        person.contracts.append(make_contract(person, department, function, **(plain | changes)))
        return person

    settle(10481, "N1A", "NURSE", TypeCode="")
    settle(10482, "N1B", "CARER").row["BirthDate"] = "31-02-1980"
    settle(10483, "N9Z", "CARER")
    settle(10484, "E1A", "WIZARD")
    settle(10485, "ICT-OPS", "SYSADMIN").row["Excluded"] = "J"
    settle(10486, "ICT-APP", "APP-MAN").row["Excluded"] = "J"
    for number in (10487, 10488):
        both = settle(number, "FIN-AP", "AP-CLERK", Fte="0,50", HoursPerWeek="18,0")
        more = {"StartDate": "20250101", "Fte": "0,50", "HoursPerWeek": "18,0", "TypeCode": "EMP"}
        both.contracts.append(make_contract(both, "FIN-CTRL", "CONTROL", **more))
    settle(10489, "S1A", "NURSE", StartDate="20260309").row |= {
        "Registration": "19012345678",
        "RegisteredUntil": "01-09-2029",
    }
    settle(10490, "S1B", "CARER", StartDate="20260501")
    settle(10491, "S2A", "CARER", EndDate="20260220")
    settle(10492, "S2B", "CARER", EndDate="20250630")
    settle(10493, "FIN-AP", "AP-CLERK", EndDate="20260331")
    mixed = settle(10494, "E2A", "NURSE")
    mixed.contracts.append(make_contract(mixed, "TREAT-FYS", "FYSIO", StartDate="20251001", TypeCode="EXT"))
    settle(10495, "E3A", "VOLUNT", TypeCode="VOL", HoursPerWeek="4,0", Fte="0,11")
    for number in (10496, 10497):
        namesake = settle(number, "N2A", "CARER").row
        namesake |= {"GivenName": "Jan", "NickName": "Jan", "Initials": "J.", "Prefix": "de", "FamilyName": "Vries"}
        namesake |= {"PartnerPrefix": "", "PartnerName": "", "NameUse": "0"}
    settle(10498, "TREAT-MED", "DOCTOR").row |= {
        "GivenName": "Zoë",
        "NickName": "Zoë",
        "Initials": "Z.",
        "PartnerPrefix": "",
        "PartnerName": "",
        "FamilyName": "Gülşen-Łukasz",
        "Prefix": "",
        "NameUse": "0",
    }
    by_number[10498].row |= {"Registration": "59012345678", "RegisteredUntil": "01-01-2030"}
    settle(10499, "W1A", "STUDENT", TypeCode="INT", StartDate="20260201", EndDate="20260731")
    again = settle(10500, "W2A", "NURSE", StartDate="20180101", EndDate="20241231")
    again.contracts.append(make_contract(again, "W2B", "NURSE-S", StartDate="20260301", TypeCode="EMP"))


def files() -> dict[str, str]:
    """Text of every file, by name."""
    everybody = people()
    contracts = [contract for person in everybody for contract in person.contracts]
    stray = contracts[-1] | {"EmployeeNumber": "99999", "ContractNumber": "99999-1"}
    departments = [
        {"Code": code, "Name": name, "ParentCode": parent, "ManagerNumber": head_of(code, 0)}
        for code, name, parent in DEPARTMENTS
    ]
    functions = [{"FunctionCode": code, "FunctionName": name, "Grade": grade} for code, name, grade in FUNCTIONS]
    locations = [{"LocationCode": code, "LocationName": name, "Town": town} for code, name, town in LOCATIONS]
    return {
        "persons.csv": table([person.row for person in everybody]),
        "contracts.csv": table([*contracts, stray]),
        "departments.csv": table(departments),
        "functions.csv": table(functions),
        "locations.csv": table(locations),
    }


def table(rows: Sequence[Row]) -> str:
    """CSV with semicolons; no cell holds one, or a quote."""
    head = list(rows[0])
    lines = [head, *([row[name] for name in head] for row in rows)]
    assert not any(sign in cell for line in lines for cell in line for sign in ';"\r\n')
    return "".join(";".join(line) + "\r\n" for line in lines)


def write(folder: Path) -> None:
    """Write all files, with a byte-order mark, as spreadsheets do."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_bytes(text.encode("utf-8-sig"))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "rules" / "meridian" / "hr")
