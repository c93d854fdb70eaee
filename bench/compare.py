"""Ordain and its peers on the workload, in one run: `python -m bench.compare [--full] [--only diff,cold] [--no-page]`.

All engines decide the same rules over the same persons, and checksums of their answers are compared; one that answers
differently ends the run. Every engine has a process of its own, all are ready before the first round, and rounds take
turns. What was measured is printed, and written to `docs/performance.md` with a chart. Install the peers with
`uv sync --all-extras --group bench`; those that are missing are left out and named. `--full` adds a million persons,
5,000 rules and the memory of the whole command: half an hour, 8 GB of memory, 10 GB on disk.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.agreement import prove_agreement
from bench.measured import DisagreementError
from bench.page import write_page
from bench.peers.registry import PEERS
from bench.sections import ORDAIN, SECTIONS, Plan
from bench.tables import Section, print_section
from bench.without_pandas import hide_pandas
from bench.workload.stored import Stored

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Measure, print and write."""
    chosen = _options()
    engines = tuple(name for name, one in PEERS.items() if one.is_installed and name in chosen.engines)
    absent = tuple(one for name, one in PEERS.items() if not one.is_installed)
    hide_pandas()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        folder=chosen.folder.resolve(),
        persons=chosen.persons,
        rules=chosen.rules,
        rounds=chosen.rounds,
        seed=chosen.seed,
        engines=engines,
        absent=tuple(one.package for one in absent),
    )
    for one in absent:
        print(f"left out: {one.title} ({one.package} is not installed)")
    sections: list[Section] = []
    try:
        small = Stored(plan.folder, 200, 60, plan.seed)
        small.generate()
        prove_agreement(small, [ORDAIN, *engines])
        for name in chosen.only:
            sections.append(SECTIONS[name][0](plan))
            print_section(sections[-1])
    except DisagreementError as error:
        sys.exit(str(error))
    if chosen.page:
        write_page(ROOT / "docs", sections, plan)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where the workload is kept")
    options.add_argument("--persons", type=int, default=100_000)
    options.add_argument("--rules", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--engines", type=_listed(PEERS), default=list(PEERS), help=f"of {', '.join(PEERS)}")
    options.add_argument("--only", type=_listed(SECTIONS), default=[], help=f"parts, of {', '.join(SECTIONS)}")
    options.add_argument("--full", action="store_true", help="also what takes long or much memory")
    options.add_argument("--no-page", dest="page", action="store_false", help="leave docs/performance.md as it is")
    chosen = options.parse_args()
    chosen.only = chosen.only or [name for name, (_, long) in SECTIONS.items() if chosen.full or not long]
    return chosen


def _listed(known: object):  # noqa: ANN202  # a type for argparse
    def names(text: str) -> list[str]:
        found = text.split(",")
        for one in found:
            if one not in known:  # type: ignore[operator]  # a mapping
                raise argparse.ArgumentTypeError(f"{one} is none of {', '.join(known)}")  # type: ignore[arg-type]
        return found

    return names


if __name__ == "__main__":
    main()
