"""The shape of `ordain.toml`. Each connector checks its own part with its own model (see `workspace.py`)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.secrets import SecretReference

FILE_NAME = "ordain.toml"

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$")]


class Section(BaseModel):
    """A table of the file: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceSection(Section):
    """`[workspace]`.

    `name` is also the tenant; `rules` the folder of `*.ordain` files; `state` where our own files lie.
    """

    name: Identifier
    rules: str = "rules"
    state: str = ".ordain"


class ApprovalSection(Section):
    """`[approval]`: how many people approve a diff, and for how long a diff and an approval hold (hours)."""

    required: Annotated[int, Field(ge=1, le=20)] = 1
    valid_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 72


class DatabaseSection(Section):
    """`[database]`: `url` of a PostgreSQL or SQLite database; without it SQLite below the state folder."""

    url: str | SecretReference | None = None

    @field_validator("url")
    @classmethod
    def _has_no_password(cls, url: str | SecretReference | None) -> str | SecretReference | None:
        if isinstance(url, str) and urlsplit(url).password:
            raise ValueError('it holds a password; write url = { env = "NAME" } or { file = "path" }')
        return url


class TrustSection(Section):
    """`[trust]`: the trust root file (key → person → roles); without it `trust.json` below the state folder."""

    root: str | None = None


class EnforcementSection(Section):
    """`[enforcement]`: time-out of one call, attempts at a call, and the lease of a run.

    The lease is longer than a call's time-out, so that no call outlives it.
    """

    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    backoff_seconds: Annotated[float, Field(ge=0, le=60)] = 0.5
    lease_seconds: Annotated[float, Field(gt=0, le=3600)] = 60


class CountOrPercent(Section):
    """`{ count = 10, percent = 5 }`: trips when either is reached (>=)."""

    count: Annotated[int, Field(ge=1)] | None = None
    percent: Annotated[float, Field(gt=0, le=100)] | None = None


class ImportLimits(Section):
    """`limits` of a source: how many persons an import may add, remove or freeze before it is blocked."""

    added: CountOrPercent | None = None
    removed: CountOrPercent | None = None
    frozen: CountOrPercent | None = None


class Correlation(Section):
    """`correlate = { person = "ExternalId", account = "ExternalId" }`: by which value an account is found again."""

    person: str
    account: str


class SourceSection(Section):
    """`[sources.NAME]`: the keys every source has; the rest belongs to its connector."""

    model_config = ConfigDict(extra="allow", frozen=True)

    connector: str
    limits: ImportLimits = ImportLimits()


class TargetSection(Section):
    """`[targets.NAME]`: the keys every target has; the rest belongs to its connector."""

    model_config = ConfigDict(extra="allow", frozen=True)

    connector: str
    fields: str | None = None
    correlate: Correlation | None = None
    secret_fields: tuple[str, ...] = ()


class Settings(Section):
    """The whole file."""

    workspace: WorkspaceSection
    approval: ApprovalSection = ApprovalSection()
    database: DatabaseSection = DatabaseSection()
    trust: TrustSection = TrustSection()
    enforcement: EnforcementSection = EnforcementSection()
    sources: dict[Identifier, SourceSection] = {}
    targets: dict[Identifier, TargetSection] = {}

    def extra_of(self, section: SourceSection | TargetSection) -> dict[str, Any]:
        """Give the keys of a section that belong to its connector."""
        return dict(section.model_extra or {})
