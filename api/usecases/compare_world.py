"""The real people that a comparison looks at: those of a vault file, or of the workspace's snapshot in force."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from api.settings.schema import FILE_NAME
from api.settings.workspace import Workspace, open_workspace
from api.store.managed_copies import ManagedCopies
from api.store.store import open_store
from api.usecases.compare import World
from connectors.registry import SOURCES
from engine.compare.effects import Managed
from engine.mapping.source import map_people
from engine.people.build import build_people
from policy.ports import ScriptRunner
from policy.snapshot import Snapshot

_NO_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)  # a vault file without a mapping runs no scripts, so none sees a clock


def read_world(workspace: Path, vault: Path | None, *, timezone: str, scripts: ScriptRunner) -> World:
    """Read people from `vault`, else from the store of the workspace; nobody where there is neither.

    A store is only opened where there is one. Raises OrdainError when the file or the store cannot be read.
    """
    if vault is not None:
        why = "Limits were not judged: a vault file does not tell what is managed."
        return World(_read_vault(vault, timezone, scripts), vault.name, None, (why,))
    if not (workspace / FILE_NAME).is_file():
        return _nobody(f"there is no {FILE_NAME} here; name a workspace with -w, or a vault file with --snapshot")
    opened = open_workspace(workspace)
    if not _has_store(opened):
        return _nobody("the workspace has no snapshot yet; run `ordain import`, or name a vault file with --snapshot")
    return _read_store(opened)


def _nobody(why: str) -> World:
    return World(left_out=(f"Real people and limits were not looked at: {why}.",))


def _read_vault(vault: Path, timezone: str, scripts: ScriptRunner) -> Snapshot:
    entry = SOURCES["vault"]
    records = entry.open("vault", entry.config.model_validate({"file": vault.name}), vault.parent).read()
    mapped = map_people(records, None, scripts, now=_NO_CLOCK, seed=0, timezone=timezone)
    return build_people(mapped, records.departments).snapshot


def _has_store(workspace: Workspace) -> bool:
    return workspace.settings.database.url is not None or workspace.database_file.is_file()


def _read_store(workspace: Workspace) -> World:
    copies = ManagedCopies(workspace.managed_folder)
    store = open_store(workspace.database_url, tenant=workspace.name, copies=copies)
    try:
        with store.read() as tx:
            current = tx.snapshots.latest()
            if current is None:
                return _nobody("no import of the workspace has brought anybody yet")
            snapshot, state = tx.snapshots.load(current.digest), tx.ledger.state()
            executed = tx.ledger.executed_since(date.min)
    finally:
        store.close()
    origin = f"the snapshot of {workspace.name}, imported {current.at:%Y-%m-%d}"
    if not state.entries:
        return World(snapshot, origin, None, ("Limits were not judged: nothing is managed yet.",))
    return World(snapshot, origin, Managed(state, executed, snapshot))
