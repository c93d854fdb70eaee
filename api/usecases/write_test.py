"""Write a test from what a real person gets now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.tools import Tools
from api.usecases.evaluate import require_snapshot
from api.usecases.explain import unknown_person
from api.usecases.files import write_whole
from api.usecases.load_policy import load_policy
from dsl.testing.write import render_test
from engine.testing.portrait import Portrait, draw_person
from policy.catalogue.workspace import FILE_MISSING
from policy.diagnostics import Diagnostic, UsageError
from policy.testing import Expected, PolicyTest


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """Text of a `test` block behind comments for its reader, closed by a line end."""

    title: str
    text: str


def write_test(tools: Tools, person: str, as_of: date | None = None) -> WrittenTest:
    """Write what `person` of the snapshot in force gets on a day (default: today) as a test that passes.

    Raises DataError when the rules have errors or there is no snapshot, UsageError for a person nobody knows.
    """
    policy = load_policy(tools.workspace).require()
    snapshot = require_snapshot(tools)
    found = snapshot.find_person(person)
    if found is None:
        raise unknown_person(person, snapshot.external_ids())
    day = as_of or tools.today(policy.timezone)
    portrait = draw_person(policy, snapshot, found, day)
    title = _free_title(f"What person {person} gets on {day.isoformat()}", policy.tests)
    block = render_test(title, [portrait.person], departments=portrait.departments, days=[portrait.day])
    notes = "".join(f"# {line}\n" for line in _notes(portrait))
    return WrittenTest(title, notes + block)


def append_test(path: Path, written: WrittenTest) -> None:
    """Put a test behind what a file holds already, or into a new one. Raises UsageError, or OrdainError (the disk)."""
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        raise UsageError(Diagnostic(FILE_MISSING, f"{path} {why}.", hint="name another file")) from None
    between = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    write_whole(path, f"{before}{between}{written.text}".encode())


def _free_title(wanted: str, taken: Mapping[str, PolicyTest]) -> str:
    title, number = wanted, 2
    while title in taken:
        title, number = f"{wanted} ({number})", number + 1
    return title


def _notes(portrait: Portrait) -> Iterator[str]:
    who = portrait.person.person.external_id
    yield f"Drawn from person {who}: fields that no rule looks at, such as names, are left out."
    yield "What is left is still about somebody: change the number, or keep the file where such data may lie."
    if portrait.private:
        yield f"Rules look at private fields, so they are in it: {', '.join(portrait.private)}."
    if any(one.expected is Expected.FROZEN for one in portrait.left_out):
        yield "In reality nothing changes for this person: a data problem that a test cannot show freezes them."
    if any(one.expected is not Expected.FROZEN for one in portrait.left_out):
        yield "Some of what this person gets in reality hangs on what a test cannot say, and is left out here."
