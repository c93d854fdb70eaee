"""How far the reference evaluator is from a plain loop by hand: `python bench/evaluate_reference.py`.

Both decide the same town in the same process, and both must decide the same; the ratio between them is the figure to
compare over time (seconds depend on the machine). `--profile` shows where the evaluator spends its time.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dsl.compile import compile_policy
from engine.evaluate.evaluate import evaluate
from policy.entitlements import EntitlementKey, Kind
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import SourceFile

AS_OF = date(2026, 3, 10)
DEPARTMENT_RULES, TITLE_RULES, SITE_RULES, TITLES = 12, 6, 3, 8
HEAD = """
policy "Bench"
    language 1
    timezone "Europe/Amsterdam"
end
target ad "Directory"
end
define staff as contract.type.code in ("EMP", "INT")
rule staff "Everybody who works here"
    when staff
    starting 14 days before contract.start_date
    ending 30 days after contract.end_date
    grant account in ad
    grant access in ad
        starting contract.start_date
        ending contract.end_date
    grant permission "All staff" in ad
    grant permission "Unit {contract.department.external_id}" in ad
end
rule by-title "What comes with a title"
    when staff
    grant by contract.title.code in ad
        "T0", "T1" -> permission "Table A", permission "Table B"
        otherwise  -> permission "Table C"
    end
end
rule whole-time "Who works more than half, everywhere"
    for every contract
    when contract.details.fte is at least 0.5
    grant permission "Whole time" in ad
end
rule named "Who has an account and a name"
    for person
    when holds account in ad and person.display_name is known
    grant permission "Named" in ad
