"""A field mapping as people have them, read from its file and run with real scripts."""

import json
from datetime import UTC, date, datetime

from connectors.helloid.field_mapping import read_field_mapping
from connectors.javascript.runner import JavaScriptRunner
from engine.mapping.accounts import AccountJob, AccountProblem, map_accounts
from engine.mapping.person_document import DocumentContext
from engine.mapping.unique import first_unique
from policy.canonical import JsonValue
from policy.field_mapping import AccountAction
from policy.people import Contract, Person
from policy.rules import CheckedPolicy, ManagerRule
from policy.snapshot import Snapshot
from policy.targets import AccountPayload

NOW = datetime(2026, 3, 1, tzinfo=UTC)

LOGIN = """
function login() {
    let first = Person.Name.NickName;
    let prefix = Person.Name.FamilyNamePrefix;
    let made = Iteration === 0 ? first + '.' : first.substring(0, Iteration) + '.';
    if (typeof prefix !== 'undefined' && prefix) { made = made + prefix.replace(/ /g, '') }
    made = deleteDiacriticalMarks((made + Person.Name.FamilyName).toLowerCase());
    suffix = '@example.org';
    return made + suffix;
}
login();
"""
PHONES = "Person.Contact.Business.Phone.Fixed ? [Person.Contact.Business.Phone.Fixed] : [];"
YEAR = "new Date(Person.PrimaryContract.StartDate).getUTCFullYear();"
LEAK = "typeof suffix;"
BROKEN = "if (!Person.Name.Initials) { throw 'no initials' }"


def entry(name: str, mode: str, value: JsonValue, kind: str = "Text") -> dict[str, JsonValue]:
    action = {"MapForActions": ["Create", "Update"], "MappingMode": mode, "Value": json.dumps(value)}
    stored = {"UsedInNotifications": True, "StoreInAccountData": True}
    return {"Name": name, "Description": "", "Type": kind, "MappingActions": [{**action, **stored}]}


def file(*entries: dict[str, JsonValue]) -> str:
    return json.dumps({"Version": "v1", "MappingFields": entries, "UniqueFieldNames": ["userPrincipalName"]})


ZOE = Person(
    "1",
    {"name.nick_name": "Zoë", "name.family_name": "Bos", "name.family_name_prefix": "van den"},
    (Contract("C1", {"start_date": date(2020, 5, 1)}),),
)
CONTEXT = DocumentContext(
    CheckedPolicy("t", 1, "Europe/Amsterdam", (), ManagerRule.CONTRACT), Snapshot.of([ZOE], []), NOW.date()
)


def test_scripts_make_an_account_and_iterations_make_it_unique() -> None:
    login = entry("userPrincipalName", "Complex", LOGIN)
    others = [entry("phones", "Complex", PHONES, "Array"), entry("year", "Complex", YEAR), entry("x", "Complex", LEAK)]
    mapping = read_field_mapping(file(login, *others, entry("mail", "Field", "Person.Accounts.ad.userMail")), "f.json")
    with JavaScriptRunner() as scripts:

        def make(iteration: int) -> AccountPayload | AccountProblem:
            job = AccountJob(ZOE, AccountAction.CREATE, iteration, {"ad": {"user_mail": "zoe@example.org"}})
            return map_accounts([job], mapping, scripts, context=CONTEXT, now=NOW, seed=1)[0]

        found = first_unique(mapping, make, lambda _, value: value != "zoe.vandenbos@example.org", person="1")
    assert isinstance(found, AccountPayload)
    assert found.attributes == {
        "userPrincipalName": "z.vandenbos@example.org",
        "phones": [],
        "year": "2020",
        "x": "undefined",
        "mail": "zoe@example.org",
    }
    assert found.account_data["user_principal_name"] == "z.vandenbos@example.org"


def test_what_a_script_throws_reaches_its_author() -> None:
    mapping = read_field_mapping(file(entry("userPrincipalName", "Complex", BROKEN)), "f.json")
    with JavaScriptRunner() as scripts:
        jobs = [AccountJob(ZOE, AccountAction.CREATE)]
        (found,) = map_accounts(jobs, mapping, scripts, context=CONTEXT, now=NOW, seed=1)
    assert isinstance(found, AccountProblem)
    assert "no initials" in found.diagnostic.detail
    assert "person “1”" in found.diagnostic.detail
