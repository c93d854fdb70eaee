"""What lint and check look at besides the rules, where it is cheap or asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.output import Output, TerminalProgress
from api.usecases.lint import Known
from policy.diagnostics import OrdainError

if TYPE_CHECKING:
    from api.settings.workspace import Workspace
    from policy.rules import CheckedPolicy

_FILE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Looking:
    """How far lint looks: at people when their database is a file here or `live`, at targets when `live`."""

    workspace: Workspace
    output: Output
    live: bool = False

    def __call__(self, policy: CheckedPolicy) -> Known:
        """Look. What cannot be read is left out, and told where it was asked for."""
        at_hand = self.workspace.database_url.startswith(_FILE)
        if at_hand and not Path(self.workspace.database_url.removeprefix(_FILE)).is_file():
            return Known(permissions=self._permissions(policy))
        # Only now, as most calls do without: the database library takes longer than the rules.
        known = import_module("api.usecases.known")
        people = None
        if at_hand or self.live:
            try:
                people = known.read_people(self.workspace, policy)
            except OrdainError as error:
                self.output.warn(f"People were not looked at: {error.diagnostic.detail}")
        return Known(people, self._permissions(policy))

    def _permissions(self, policy: CheckedPolicy) -> dict[str, frozenset[str]]:
        if not self.live:
            return {}
        progress = TerminalProgress(self.output.errors)
        listed: dict[str, frozenset[str]]
        listed, silent = import_module("api.usecases.known").read_permissions(self.workspace, policy, progress)
        for name, why in silent.items():
            self.output.warn(f"Permissions of {name} were not looked at: {why.rstrip('.')}.")
        return listed
