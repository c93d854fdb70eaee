"""Moving in: any export compiles, nothing that lost a condition is published, and rules select whom they selected."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.helloid.business_rules import read_business_rules
from connectors.javascript.runner import JavaScriptRunner
from connectors.vault.source import VaultConfig, open_vault_source
from dsl.compile import compile_policy
from dsl.migrate.migrate import Wishes, migrate_rules
from dsl.migrate.outcome import Migration
from engine.evaluate.evaluate import evaluate
from engine.mapping.source import map_people
from engine.people.build import build_people
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.builders.helloid import DAY, DEPARTMENTS, TITLES, TYPES, Asked, Exported, export, selected, town

WISHES = Wishes("Town", "Europe/Amsterdam", {})
VAULT = town(persons=80, seed=11)


@cache
def snapshot() -> Snapshot:
    with TemporaryDirectory() as folder, JavaScriptRunner() as scripts:
        Path(folder, "vault.json").write_text(json.dumps(VAULT), encoding="utf-8")
        records = open_vault_source("hr", VaultConfig(file="vault.json"), Path(folder)).read()
        now = datetime(2026, 3, 2, tzinfo=UTC)
        mapped = map_people(records, None, scripts, now=now, seed=0, timezone=WISHES.timezone)
        return build_people(mapped, records.departments).snapshot


def move(content: bytes) -> tuple[Migration, CheckedPolicy]:
    """Migrate an export; it compiles, or the test fails."""
    migration = migrate_rules(read_business_rules(content, "rules.csv"), snapshot(), WISHES)
    compiled = compile_policy(migration.files, {})
    assert compiled.policy is not None, [(one.detail, one.span) for one in compiled.diagnostics]
    return migration, compiled.policy


# Letters that are odd somewhere: signs of the language, of CSV and of templates, unseen ones, other alphabets.
LETTERS = st.sampled_from([*"aZ09 .,:;-_|(){}[]#\"'\\/=&+%éßłЖλ中\u00a0\u200b\u202e\u0301\t\n", "end", "rule", " - "])
TEXTS = st.lists(LETTERS | st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map("".join)
WORDS = st.sampled_from(["one of", "not", "not only", "is empty", "is not empty", "contains", "starts with", "like"])
NAMES = st.sampled_from(
    [
        *(
            "Department.ExternalId",
            "Department",
            "Title.Code",
            "Custom.shift",
            "Person.Custom.badge",
            "Custom.3e",
            "Custom.",
        ),
        *(
            "Details.Fte",
            "StartDate",
            "Excluded",
            "Manager.ExternalId",
            "Contract.CostCenter.Code",
            "PrimaryContract.X",
        ),
        *("Person.Status.Blocked", "Location.Name", "Contract.Custom.Ünï code", "Custom.nul"),
    ]
)
VALUES = TEXTS | st.sampled_from(["1", "0.5", "true", "2026-03-01", "CA010, CA020", "{person.external_id}", "a|b"])
CONDITIONS = st.one_of(
    TEXTS,
    st.sampled_from(["Person: active", "Person: inactive", "Person: both", "Time frame: soon"]),
    st.builds(
        "Time frame: days before start date: {}, days after end date: {}".format,
        st.integers(-99, 999),
        st.integers(-99, 999),
    ),
    st.builds("{}, {}: {}".format, NAMES | TEXTS, WORDS, VALUES),
)
ENTITLEMENTS = st.one_of(
    TEXTS,
    st.builds(
        "{} - {}".format,
        st.sampled_from(["AD", "AD - Lab", "rule"]) | TEXTS,
        st.sampled_from(["Account", "Account Access"]),
    ),
    st.builds("AD - {} ({})".format, TEXTS, TEXTS),
)
ROWS = st.fixed_dictionaries(
    {
        "Name": TEXTS.map(lambda one: one.strip() or "x"),
        "EntitlementCount": st.integers(0, 4).map(str) | TEXTS,
        "PersonsLatestEvaluation": st.integers(0, 90).map(str) | TEXTS,
        "Categories": st.lists(TEXTS, max_size=3).map("|".join),
        "Status": st.sampled_from(["Published", "published", "Draft"]) | TEXTS,
        "Conditions": st.lists(CONDITIONS, max_size=4).map("|".join),
        "Entitlements": st.lists(ENTITLEMENTS, max_size=4).map("|".join),
    }
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ROWS, max_size=4), st.sampled_from([",", ";", "\t"]))
def test_any_export_compiles_and_nothing_that_lost_a_condition_is_published(
    rows: list[dict[str, str]], delimiter: str
) -> None:
    migration, policy = move(export(rows, delimiter=delimiter, bom=delimiter == ";"))
    assert len(migration.rules) == len(rows)
    carried = {one.id: one for one in migration.rules if one.granted}
    assert set(policy.rules) == set(carried)
    for rule_id, one in carried.items():
        rule = policy.rules[rule_id]
        assert rule.draft == one.draft
        assert rule.draft or (one.rule.published and one.rule.conditions and not one.lost_conditions)


def asked(name: str, values: tuple[str, ...], *, whole: bool = True) -> st.SearchStrategy[Asked]:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)
    searched = ("contains", "starts with") if whole else ()
    return st.one_of(
        st.builds(Asked, st.just(name), st.sampled_from(("one of", "not", "not only", *searched)), some),
        st.builds(Asked, st.just(name), st.sampled_from(("is empty", "is not empty"))),
    )


ASKED = st.one_of(
    asked("Contract.Department.ExternalId", (*DEPARTMENTS, "CA999"), whole=False),
    asked("Contract.Title.Code", (*TITLES, "NUR")),
    asked("Contract.Type.Code", TYPES),
    asked("Contract.CostCenter.Code", ("C-100", "C-2")),
    asked("Contract.Custom.shift", ("DAY", "NIGHT")),
    asked("Person.Custom.badge", ("A1", "A2", "B")),
    asked("Person.Location.Name", ("North", "No")),
)
FRAMES = st.sampled_from([0, 0, 1, 14, 15, 60, -1, -30])


@settings(max_examples=150, deadline=None)
@given(
    st.builds(
        Exported,
        st.just("Rule"),
        st.lists(ASKED, max_size=4).map(tuple),
        before=FRAMES,
        after=FRAMES,
        active=st.booleans(),
    ),
    st.sampled_from([DAY, date(2026, 3, 1), date(2026, 5, 1), date(2027, 1, 1)]),
)
def test_a_rule_selects_whom_it_selected_there(rule: Exported, day: date) -> None:
    migration, policy = move(export([rule.row(VAULT["Persons"], day)]))
    assert not migration.rules[0].lost_conditions
    here = sorted({key.person for key in evaluate(policy, snapshot(), day).desired})
    assert here == sorted(selected(rule, VAULT["Persons"], day))
