"""Paths in a configuration: relative to the workspace, and never out of it."""

from __future__ import annotations

from pathlib import Path

from policy.catalogue.sources import FILE_MISSING, FILE_UNREADABLE, PATH_OUTSIDE
from policy.diagnostics import Diagnostic, OrdainError, UsageError


def inside(root: Path, path: str) -> Path:
    """Path of `path` below the workspace `root`, links followed. Raises UsageError when it leads out of `root`."""
    base = root.resolve()
    try:
        found = (base / path).resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL, a loop of links
        found = None
    if found is None or not found.is_relative_to(base):
        raise UsageError(
            Diagnostic(
                PATH_OUTSIDE,
                f"The path “{path}” leads out of the workspace.",
                hint="Put the file into the workspace and name it relative to its folder.",
                subject=path,
            )
        )
    return found


def read_bytes(root: Path, path: str) -> bytes:
    """Content of a file of the workspace. Raises OrdainError when it is missing or cannot be read."""
    try:
        return inside(root, path).read_bytes()
    except FileNotFoundError:
        raise OrdainError(
            Diagnostic(
                FILE_MISSING,
                f"The file “{path}” does not exist.",
                hint="Put it there, or correct its name in ordain.toml.",
                subject=path,
            )
        ) from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise OrdainError(
            Diagnostic(FILE_UNREADABLE, f"The file “{path}” cannot be read: {reason}.", subject=path)
        ) from None