end
"""


def rules_text() -> str:
    """Twenty-five rules of the shapes that policies are made of."""
    units = "".join(
        f'rule unit-{n} "Unit {n}"\n when contract.department is "D{n}" or below and contract.details.fte is at least'
        f' 0.2\n grant permission "Share {n}" in ad\nend\n'
        for n in range(DEPARTMENT_RULES)
    )
    titles = "".join(
        f'rule title-{n} "Title {n}"\n when contract.title.code is "T{n}" and contract.type.code is not "EXT"\n'
        f' ending 7 days after contract.end_date\n grant permission "Title {n}" in ad\nend\n'
        for n in range(TITLE_RULES)
    )
    sites = "".join(
        f'rule site-{n} "Site {n}"\n for primary contract\n when contract.location.code is "S{n}"\n'
        f' grant permission "Site {n}" in ad\nend\n'
        for n in range(SITE_RULES)
    )
    return HEAD + units + titles + sites


def compile_rules() -> CheckedPolicy:
    """Compile the rules."""
    policy = compile_policy([SourceFile.from_text("bench.ordain", rules_text())], {}).policy
    assert policy is not None, "the rules of the benchmark compile"
    return policy


def make_town(persons: int, seed: int = 7) -> Snapshot:
    """Town of persons with 1.4 contracts each, in a tree of departments; the same for the same seed."""
    draw = random.Random(seed)
    units = [Department("TOP"), *(Department(f"D{n}", parent_external_id="TOP") for n in range(DEPARTMENT_RULES))]
    units += [Department(f"D{n}-{m}", parent_external_id=f"D{n}") for n in range(DEPARTMENT_RULES) for m in range(5)]
    names = [one.external_id for one in units]

    def contract(number: int) -> Contract:
        start = AS_OF + timedelta(days=draw.randint(-2000, 30))
        values = {
            "start_date": start,
            "type.code": draw.choice(("EMP", "EMP", "INT", "EXT")),
            "title.code": f"T{draw.randrange(TITLES)}",
            "title.external_id": "T",
            "location.code": f"S{draw.randrange(6)}",
            "location.external_id": "S",
            "department.external_id": draw.choice(names),
            "details.fte": Decimal(draw.randint(1, 10)) / 10,
        }
        ended = {"end_date": start + timedelta(days=draw.randint(0, 3000))} if draw.random() < 0.5 else {}  # noqa: PLR2004  # half
        return Contract(f"C{number}", {**values, **ended})

    people = []
    for number in range(persons):
        count = 1 + (draw.random() < 0.35) + (draw.random() < 0.05)  # noqa: PLR2004  # 1.4 on average
        name = {"display_name": f"Person {number}", "user_name": f"u{number}", "name.family_name": f"Name {number}"}
        people.append(Person(f"P{number:06}", name, tuple(contract(one) for one in range(count))))
    return Snapshot.of(people, units)


def decide_plainly(snapshot: Snapshot) -> set[EntitlementKey]:
    """Decide by the same rules written by hand as a loop, with nothing kept of why."""
    parents = {one.external_id: one.parent_external_id for one in snapshot.departments}
    found = set()
    for person in snapshot.persons:
        for kind, name in _plain_rules(person, parents):
            found.add(EntitlementKey(person.external_id, "ad", kind, name))
    return found


def _plain_rules(person: Person, parents: dict[str, str | None]) -> Iterator[tuple[Kind, str]]:  # noqa: C901, PLR0912  # a plain loop is its point
    account = False
    running = []
    for one in person.contracts:
        values: Mapping[str, Any] = one.values
        start, end = values["start_date"], values.get("end_date", date.max)
        late = timedelta(days=30) if end < date(9000, 1, 1) else timedelta()
        active = start <= AS_OF <= end
        if active:
            running.append(one)
        staff = values["type.code"] in {"EMP", "INT"}
        if staff and start - timedelta(days=14) <= AS_OF <= end + late:
            account = True
            yield Kind.ACCOUNT, ""
            if active:
                yield Kind.ACCESS, ""
            yield Kind.PERMISSION, "All staff"
            yield Kind.PERMISSION, f"Unit {values['department.external_id']}"
        if staff and active:
            if values["title.code"] in {"T0", "T1"}:
                yield Kind.PERMISSION, "Table A"
                yield Kind.PERMISSION, "Table B"
            else:
                yield Kind.PERMISSION, "Table C"
        if active and values["details.fte"] >= Decimal("0.2"):
            above = values["department.external_id"]
            while above:
                if above != "TOP" and "-" not in above:
                    yield Kind.PERMISSION, f"Share {above[1:]}"
                above = parents[above]
        number = int(values["title.code"][1:])
        late = timedelta(days=7) if end < date(9000, 1, 1) else timedelta()
        if number < TITLE_RULES and values["type.code"] != "EXT" and start <= AS_OF <= end + late:
            yield Kind.PERMISSION, f"Title {number}"
    if running and all(_fte(one) >= Decimal("0.5") for one in running):
        yield Kind.PERMISSION, "Whole time"
    if account and "display_name" in person.values:
        yield Kind.PERMISSION, "Named"
    primary = min(running, key=_primary_order, default=None)
    if primary and int(str(primary.values["location.code"])[1:]) < SITE_RULES:
        yield Kind.PERMISSION, f"Site {str(primary.values['location.code'])[1:]}"


def _fte(contract: Contract) -> Decimal:
    fte = contract.values["details.fte"]
    assert isinstance(fte, Decimal)
    return fte


def _primary_order(contract: Contract) -> tuple[Decimal, int, str, str]:
    end = contract.values.get("end_date", date.max)
    assert isinstance(end, date)
    return -_fte(contract), -end.toordinal(), str(contract.values["start_date"]), contract.external_id


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Shortest processor time of several runs: what the work takes when nothing else disturbs it."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def main() -> None:
    """Print both times and their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--persons", type=int, default=2000)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    policy, snapshot = compile_rules(), make_town(chosen.persons)
    assert set(evaluate(policy, snapshot, AS_OF).desired) == decide_plainly(snapshot), "both decide the same"
    if chosen.profile:
        with cProfile.Profile() as profile:
            evaluate(policy, snapshot, AS_OF)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    plain, reference = seconds(lambda: decide_plainly(snapshot)), seconds(lambda: evaluate(policy, snapshot, AS_OF))
    contracts = sum(len(one.contracts) for one in snapshot.persons)
    print(f"{len(policy.rules)} rules, {chosen.persons} persons, {contracts} contracts")
    print(f"plain loop {plain:.3f} s, reference evaluator {reference:.3f} s, ratio {reference / plain:.1f}")


if __name__ == "__main__":
    main()
