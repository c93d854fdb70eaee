"""Every command, one line each, in the order help lists them.

A command's module is imported when it is called (or when help lists them all), so that `check` does not wait for the
database, and `graph` not for the service.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

COMMANDS: dict[str, str] = {
    "init": "api.cli.init:init",
    "check": "api.cli.check:check",
    "lint": "api.cli.lint:lint",
    "test": "api.cli.test:run_tests",
    "fmt": "api.cli.fmt:fmt",
    "compare": "api.cli.compare:compare",
    "prove": "api.cli.prove:prove",
    "import": "api.cli.import_:import_command",
    "evaluate": "api.cli.evaluate:evaluate",
    "forecast": "api.cli.forecast:forecast",
    "show": "api.cli.show:show",
    "explain": "api.cli.explain:explain",
    "verify": "api.cli.verify:verify",
    "approve": "api.cli.approve:approve",
    "enforce": "api.cli.enforce:enforce",
    "ledger": "api.cli.books:ledger",
    "history": "api.cli.books:history",
    "graph": "api.cli.graph:graph",
    "serve": "api.cli.serve:serve",
    "lsp": "api.cli.lsp:lsp",
    "demo": "api.cli.demo:demo",
}
GROUPS: dict[str, str] = {
    "audit": "api.cli.books:audit",
    "keys": "api.cli.keys:keys",
    "migrate": "api.cli.migrate:migrate",
    "tokens": "api.cli.tokens:tokens",
}


def load(place: str) -> Any:  # noqa: ANN401  # a command function or a typer group
    """Command or group at `module:name`."""
    module, name = place.split(":")
    return getattr(import_module(module), name)
