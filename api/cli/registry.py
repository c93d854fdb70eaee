"""Every command, one line each, in the order help lists them.

A command's module is imported when it is called, so that `check` does not wait for the database, and `graph` not for
the service. Help lists them all: what it says of each is read from the text of its module.
"""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
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


def help_of(place: str) -> str:
    """Help text of the command or group at `module:name`, without importing it."""
    module, name = place.split(":")
    found = find_spec(module)
    assert found is not None, f"no module {module}"
    assert found.origin is not None, f"no file of {module}"
    for statement in ast.parse(Path(found.origin).read_text(encoding="utf-8")).body:
        match statement:
            case ast.FunctionDef(name=defined) if defined == name:
                return ast.get_docstring(statement) or ""
            case ast.Assign(targets=[ast.Name(id=defined)], value=ast.Call(keywords=options)) if defined == name:
                return str(next(ast.literal_eval(one.value) for one in options if one.arg == "help"))
    raise AssertionError(f"{place} is neither a function nor a group with a help text")
