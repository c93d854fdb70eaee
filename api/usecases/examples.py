"""The example workspaces that come along: to begin with, and to show."""

from __future__ import annotations

import shutil
from pathlib import Path

from policy.catalogue.workspace import NOT_EMPTY
from policy.diagnostics import Diagnostic, UsageError

_INSTALLED = Path(__file__).resolve().parent.parent / "examples"
_CHECKOUT = Path(__file__).resolve().parents[2] / "rules"
_LEFT_OUT = shutil.ignore_patterns(".ordain", "out", "__pycache__")


def examples_folder() -> Path:
    """Where the examples lie: inside the installed package, or in the checkout it was installed from."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def copy_example(name: str, folder: Path) -> None:
    """Copy an example into a new or empty folder. Raises UsageError when something lies there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        detail = f"{folder} holds something already."
        raise UsageError(Diagnostic(NOT_EMPTY, detail, hint="name a new or empty folder", subject=str(folder)))
    shutil.copytree(examples_folder() / name, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
