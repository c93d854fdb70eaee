"""Writes `docs/performance.md` and its charts from what was measured."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap

from bench.chart import draw_bars
from bench.peers.registry import PEERS
from bench.sections import Plan
from bench.tables import Section, figures_table

_WIDTH = 120
_HEAD = """# How fast it is

`uv run --group bench python -m bench.compare` wrote this page{asked}. All engines decided the same rules over the same
persons in one run, and checksums of their answers were equal; on a small workload they equal those of the readable
evaluator that decides what is right (`engine/evaluate`).
"""
_WORKLOAD = """## The workload

W(P, R) is made from a seed ({seed}): P persons with 1.4 contracts on average, 500 departments in a tree five deep, 300
titles, 60 locations, 800 cost centres, 5 employers, 8 contract types, hours and full-time share, first and last days, 5
texts and 3 flags of one's own. Of R rules 45 % are one equality from 14 days before the start to the end, 25 % two or
three terms, 10 % one term or another, 8 % a department with all below it, 5 % parts of texts, 4 % numbers and dates,
3 % negations and conditions on the person. A rule grants 1 to 3 of 2R/3 entitlements. At R = 1,000 about 13 rules fire
for a person, who is entitled to about 24 things. The state before is 98 % equal: one pair of a hundred is missing, and
one is too many.

`uv run python -m bench.workload.workspace FOLDER` writes it as a workspace.
"""
_METHOD = """## How it was measured

- Every engine runs in a process of its own. All are ready before the first round, rounds take turns, the first of each
  is thrown away, and the median of the others is told, with the shortest and longest.
- *Warm*: persons stand in the engine's own form, rules are compiled, and one decision over everybody is timed. *Cold*:
  from what is stored, in a process that has just imported its libraries. *The whole command*: from the start of the
  process to its end.
- Column engines get every field as codes of its distinct values, and every test as ranges of codes, worked out once on
  distinct values: no text is compared and no pattern searched a hundred thousand times. Tests that several rules share
  are worked out once. That is more than somebody who writes it by hand would do.
- *{strongest}* finds reasons for the lines of the diff alone; *{same}* has a list of
  reasons beside everything that is desired. Ordain keeps which rule fired through which contract, tells the reasons of
  lines, and those of anything else when it is asked.
- Engines that look at one contract at a time get its values as plain attributes. What their language cannot say (a
  pattern, the end of a text) is a list of the values for which it holds. CLIPS asserts its facts anew each time.
- The peak is the most memory a process ever had, with everything it read to get ready.
"""


def write_page(docs: Path, sections: Sequence[Section], plan: Plan) -> None:
    """Write the page, and a chart for every part that has bars."""
    asked = "" if plan.is_usual else f" (with {plan.persons:,} persons and {plan.rules:,} rules as the base)"
    parts = [_HEAD.format(asked=asked)]
    figures = [one for section in sections for one in section.figures]
    if figures:
        parts.append(f"## Figures to reach\n\n{figures_table(figures)}\n")
    for section in sections:
        parts.append(section.markdown() + "\n")
        if section.bars:
            name = f"performance-{section.chart}.svg"
            (docs / name).write_text(draw_bars(section.title, section.bars), encoding="utf-8")
            parts.append(f"![{section.title}]({name})\n")
    parts.append(_WORKLOAD.format(seed=plan.seed))
    parts.append(_METHOD.format(strongest=PEERS["polars"].title, same=PEERS["polars-listed"].title))
    parts.append(_machine(plan))
    lines = [line for text in parts for line in text.split("\n")]
    (docs / "performance.md").write_text("\n".join(_wrapped(line) for line in lines), encoding="utf-8")


def _wrapped(line: str) -> str:
    """Break a long line of prose; a row of a table stays whole."""
    if line.startswith("|") or len(line) <= _WIDTH:
        return line
    inner = "  " if line.startswith("- ") else ""
    return "\n".join(wrap(line, _WIDTH, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False))


def _machine(plan: Plan) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    releases = sorted({f"{PEERS[name].package} {PEERS[name].release}" for name in plan.engines if PEERS[name].package})
    lines = [
        "## The machine\n",
        f"- {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}",
        f"- Python {platform.python_version()}, numba {version('numba')}, {', '.join(releases)}",
        f"- measured on {datetime.now(UTC):%Y-%m-%d}",
        "- not measured: other machines, more than two threads, OPA (not on PyPI), roaring bitmaps; a cluster",
    ]
    if plan.absent:
        lines.append(f"- not installed, so left out: {', '.join(plan.absent)}")
    return "\n".join(lines) + "\n"


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1].strip() if found else platform.machine()
