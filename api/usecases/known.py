"""What lint may know besides the rules: facts of the snapshot in force, and permissions that targets list."""

from __future__ import annotations

from api.runners.targets import open_reachable
from api.settings.workspace import Workspace
from api.store.store import open_store
from api.tools import Progress
from engine.lint.people import people_facts
from policy.diagnostics import OrdainError
from policy.lint import PeopleFacts
from policy.rules import CheckedPolicy

_PATIENCE_SECONDS = 2.0


def read_people(workspace: Workspace, policy: CheckedPolicy) -> PeopleFacts | None:
    """Count the people of the snapshot in force; None when there is none. Raises OrdainError when it cannot be read."""
    store = open_store(workspace.database_url, tenant=workspace.name, busy_timeout_seconds=_PATIENCE_SECONDS)
    try:
        with store.read() as tx:
            current = tx.snapshots.latest()
            snapshot = tx.snapshots.load(current.digest) if current else None
    finally:
        store.close()
    return None if snapshot is None else people_facts(policy, snapshot)


def read_permissions(
    workspace: Workspace, policy: CheckedPolicy, progress: Progress
) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Ask every target of the policy what permissions there are.

    Gives the lists by target, and for each other target why there is none.
    """
    opened, silent = open_reachable(workspace, policy, policy.targets)
    listed = {}
    for number, (name, target) in enumerate(opened.items()):
        progress(f"reading target {name}", number, len(opened))
        try:
            permissions = target.connector.observe().permissions
        except OrdainError as error:
            silent[name] = error.diagnostic.detail
            continue
        if permissions is None:
            silent[name] = f"{name} cannot list its permissions"
        else:
            listed[name] = permissions
    return listed, silent
