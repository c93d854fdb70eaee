"""Files beside the store with derived personal data: written whole, for their owner alone, hashed on the way."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(slots=True)
class Sink:
    """A file that is hashed while it is written."""

    file: BinaryIO
    digest: hashlib._Hash

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        return self.file.closed

    def write(self, content: bytes, /) -> int:
        """Write bytes; gives how many."""
        self.digest.update(content)
        return self.file.write(content)

    def flush(self) -> None:
        """Give what is written to the system."""
        self.file.flush()


def write_sealed(path: Path, write: Callable[[Sink], object]) -> str:
    """Let `write` fill a file, which is there whole or not at all. Gives its SHA-256 (hex); raises OSError."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(made, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            sink = Sink(file, hashlib.sha256())
            write(sink)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            made.unlink()
        raise
    return sink.digest.hexdigest()


def newest_first(paths: Iterable[Path]) -> list[Path]:
    """Order files or folders by when they were written last; what somebody else removed just now comes last."""
    return sorted(paths, key=_written, reverse=True)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
