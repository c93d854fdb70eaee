from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.mapping.accounts import AccountJob, AccountProblem, kept_account_data, map_accounts
from engine.mapping.check_fields import check_field_mapping
from engine.mapping.person_document import DocumentContext, find_value, named_account_data, person_document
from engine.mapping.unique import MAX_ITERATION, first_unique
from policy.canonical import JsonValue, Value
from policy.catalogue import enforcement as kinds
from policy.enforcement import ActionResult
from policy.field_mapping import (
    DEFAULT_FIELD_MAPPING,
    AccountAction,
    AccountField,
    FieldMapping,
    MappingAction,
    MappingMode,
    pascal_name,
    snake_name,
)
from policy.people import Contract, Department, Person
from policy.records import RawValue
from policy.rules import CheckedPolicy, ManagerRule
from policy.scripts import ScriptFailure, ScriptResult
from policy.snapshot import Snapshot
from policy.targets import AccountPayload

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BOTH = frozenset({AccountAction.CREATE, AccountAction.UPDATE})


class Scripts:
    """A stand-in with three scripts: `name`, `list` and `throw`."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], int]] = []

    def run(
        self, scripts: Sequence[str], rows: Sequence[Mapping[str, RawValue]], *, now: datetime, seed: int
    ) -> list[list[ScriptResult]]:
        self.calls.append((list(scripts), len(rows)))
        assert (now, seed) == (NOW, 7)
        return [[self._one(script, row) for script in scripts] for row in rows]

    def close(self) -> None:
        pass

    @staticmethod
    def _one(script: str, row: Mapping[str, RawValue]) -> ScriptResult:
        match script:
            case "name":
                document = row["Person"]
                assert isinstance(document, Mapping)
                return ScriptResult(f"{find_value(document, 'Person.UserName')}{row['Iteration'] or ''}")
            case "list":
                return ScriptResult(["a", 1, True, None])
            case "nested":
                return ScriptResult([["a"]])
            case "silent":
                return ScriptResult(failure=ScriptFailure.LOST)
            case _:
                return ScriptResult(failure=ScriptFailure.THROWN, text="no initials")


def field(
    name: str,
    mode: MappingMode,
    value: JsonValue = None,
    *,
    array: bool = False,
    stored: bool = False,
    on: frozenset[AccountAction] = BOTH,
) -> AccountField:
    return AccountField(name, array, (MappingAction(on, mode, value, stored=stored, in_notifications=stored),))


def person(external_id: str, *contracts: Contract, **values: Value) -> Person:
    named = {name.replace("__", "."): one for name, one in values.items()}
    return Person(external_id, {"external_id": external_id, **named}, contracts)


HEAD = person("9", display_name="Head", user_name="head", contact__business__email="head@x")
ANN = person(
    "1",
    Contract(
        "C1",
        {
            "start_date": date(2020, 1, 1),
            "details.fte": Decimal("0.80"),
            "department.external_id": "W3",
            "department.display_name": "Ward 3",
            "manager": "9",
            "title.name": "Nurse",
        },
    ),
    Contract("C2", {"start_date": date(2030, 1, 1), "department.external_id": "GONE"}),
    user_name="ann",
    display_name="Ann",
    details__birth_date=date(1990, 2, 3),
    custom__first_start=date(2019, 1, 1),
)


def context(*persons: Person) -> DocumentContext:
    policy = CheckedPolicy("t", 1, "Europe/Amsterdam", (), ManagerRule.CONTRACT)
    units = [Department("W3", display_name="Ward 3", parent_external_id="CARE", manager="9"), Department("CARE")]
    return DocumentContext(policy, Snapshot.of(persons or (ANN, HEAD), units), NOW.date())


def mapped(mapping: FieldMapping, *jobs: AccountJob, scripts: Scripts | None = None) -> list[AccountPayload]:
    found = map_accounts(jobs, mapping, scripts or Scripts(), context=context(), now=NOW, seed=7)
    assert all(isinstance(one, AccountPayload) for one in found), found
    return [one for one in found if isinstance(one, AccountPayload)]


def problem(one: AccountField) -> AccountProblem:
    job = AccountJob(ANN, AccountAction.CREATE)
    (found,) = map_accounts([job], FieldMapping((one,)), Scripts(), context=context(), now=NOW, seed=7)
    assert isinstance(found, AccountProblem)
    return found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Person.ExternalId", "1"),
        ("Person.UserName", "ann"),
        ("Person.Name.GivenName", None),
        ("Person.Details.BirthDate", "1990-02-03T00:00:00Z"),
        ("Person.Custom.first_start", "2019-01-01T00:00:00Z"),
        ("Person.Custom.firstStart", "2019-01-01T00:00:00Z"),
        ("Person.Custom.FirstStart", "2019-01-01T00:00:00Z"),
        ("Person.PrimaryContract.ExternalId", "C1"),
        ("Person.PrimaryContract.Title.Name", "Nurse"),
        ("Person.PrimaryContract.Details.Fte", Decimal("0.80")),
        ("Person.PrimaryContract.Department.DisplayName", "Ward 3"),
        ("Person.PrimaryContract.Department.ParentExternalId", "CARE"),
        ("Person.PrimaryContract.Department.Manager.DisplayName", "Head"),
        ("Person.PrimaryContract.Manager.ExternalId", "9"),
        ("Person.PrimaryContract.CostCenter.Name", None),
        ("Person.PrimaryManager.Email", "head@x"),
        ("Person.Accounts.ad.UserPrincipalName", "ann@x"),
        ("Person.Accounts.ad.user_principal_name", "ann@x"),
        ("Person.UserName.Further", None),
        ("Person.Nothing.Here", None),
    ],
)
def test_a_document_speaks_the_names_of_scripts(path: str, value: RawValue) -> None:
    document = person_document(ANN, context(), {"ad": {"user_principal_name": "ann@x"}})
    assert find_value(document, path) == value


def test_all_contracts_are_in_the_document() -> None:
    document = person_document(ANN, context(), {})
    contracts = document["Contracts"]
    assert isinstance(contracts, list)
    assert [one["ExternalId"] for one in contracts] == ["C1", "C2"]
    assert contracts[0] is document["PrimaryContract"]


def test_who_has_no_contract_has_an_empty_one() -> None:
    document = person_document(person("5"), context(), {})
    assert document["Contracts"] == []
    assert find_value(document, "Person.PrimaryContract.ExternalId") is None
    primary = document["PrimaryContract"]
    assert isinstance(primary, Mapping)
    assert {"Title", "Department", "Manager", "StartDate"} <= set(primary)
    assert find_value(document, "Person.PrimaryManager.ExternalId") is None


def test_the_default_mapping_takes_three_fields() -> None:
    (payload,) = mapped(DEFAULT_FIELD_MAPPING, AccountJob(ANN, AccountAction.CREATE))
    assert payload.attributes == {"ExternalId": "1", "DisplayName": "Ann", "UserName": "ann"}
    assert payload.account_data == {"external_id": "1", "display_name": "Ann", "user_name": "ann"}
    assert payload.notification == payload.account_data


def test_every_mode_gives_its_value() -> None:
    mapping = FieldMapping(
        (
            field("fte", MappingMode.FIELD, "Person.PrimaryContract.Details.Fte"),
            field("name", MappingMode.COMPLEX, "name", stored=True),
            field("fixed", MappingMode.FIXED, value=True),
            field("none", MappingMode.FIELD, "Person.Name.GivenName"),
            field("phones", MappingMode.COMPLEX, "list", array=True),
            field("one", MappingMode.FIXED, "x", array=True),
            field("empty", MappingMode.FIXED, None, array=True),
            field("objectGUID", MappingMode.NONE, stored=True),
            field("managerId", MappingMode.NONE),
            field("off", MappingMode.FIXED, 1, on=frozenset({AccountAction.DISABLE})),
        )
    )
    (payload,) = mapped(mapping, AccountJob(ANN, AccountAction.CREATE, 2))
    assert payload.attributes == {
        "fte": "0.8",
        "name": "ann2",
        "fixed": "true",
        "none": None,
        "phones": ["a", "1", "true"],
        "one": ["x"],
        "empty": [],
    }
    assert payload.account_data == {"name": "ann2"}
    assert (payload.iteration, payload.returned) == (2, ("objectGUID",))
    assert kept_account_data(payload, ActionResult("a", {"objectGUID": "g", "managerId": "m"})) == {
        "name": "ann2",
        "object_guid": "g",
    }
    assert kept_account_data(payload, ActionResult("a")) == {"name": "ann2"}


def test_one_batch_per_action_and_results_in_order() -> None:
    mapping = FieldMapping(
        (
            field("name", MappingMode.COMPLEX, "name"),
            field("off", MappingMode.FIXED, 1, on=frozenset({AccountAction.DISABLE})),
        )
    )
    scripts = Scripts()
    jobs = [
        AccountJob(ANN, AccountAction.CREATE),
        AccountJob(HEAD, AccountAction.DISABLE),
        AccountJob(ANN, AccountAction.CREATE, 1),
        AccountJob(HEAD, AccountAction.CREATE),
    ]
    found = mapped(mapping, *jobs, scripts=scripts)
    assert [one.attributes for one in found] == [{"name": "ann"}, {"off": "1"}, {"name": "ann1"}, {"name": "head"}]
    assert scripts.calls == [(["name"], 3)]


@pytest.mark.parametrize(
    ("one", "code", "words"),
    [
        (field("x", MappingMode.COMPLEX, "throw"), "ORD0855", "no initials"),
        (field("x", MappingMode.COMPLEX, "silent"), "ORD0855", "its script gave no value"),
        (field("x", MappingMode.COMPLEX, "list"), "ORD0856", "a list"),
        (field("x", MappingMode.FIELD, "Person.Name"), "ORD0856", "an object"),
        (field("x", MappingMode.COMPLEX, "nested", array=True), "ORD0856", "a list"),
    ],
)
def test_a_field_without_value_is_a_problem(one: AccountField, code: str, words: str) -> None:  # ORD0855 ORD0856
    found = problem(one).diagnostic
    assert (found.code, found.subject) == (code, "1")
    assert words in found.detail
    assert "“x”" in found.detail


def test_account_data_keep_the_names_of_their_own_target() -> None:
    mapping = FieldMapping((field("sAMAccountName", MappingMode.FIXED, "x", stored=True),))
    data = {"s_am_account_name": "x", "other": "y"}
    assert named_account_data(data, mapping) == {**data, "sAMAccountName": "x"}


def test_a_path_that_names_nothing_is_found_before_mapping() -> None:  # ORD0852
    mapping = FieldMapping(
        (
            field("a", MappingMode.FIELD, "Person.Name.GivenNam"),
            field("b", MappingMode.FIELD, "Person.Custom.x"),
            field("c", MappingMode.FIELD, "Person.Accounts.ad.mail"),
            field("d", MappingMode.FIELD, "Person.PrimaryContract.Custom.y"),
            field("e", MappingMode.FIELD, "Person.PrimaryManager.Email"),
            field("f", MappingMode.FIXED, "Person.Nam"),
            field("g", MappingMode.FIELD, "Person.Qqqqqqqqqqqqqqqqqqqqqqqqqqq"),
        )
    )
    found = check_field_mapping(mapping, "f.json")
    assert [one.code for one in found] == ["ORD0852", "ORD0852"]
    assert found[0].hint == "Did you mean Person.Name.GivenName?"
    assert found[1].hint is not None
    assert found[1].hint.startswith("Take a field")
    assert check_field_mapping(DEFAULT_FIELD_MAPPING, "f.json") == ()


@pytest.mark.parametrize(
    ("written", "snake"),
    [
        ("UserPrincipalName", "user_principal_name"),
        ("userPrincipalName", "user_principal_name"),
        ("ObjectGUID", "object_guid"),
        ("objectGUID", "object_guid"),
        ("mail", "mail"),
        ("employee_number", "employee_number"),
        ("passwordProfile.forceChange", "password_profile.force_change"),
        ("Cost Center", "cost_center"),
        ("extensionAttribute1", "extension_attribute1"),
    ],
)
def test_names_become_snake_case(written: str, snake: str) -> None:
    assert snake_name(written) == snake


def test_names_become_pascal_case() -> None:
    assert pascal_name("cost_center.external_id") == "CostCenter.ExternalId"


def test_a_digest_hangs_on_what_decides_values_alone() -> None:
    base = FieldMapping((field("a", MappingMode.FIXED, "x"),))
    same = FieldMapping((AccountField("a", array=False, mappings=base.fields[0].mappings, about="told"),))
    assert base.digest == same.digest
    assert base.digest != FieldMapping((field("a", MappingMode.FIXED, "y"),)).digest
    assert base.digest != FieldMapping(base.fields, ("a",)).digest


def made(iteration: int) -> AccountPayload | AccountProblem:
    return AccountPayload({"name": f"ann{iteration or ''}", "mail": None}, {}, iteration)


UNIQUE = FieldMapping((), ("mail", "name"))


def test_the_iteration_is_raised_until_all_is_free() -> None:
    asked: list[JsonValue] = []

    def is_unique(field: str, value: JsonValue) -> bool:
        asked.append((field, value))
        return value not in {"ann", "ann1"}

    found = first_unique(UNIQUE, made, is_unique, person="1")
    assert isinstance(found, AccountPayload)
    assert found.iteration == 2
    assert asked == [("name", "ann"), ("name", "ann1"), ("name", "ann2")]
    later = first_unique(UNIQUE, made, is_unique, person="1", start=7)
    assert isinstance(later, AccountPayload)
    assert later.iteration == 7


def test_after_the_last_iteration_nothing_is_unique() -> None:  # ORD0857
    asked: list[int] = []

    def counted(iteration: int) -> AccountPayload | AccountProblem:
        asked.append(iteration)
        return made(iteration)

    found = first_unique(UNIQUE, counted, lambda _field, _value: False, person="1")
    assert isinstance(found, AccountProblem)
    assert asked == list(range(MAX_ITERATION + 1))
    assert (found.field, found.kind) == ("name", kinds.NOTHING_UNIQUE)
    assert "all 51 values" in found.text
    assert "“ann50”" in found.text


def test_a_name_that_never_changes_is_asked_for_once() -> None:
    asked: list[JsonValue] = []

    def is_unique(_field: str, value: JsonValue) -> bool:
        asked.append(value)
        return False

    found = first_unique(UNIQUE, lambda _: made(0), is_unique, person="1")
    assert isinstance(found, AccountProblem)
    assert asked == ["ann"]
    assert "does not change it" in found.text


def test_no_iteration_left_is_a_problem() -> None:
    found = first_unique(UNIQUE, made, lambda _field, _value: True, person="1", start=MAX_ITERATION + 1)
    assert isinstance(found, AccountProblem)
    assert "no iteration" in found.text


def test_a_mapping_problem_ends_the_search() -> None:
    broken = AccountProblem("1", "x", kinds.MAPPING_SCRIPT_FAILED, "boom")
    assert first_unique(UNIQUE, lambda _: broken, lambda _field, _value: True, person="1") is broken
