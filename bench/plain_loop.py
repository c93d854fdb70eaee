"""The whole way by a plain loop over plain Python: `python -m bench.plain_loop FOLDER PERSONS RULES SEED OUT`.

The same stored columns, the same rules (as one function), the same state before; what differs is written line by line
with its reasons. Nothing is signed, and nobody's limits are looked at.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from bench.memory import tell_peak_at_exit
from bench.peers import one_function
from bench.without_pandas import hide_pandas
from bench.workload.stored import Stored


def write_diff(stored: Stored, out: Path) -> int:
    """Decide, compare and write; gives how many lines there are."""
    columns = stored.read_columns()
    rules = stored.read_rules(columns)
    rows, numbers = one_function.ready(columns, rules)()
    owners, contracts = columns.owners.tolist(), columns.contract_ids.values[1:]
    desired: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for row, number in zip(rows, numbers, strict=True):
        rule = rules.rules[number]
        for place in rule.entitlements:
            desired[owners[row], place].append((rule.id, str(contracts[row])))
    managed = stored.read_managed(rules)
    before = set(zip(managed.person.tolist(), managed.entitlement.tolist(), strict=True))
    persons = columns.person_ids.to_pylist()
    changed = sorted(desired.keys() ^ before)
    with out.open("w", encoding="utf-8") as file:
        for person, place in changed:
            one = rules.entitlements[place]
            because = desired.get((person, place), [])
            line = {
                "because": [{"contract": contract, "rule": rule} for rule, contract in sorted(because)],
                "kind": one.kind.value,
                "name": one.name,
                "op": "grant" if because else "revoke",
                "person": persons[person],
                "target": one.target,
            }
            file.write(json.dumps(line, sort_keys=True) + "\n")
    return len(changed)


def main() -> None:
    """Write the diff."""
    folder, persons, rules, seed, out = sys.argv[1:]
    hide_pandas()
    tell_peak_at_exit()
    print(f"{write_diff(Stored(Path(folder), int(persons), int(rules), int(seed)), Path(out)):,} lines")


if __name__ == "__main__":
    main()
