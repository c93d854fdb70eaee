"""The composition root: gives a use case its store, scripts, clock and randomness."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from api.kernels import use_kernels
from api.settings.workspace import Workspace, open_workspace
from api.store.managed_copies import ManagedCopies
from api.store.store import open_store
from api.tools import Progress, Tools, no_progress
from connectors.javascript.runner import JavaScriptRunner


@contextmanager
def open_tools(root: Path, *, actor: str | None = None, progress: Progress = no_progress) -> Iterator[Tools]:
    """Open a workspace with everything a use case needs; closes store and scripts at the end."""
    with tools_for(open_workspace(root), actor=actor, progress=progress) as tools:
        yield tools


@contextmanager
def tools_for(workspace: Workspace, *, actor: str | None = None, progress: Progress = no_progress) -> Iterator[Tools]:
    """Open the tools of a workspace that was read already."""
    use_kernels(progress)
    copies = ManagedCopies(workspace.managed_folder)
    store = open_store(workspace.database_url, tenant=workspace.name, copies=copies)
    scripts = JavaScriptRunner()
    try:
        yield Tools(workspace, store, scripts, _now, os.urandom, actor or _who(), progress)
    finally:
        scripts.close()
        store.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _who() -> str:
    return os.environ.get("ORDAIN_ACTOR") or getpass.getuser()
