"""`ordain prove --departments snapshot`."""

from __future__ import annotations

from pathlib import Path

from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.usecases.evaluate import require_snapshot
from policy.people import Department


def read_departments(workspace: Path, output: Output) -> tuple[Department, ...]:
    """Departments of the snapshot in force. Raises DataError when there is none."""
    with open_tools(workspace, progress=TerminalProgress(output.errors)) as tools:
        return require_snapshot(tools).departments
