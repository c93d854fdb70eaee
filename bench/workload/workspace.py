"""The workload as a workspace: `python -m bench.workload.workspace FOLDER [--persons 1000] [--rules 1000] [--seed 1]`.

`ordain check`, `import` and `evaluate` work in it as in any other: rules are text, and persons a vault file. For a
hundred thousand persons and more the columns are the better way in (`people.make_columns`): a vault of a million
persons is 3 GB of JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.workload.people import make_columns
from bench.workload.rules import policy_files
from engine.columnar.columns import Columns
from engine.columnar.persons import snapshot_of
from policy.canonical import plain
from policy.people import Contract, Department, Person

SETTINGS = """[workspace]
name = "workload"

[approval]
required = 1

[sources.hr]
connector = "vault"
file = "hr/vault.json"
"""


def write_workspace(folder: Path, persons: int, rules: int, *, seed: int = 1) -> None:
    """Write settings, rules and, as a vault, everybody. What stands there is written over."""
    write_rules(folder, rules, seed)
    (folder / "hr").mkdir(exist_ok=True)
    with (folder / "hr" / "vault.json").open("w", encoding="utf-8") as file:
        file.writelines(vault_lines(make_columns(persons, seed)))


def write_rules(folder: Path, rules: int, seed: int = 1) -> None:
    """Write settings and rules alone."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "ordain.toml").write_text(SETTINGS, encoding="utf-8")
    for file in policy_files(rules, seed):
        (folder / "rules" / file.path).write_text(file.text, encoding="utf-8")


def vault_lines(columns: Columns) -> Iterator[str]:
    """Text of the vault, a person to a line."""
    yield '{"Persons": [\n'
    for number, person in enumerate(snapshot_of(columns).persons):
        yield (",\n" if number else "") + json.dumps(_person(person), ensure_ascii=False)
    yield '\n], "Departments": [\n'
    yield ",\n".join(json.dumps(_department(one), ensure_ascii=False) for one in columns.departments)
    yield "\n]}\n"


def _person(person: Person) -> dict[str, Any]:
    contracts = [_contract(one) for one in person.contracts]
    return {"ExternalId": person.external_id, **_nested(person), "Contracts": contracts}


def _contract(contract: Contract) -> dict[str, Any]:
    return {"ExternalId": contract.external_id, **_nested(contract)}


def _department(unit: Department) -> dict[str, Any]:
    return {
        "ExternalId": unit.external_id,
        "Code": unit.code,
        "DisplayName": unit.display_name,
        "ParentExternalId": unit.parent_external_id,
    }


def _nested(owner: Person | Contract) -> dict[str, Any]:
    """Values under the names of the vault: `cost_center.code` is `Code` in `CostCenter`."""
    found: dict[str, Any] = {}
    for path, value in owner.values.items():
        *above, last = (_vault_name(part) for part in path.split("."))
        place = found
        for part in above:
            place = place.setdefault(part, {})
        place[last] = float(value) if isinstance(value, Decimal) else plain(value)
    return found


def _vault_name(part: str) -> str:
    return "".join(word.capitalize() for word in part.split("_"))


def main() -> None:
    """Write the workspace."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--persons", type=int, default=1000)
    options.add_argument("--rules", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    write_workspace(chosen.folder, chosen.persons, chosen.rules, seed=chosen.seed)
    print(f"{chosen.folder}: {chosen.persons:,} persons, {chosen.rules:,} rules")


if __name__ == "__main__":
    main()
