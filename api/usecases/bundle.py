"""Everything signed about a diff, in one folder that proves itself: `ordain verify DIR` checks the whole chain."""

from __future__ import annotations

from pathlib import Path

from api.runners.carry_out import outcome_of
from api.store.records import RunState
from api.tools import Tools
from api.usecases.diffs import load_diff
from api.usecases.files import write_whole
from api.usecases.sign import FILE_NAMES
from engine.trust.executions import outcomes_file
from policy.catalogue.service import FILES_DIFFER
from policy.diagnostics import Diagnostic, RefusedError


def write_bundle(tools: Tools, name: str, folder: Path) -> tuple[str, ...]:
    """Write a diff with its approvals and, once it was enforced, the statement about its run; the names of the files.

    Raises UsageError when there is no such diff, RefusedError when the folder holds files of another one.
    """
    with tools.store.read() as tx:
        stored = load_diff(tx, name)
        approvals = tx.diffs.approvals(stored.id)
        execution = tx.diffs.execution(stored.id)
        run = tx.runs.get(stored.consumed_by) if stored.consumed_by else None
        actions = tx.actions.of_run(run.id) if run is not None else ()
    files = {file: getattr(stored, part) for part, file in FILE_NAMES.items()}
    files |= {f"approval-{number}.dsse.json": one for number, one in enumerate(approvals, start=1)}
    if execution is not None and run is not None and run.state is not RunState.RUNNING:
        files["execution.dsse.json"] = execution
        files["outcomes.ndjson"] = outcomes_file([outcome_of(action) for action in actions])
    _require_own(folder, stored.id, stored.envelope)
    for file, content in files.items():
        write_whole(folder / file, content)
    return tuple(files)


def _require_own(folder: Path, diff: str, envelope: bytes) -> None:
    """Refuse a folder that holds another diff: its approvals would lie beside ours."""
    there = folder / FILE_NAMES["envelope"]
    if there.exists() and there.read_bytes() != envelope:
        detail = f"{folder} holds the files of another diff than {diff}."
        raise RefusedError(Diagnostic(FILES_DIFFER, detail, hint="name a folder of its own", subject=str(folder)))
