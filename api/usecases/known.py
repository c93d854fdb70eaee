"""What lint may know besides the rules: facts of the snapshot in force, and permissions that targets list."""

from __future__ import annotations

from api.runners.targets import open_reachable
from api.settings.workspace import Workspace
from api.store.peek import peek
from api.tools import Progress
from engine.lint.people import people_facts
from policy.diagnostics import OrdainError
from policy.lint import PeopleFacts
from policy.rules import CheckedPolicy


def read_people(workspace: Workspace, policy: CheckedPolicy) -> PeopleFacts | None:
    """Count the people of the snapshot in force; None when there is none. Raises OrdainError when it cannot be read."""
    glimpse = peek(workspace.database_url, tenant=workspace.name)
    return None if glimpse is None or glimpse.snapshot is None else people_facts(policy, glimpse.snapshot)


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
