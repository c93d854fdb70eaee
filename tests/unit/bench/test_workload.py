from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from bench.workload.changes import change_persons, change_rules
from bench.workload.domains import AS_OF, LEVELS, departments
from bench.workload.firings import desired_pairs
from bench.workload.managed import make_managed, managed_state
from bench.workload.people import make_columns
from bench.workload.plain_rules import plain_rules
from bench.workload.rules import compile_files, make_policy, policy_files
from bench.workload.workspace import vault_lines
from connectors.vault.source import VaultConfig, VaultSource
from dsl.compile import compile_policy
from dsl.format.source import Formatted, format_source
from engine.columnar.persons import snapshot_of
from engine.evaluate.evaluate import evaluate
from engine.mapping.source import map_people
from engine.people.build import build_people
from engine.people.departments import DepartmentTree
from policy.rules import Scope


class NoScripts:
    def run(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("the workload is mapped without scripts")


def test_a_seed_gives_the_same_persons_and_rules_and_another_gives_others() -> None:
    first, again, other = make_columns(300, 4), make_columns(300, 4), make_columns(300, 5)

    assert tuple(snapshot_of(first).persons) == tuple(snapshot_of(again).persons)
    assert tuple(snapshot_of(first).persons) != tuple(snapshot_of(other).persons)
    assert policy_files(60, 4) == policy_files(60, 4) != policy_files(60, 5)


def test_persons_are_those_that_the_issue_describes() -> None:
    columns = make_columns(20_000)
    _, problems = DepartmentTree.of(departments())
    distinct = {path: len(column.values) - 1 for (_, path), column in columns.fields.items()}

    assert columns.contract_count / columns.person_count == pytest.approx(1.4, abs=0.02)
    assert (len(departments()), len(LEVELS), problems) == (500, 5, ())
    wanted = {"title.code": 300, "location.code": 60, "cost_center.code": 800, "employer.code": 5, "type.code": 8}
    assert {path: distinct[path] for path in wanted} == wanted
    assert all(column.values[1:] == tuple(sorted(set(column.values[1:]))) for column in columns.fields.values()
               if column.tag == "t")  # fmt: skip


def test_rules_are_those_that_the_issue_describes() -> None:
    columns, policy = make_columns(5000), make_policy(1000)
    decided = plain_rules(policy, columns.departments, AS_OF)
    granted = [len(rule.entitlements) for rule in decided.rules]

    assert len(policy.rules) == 1000
    assert len(decided.entitlements) == 2 * 1000 // 3
    assert set(granted) == {1, 2, 3}
    assert all(rule.scope is Scope.ANY_CONTRACT for rule in policy.rules.values())
    assert len(desired_pairs(decided, columns)) / columns.person_count == pytest.approx(24, abs=1.5)


def test_some_persons_get_another_job() -> None:
    columns = make_columns(400)
    changed, rows = change_persons(columns, 25)
    before, after = snapshot_of(columns).persons, snapshot_of(changed).persons

    assert len(rows) == 25
    assert [row for row, one in enumerate(before) if one != after[row]] == list(rows)


def test_some_rules_ask_for_something_else() -> None:
    before, after = make_policy(120), compile_files(change_rules(120, 5))
    places = {rule: (one.condition, one.grants) for rule, one in before.rules.items()}

    assert list(before.rules) == list(after.rules)
    assert [rule for rule, one in after.rules.items() if (one.condition, one.grants) != places[rule]] == [
        f"r{number:04}" for number in range(114, 119)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_rules_have_no_errors_and_the_one_style(seed: int) -> None:
    files = policy_files(700, seed)

    assert not compile_policy(files, {}).diagnostics
    for file in files:
        formatted = format_source(file)
        assert isinstance(formatted, Formatted)
        assert formatted.text == file.text


def test_numpy_decides_as_the_reference() -> None:
    columns, policy = make_columns(150, 3), make_policy(400, 3)
    plain = plain_rules(policy, columns.departments, AS_OF)
    persons = columns.person_ids.to_pylist()
    size = len(plain.entitlements)
    found = {
        (persons[pair // size], plain.entitlements[pair % size]) for pair in desired_pairs(plain, columns).tolist()
    }

    decided = evaluate(policy, snapshot_of(columns), AS_OF).desired
    assert found == {(key.person, key.entitlement) for key in decided}


def test_the_state_before_is_98_per_cent_of_what_is_desired() -> None:
    columns, policy = make_columns(400), make_policy(200)
    pairs = make_managed(columns, policy)
    desired = desired_pairs(plain_rules(policy, columns.departments, AS_OF), columns)
    kept = np.intersect1d(pairs.pairs, desired)

    assert len(pairs.pairs) == len(desired)
    assert len(kept) == len(desired) - int(len(desired) * 0.01)
    assert (pairs.pairs == make_managed(columns, policy).pairs).all()
    state = managed_state(pairs, columns)
    assert list(state.entries) == sorted(state.entries)
    assert len(state.entries) == len(desired)


def test_a_vault_brings_the_same_persons(tmp_path: Path) -> None:
    columns = make_columns(120, 2)
    (tmp_path / "vault.json").write_text("".join(vault_lines(columns)), encoding="utf-8")
    raw = VaultSource("hr", VaultConfig(file="vault.json"), tmp_path).read()
    mapped = map_people(
        raw, None, NoScripts(), now=datetime(2026, 3, 10, tzinfo=UTC), seed=0, timezone="Europe/Amsterdam"
    )
    built = build_people(mapped, raw.departments)

    assert not built.diagnostics
    assert tuple(built.snapshot.persons) == tuple(snapshot_of(columns).persons)
    assert built.snapshot.departments == columns.departments
