"""Watching a workspace: doing something now, and again whenever what it rests on changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from watchfiles import Change, watch

from api.settings.schema import FILE_NAME
from api.settings.workspace import Workspace

_LOOK_MILLISECONDS = 200
_SETTLE_MILLISECONDS = 400
"""An editor that saves a file writes, renames and deletes: that is one change, once it is quiet for a moment."""


def changes_of(workspace: Workspace, named: Callable[[], Iterable[Path]]) -> Iterator[frozenset[Path]]:
    """Give an empty set at once, and from then on the files that changed, each time some did.

    Looked at are the rules folder (rules, lookup files, whatever lies there), `ordain.toml`, and the files that `named`
    gives at that time: fixtures and field mappings elsewhere in the workspace. Ends never; an interrupt is raised.
    """
    rules, root = workspace.rules_folder.resolve(), workspace.root.resolve()
    ours = workspace.state_folder.resolve()

    def concerns(_change: Change, name: str) -> bool:
        path = Path(name)
        if path.is_relative_to(ours):
            return False
        return path.is_relative_to(rules) or path == root / FILE_NAME or path in {one.resolve() for one in named()}

    # The watcher stands before the first work is done, so that no change in between is missed.
    first = True
    for changes in watch(
        *{rules, root},
        watch_filter=concerns,
        debounce=_SETTLE_MILLISECONDS,
        rust_timeout=_LOOK_MILLISECONDS,
        yield_on_timeout=True,
    ):
        if first or changes:
            yield frozenset() if first else frozenset(Path(name) for _, name in changes)
        first = False
