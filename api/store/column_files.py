"""Snapshots as columns on disk: two Arrow files per snapshot, mapped into memory when their seal is unbroken.

They are made of what the store holds and can be made again. INVARIANT: bytes are used only when their SHA-256, as they
were mapped, is one that the store remembers (`ColumnSeal`): a changed file is never evaluated. Ours are replaced whole,
never written in place, so nothing of ours changes below somebody who reads.
"""

from __future__ import annotations

import hashlib
import mmap
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from api.store.records import ColumnSeal
from api.store.sealed_file import newest_first, write_sealed
from engine.columnar.arrow import batches_of, read_columns, write_batch
from engine.columnar.columns import Columns

_NAMES = ("persons.arrow", "contracts.arrow")
_KEPT = 3


@dataclass(frozen=True, slots=True)
class ColumnFiles:
    """The folder of column files, with one folder per snapshot below it."""

    folder: Path

    def are_there(self, digest: str) -> bool:
        """Tell whether there are files of this snapshot, whatever is in them."""
        return all((self.folder / digest / name).is_file() for name in _NAMES)

    def read(self, digest: str, seals: Collection[ColumnSeal]) -> Columns | None:
        """Columns of the snapshot; None when there are none, or they are not what was sealed.

        Nothing is copied: the files are mapped, and stay so as long as the columns are used.
        """
        if not seals or not self.are_there(digest):
            return None
        try:
            with ThreadPoolExecutor(len(_NAMES)) as threads:
                found = list(threads.map(_map_and_hash, [self.folder / digest / name for name in _NAMES]))
            (persons, persons_hash), (contracts, contracts_hash) = found
            if ColumnSeal(persons_hash, contracts_hash) not in seals:
                return None
            columns = read_columns(persons, contracts)
        except (OSError, ValueError):
            return None
        return columns if columns.digest == digest else None

    def write(self, columns: Columns) -> ColumnSeal:
        """Write the files of a snapshot, and remove those of all but the last few that were written.

        A file is there whole or not at all. Raises OSError when there is no room, or no right to write.
        """
        place = self.folder / columns.digest
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = (
            write_sealed(place / name, partial(write_batch, batch))
            for name, batch in zip(_NAMES, batches_of(columns), strict=True)
        )
        seal = ColumnSeal(*written)
        self._remove_old(columns.digest)
        return seal

    def _remove_old(self, newest: str) -> None:
        # Who evaluates over files that are removed here goes on: what is mapped stays until it is let go.
        others = [one for one in self.folder.iterdir() if one.name != newest]
        for one in newest_first(others)[_KEPT - 1 :]:
            shutil.rmtree(one, ignore_errors=True)


def _map_and_hash(path: Path) -> tuple[pa.Buffer, str]:
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pa.py_buffer(mapped), hashlib.sha256(mapped).hexdigest()
