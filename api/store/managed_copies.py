"""Copies of the managed state beside the store: one Arrow file for one serial, never trusted.

They are made of the rows of the store and can be made again. INVARIANT: a file is used only when the SHA-256 of its
bytes, as they were read, is the one the store remembers for that serial (`CopySeal`). It is read whole and not mapped:
what is mapped changes below us when somebody writes into the file after we looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from api.store.copy_seals import CopySeal
from api.store.sealed_file import newest_first, write_sealed
from policy.ledger import ManagedState

if TYPE_CHECKING:
    from engine.merge.managed import ManagedColumns

_KEPT = 2


@dataclass(frozen=True, slots=True)
class ManagedCopies:
    """The folder of the copies of one workspace. Safe to share between threads.

    States of fewer than `least` entries are not worth a copy: reading their rows costs less.
    """

    folder: Path
    least: int = 10_000
    _last: dict[str, ManagedColumns] = field(default_factory=dict)

    def read(self, lineage: str, seals: Sequence[CopySeal]) -> tuple[CopySeal, ManagedColumns] | None:
        """Columns of the newest state of which there is an unbroken copy here. The seals come newest first."""
        for seal in seals:
            columns = self._last.get(seal.content)
            if columns is None:
                columns = self._read(self._path(lineage, seal.serial), seal.content)
            if columns is not None:
                for content in {*self._last} - {seal.content}:
                    self._last.pop(content, None)
                self._last[seal.content] = columns
                columns.digests[lineage, seal.serial] = seal.digest
                return seal, columns
        return None

    def is_worth(self, state: ManagedState) -> bool:
        """Tell whether a copy of this state saves time."""
        return len(state.entries) >= self.least

    def write(self, state: ManagedState) -> str:
        """Write a copy, whole or not at all, and remove all but the last few. Gives the SHA-256 of its bytes.

        Raises OSError when there is no room, or no right to write.
        """
        from engine.merge.managed import managed_columns  # noqa: PLC0415
        from engine.merge.managed_file import write_managed  # noqa: PLC0415

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(state.lineage, state.serial)
        content = write_sealed(path, partial(write_managed, managed_columns(state.entries)))
        others = [one for one in self.folder.glob("managed-*.arrow") if one != path]
        for old in newest_first(others)[_KEPT - 1 :]:
            old.unlink(missing_ok=True)
        return content

    def _path(self, lineage: str, serial: int) -> Path:
        return self.folder / f"managed-{lineage}-{serial}.arrow"

    def _read(self, path: Path, content: str) -> ManagedColumns | None:
        # Imported late, as in `write`: most commands open the store and never look at everything that is managed.
        import pyarrow as pa  # noqa: PLC0415

        from engine.merge.managed_file import read_managed  # noqa: PLC0415

        try:
            found = path.read_bytes()
            return read_managed(pa.py_buffer(found)) if hashlib.sha256(found).hexdigest() == content else None
        except (OSError, ValueError):
            return None
