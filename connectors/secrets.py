"""Secrets in configuration: never the value itself, always where to find it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policy.catalogue.workspace import SECRET_MISSING
from policy.diagnostics import Diagnostic, UsageError


class SecretReference(BaseModel):
    """`{ env = "NAME" }` or `{ file = "path" }` (relative to the workspace, or absolute: `/run/secrets/erp`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: Annotated[str, Field(min_length=1)] | None = None
    file: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretReference:
        if (self.env is None) == (self.file is None):
            raise ValueError('write either { env = "NAME" } or { file = "path" }')
        return self

    def resolve(self, root: Path) -> str:
        """Read the secret, without line ends behind it. Raises UsageError when there is none, or an empty one."""
        if self.env is not None:
            place, hint = f"the environment variable {self.env}", f"set {self.env} and try again"
            value = os.environ.get(self.env)
            if value is None:
                raise _missing(place, "is not set", hint)
        else:
            place, hint = f"the file {self.file}", "write the secret into that file"
            try:
                value = (root / str(self.file)).read_text(encoding="utf-8-sig").rstrip("\r\n")
            except (OSError, ValueError):  # not there, not ours to read, not UTF-8, no path at all
                raise _missing(place, "cannot be read", hint) from None
        if not value:
            raise _missing(place, "is empty", hint)
        return value


def _missing(place: str, why: str, hint: str) -> UsageError:
    return UsageError(Diagnostic(SECRET_MISSING, f"The secret in {place} {why}.", hint=hint, subject=place))
