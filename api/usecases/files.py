"""Writing files whole: at every moment either the old or the new one is there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from policy.catalogue.service import FILE_NOT_WRITTEN
from policy.diagnostics import Diagnostic, OrdainError


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file atomically and durably, with rights `mode`. Raises OrdainError when the disk does not take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        detail = f"{path} cannot be written: {(error.strerror or 'no reason given').lower()}."
        raise OrdainError(
            Diagnostic(FILE_NOT_WRITTEN, detail, hint="check the folder, its rights and the disk")
        ) from None
