"""The example workspace `meridian` shows what its README says: a clean `check`, and every status in the diff."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from api.compose import tools_for
from api.settings.workspace import open_workspace
from api.tools import Tools
from api.usecases.evaluate import Evaluated, evaluate_workspace
from api.usecases.import_people import Imported, import_people
from api.usecases.lint import Known, lint_loaded
from api.usecases.load_policy import load_policy
from engine.lint.people import people_facts
from policy.canonical import Value
from policy.diagnostics import Severity
from policy.diff import Op, Status
from policy.entitlements import Kind
from policy.ledger import ManagedEntitlement
from policy.rules import Scope
from tests.town.generate_meridian import files

ROOT = Path(__file__).parents[2]
MERIDIAN = ROOT / "rules" / "meridian"
AS_OF = date(2026, 3, 2)
PHRASES = """\
primary contract by
primary manager from department
is one of
required
is flag
is date
is text
set sites from
set nursing is
define
owner
category
about
for any contract
for every contract
for primary contract
for person
draft rule
starting
ending never
14 days before
30 days after
1 week after
2 months after
or below
not in
in sites
starts with
ends with
contains
matches
does not start with
is known
is unknown
is on or after today
is on or before 3 months before today
is at least
is at most
is more than
is true
contract is active
contract is future
holds account
holds access
holds permission
any contract has
no contract has
all of
any of
none of
grant by
otherwise
from "titles.csv"
grant role
role ward-basics
{contract.
depends on
in 7 days
disable, delete after
from all targets
from ad, entra
approved by
until
together with
except person
severity
""".splitlines()


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """Everything of a copy of the workspace, on the day it tells of."""
    root = tmp_path_factory.mktemp("town") / "meridian"
    shutil.copytree(MERIDIAN, root, ignore=shutil.ignore_patterns(".ordain", "out"))
    with tools_for(open_workspace(root), actor="test") as opened:
        yield opened


@pytest.fixture(scope="module")
def imported(tools: Tools) -> Imported:
    """Its people."""
    return import_people(tools)


@pytest.fixture(scope="module")
def first(tools: Tools, imported: Imported) -> Evaluated:
    """The first diff of all."""
    return evaluate_workspace(tools, AS_OF)


@pytest.fixture(scope="module")
def enforced(tools: Tools, first: Evaluated) -> Evaluated:
    """The ledger as the first diff leaves it behind."""
    planned = [line.key for line in first.diff.lines if line.status is Status.PLANNED]
    with tools.store.write() as tx:
        tx.ledger.put_all([ManagedEntitlement(key, 1, f"{key.person}@{key.target}") for key in planned])
    return first


def statuses(found: Evaluated, person: str, target: str) -> set[Status]:
    return {line.status for line in found.diff.lines if (line.key.person, line.key.target) == (person, target)}


def test_the_committed_files_are_what_the_generator_writes() -> None:
    written = {name: text.encode("utf-8-sig") for name, text in files().items()}
    assert written == {path.name: path.read_bytes() for path in (MERIDIAN / "hr").glob("*.csv")}


def test_check_finds_nothing_to_complain_about() -> None:
    loaded = load_policy(open_workspace(MERIDIAN))
    found = [one.diagnostic for one in lint_loaded(loaded, date(2026, 2, 1)) if one.diagnostic.code != "ORD0365"]
    assert [(one.code, one.severity.value) for one in found] == [("ORD0355", "note")]
    rules = loaded.require().rules.values()
    assert Counter(rule.draft for rule in rules) == {False: 25, True: 1}
    assert {rule.scope for rule in rules} == set(Scope)
    assert len({rule.span.path for rule in rules}) == 3


def test_its_people_and_departments_are_those_that_the_rules_speak_of(first: Evaluated) -> None:
    known = Known(people_facts(first.policy, first.snapshot))
    found = [one.diagnostic.code for one in lint_loaded(load_policy(open_workspace(MERIDIAN)), date(2026, 2, 1), known)]
    assert set(found) <= {"ORD0355", "ORD0365"}


@pytest.mark.parametrize("phrase", PHRASES)
def test_the_rules_use_the_whole_language(phrase: str) -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted((MERIDIAN / "rules").glob("*.ordain")))
    assert phrase in re.sub(r"\s+", " ", re.sub(r"#.*", "", text))


def test_the_import_freezes_whom_the_readme_names(imported: Imported) -> None:
    assert not imported.blocked
    assert imported.counts.persons == 500
    frozen = {person: [one.code for one in problems] for person, problems in imported.frozen.items()}
    assert frozen == {"10481": ["ORD0564"], "10482": ["ORD0521"], "10483": ["ORD0560"]}
    warned = sorted(one.code for one in imported.diagnostics if one.severity is Severity.WARNING)
    assert warned == ["ORD0511", "ORD0512"]


def test_the_department_tree_is_five_deep(imported: Imported) -> None:
    parents = {one.external_id: one.parent_external_id for one in imported.snapshot.departments}

    def depth(department: str | None) -> int:
        return 1 + depth(parents[department]) if department else 0

    assert max(depth(one) for one in parents) == 5


def test_the_mapping_makes_the_standard_model(imported: Imported) -> None:
    person = imported.snapshot.find_person("10488")
    assert person is not None
    first, second = person.contracts
    assert first.values["start_date"] == date(2020, 1, 1)
    assert first.values["title.name"] == "Accounts payable clerk"
    assert second.values["department.external_id"] == "FIN-CTRL"
    assert str(second.values["details.hours_per_week"]) in {"18", "18.0"}


def test_every_status_of_the_readme_is_there(first: Evaluated) -> None:
    assert {status for target in ("ad", "entra", "erp") for status in statuses(first, "10001", target)} == {
        Status.FROZEN
    }
    assert statuses(first, "10485", "ad") == statuses(first, "10486", "entra") == {Status.FROZEN}
    assert statuses(first, "10482", "ad") == {Status.FROZEN}
    house = [one.external_id for one in first.snapshot.persons if _works_in(one.contracts[0].values, "N1A")]
    plain = [person for person in house if statuses(first, person, "entra") == {Status.WAITING}]
    assert len(plain) >= 5
    assert all(statuses(first, person, "ad") == {Status.FROZEN} for person in plain)
    denied = [line.key for line in first.diff.lines if line.status is Status.DENIED]
    assert [(key.person, key.name) for key in denied] == [("10487", "Approve payment"), ("10487", "Create vendor")]
    assert statuses(first, "10488", "erp") == {Status.PLANNED, Status.BLOCKED}
    tripped = [(one.target, one.op, one.kind) for one in first.diff.limits if one.tripped]
    assert tripped == [("erp", Op.GRANT, Kind.PERMISSION)]
    planned = {key.kind for key in first.decisions.desired if (key.person, key.target) == ("10489", "ad")}
    assert planned == {Kind.ACCOUNT, Kind.PERMISSION}
    assert not statuses(first, "10490", "ad")
    assert statuses(first, "10491", "ad") == {Status.PLANNED}


def _works_in(values: Mapping[str, Value], department: str) -> bool:
    return values["department.external_id"] == department


def test_when_an_exclusion_ends_its_lines_say_so(tools: Tools, enforced: Evaluated) -> None:
    later = evaluate_workspace(tools, date(2026, 4, 1))
    released = [line for line in later.diff.lines if line.released_by]
    assert {name for line in released for name in line.released_by} == {"north-move"}
    assert {line.status for line in released} == {Status.PLANNED}
    assert len(released) > 100


def test_when_a_house_closes_the_limits_hold(tools: Tools, enforced: Evaluated) -> None:
    later = evaluate_workspace(tools, date(2026, 7, 31))
    accounts = Counter(
        (line.key.target, line.status)
        for line in later.diff.lines
        if line.op is Op.REVOKE and line.key.kind is Kind.ACCOUNT and line.key.target != "erp"
    )
    assert set(accounts) == {("ad", Status.WAITING), ("entra", Status.BLOCKED)}
    assert accounts["entra", Status.BLOCKED] >= 20
    tripped = {(one.target, one.op, one.kind) for one in later.diff.limits if one.tripped}
    assert ("entra", Op.REVOKE, Kind.ACCOUNT) in tripped
