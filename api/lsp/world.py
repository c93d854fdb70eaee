"""What is known beside the rules: lookup files now, and the people of the workspace's snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.lsp.project import Files
from dsl.editor.surroundings import Seen, Surroundings


@dataclass(slots=True)
class World:
    """What a workspace knows beside its rules."""

    root: Path

    def surroundings(self, files: Files) -> Surroundings:
        """Give what completion may choose from."""
        return Surroundings(
            columns=lambda name: _columns(files, name),
            files=lambda: tuple(files.lookups),
        )


def _columns(files: Files, name: str) -> tuple[Seen, ...]:
    page = files.lookups.get(name)
    if page is None:
        return ()
    return tuple(Seen(one.strip().strip('"')) for one in page.lines[0].split(",") if one.strip())
