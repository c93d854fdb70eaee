"""Exit codes: 0 fine, 1 problems in rules or data, 2 wrong usage, 3 refused, 4 the world failed."""

from __future__ import annotations

from enum import IntEnum

from policy.diagnostics import DataError, OrdainError, RefusedError, UsageError


class Exit(IntEnum):
    """What a command's exit code tells a script."""

    FINE = 0
    PROBLEMS = 1
    USAGE = 2
    REFUSED = 3
    WORLD = 4
    INTERRUPTED = 130


def exit_of(error: OrdainError) -> Exit:
    """Exit code of an error."""
    match error:
        case DataError():
            return Exit.PROBLEMS
        case UsageError():
            return Exit.USAGE
        case RefusedError():
            return Exit.REFUSED
        case _:
            return Exit.WORLD
