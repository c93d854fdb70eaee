"""Secrets in configuration: never the value itself, always where to find it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policy.catalogue.workspace import SECRET_MISSING
from policy.diagnostics import Diagnostic, UsageError


class SecretReference(BaseModel):
    """`{ env = "NAME" }` or `{ file = "path" }` (relative to the workspace)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: Annotated[str, Field(min_length=1)] | None = None
    file: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretReference:
        if (self.env is None) == (self.file is None):
            raise ValueError('write either { env = "NAME" } or { file = "path" }')
        return self

    def resolve(self, root: Path) -> str:
        """Read the secret, without a trailing line end. Raises UsageError when there is none."""
        if self.env is not None:
            value = os.environ.get(self.env)
            if value is None:
                raise _missing(f"the environment variable {self.env}", "is not set", f"set {self.env} and try again")
            return value
        path = root / str(self.file)
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise _missing(f"the file {self.file}", "cannot be read", "write the secret into that file") from None


def _missing(place: str, why: str, hint: str) -> UsageError:
    return UsageError(Diagnostic(SECRET_MISSING, f"The secret in {place} {why}.", hint=hint, subject=place))
