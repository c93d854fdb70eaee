"""Every command, one line each, in the order help lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from api.cli.approve import approve
from api.cli.books import audit, history, ledger
from api.cli.check import check
from api.cli.demo import demo
from api.cli.enforce import enforce
from api.cli.evaluate import evaluate
from api.cli.explain import explain
from api.cli.graph import graph
from api.cli.import_ import import_command
from api.cli.init import init
from api.cli.keys import keys
from api.cli.show import show
from api.cli.verify import verify

COMMANDS: dict[str, Callable[..., Any]] = {
    "init": init,
    "check": check,
    "import": import_command,
    "evaluate": evaluate,
    "show": show,
    "explain": explain,
    "verify": verify,
    "approve": approve,
    "enforce": enforce,
    "ledger": ledger,
    "history": history,
    "graph": graph,
    "demo": demo,
}
GROUPS: dict[str, typer.Typer] = {"audit": audit, "keys": keys}
