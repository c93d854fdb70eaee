"""`[targets.NAME]` of an sql target: tables and columns as the application has them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.secrets import SecretReference

Name = Annotated[str, Field(min_length=1, max_length=128)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountsTable(_Part):
    """Accounts: `anchor` the key column, `enabled` the column that lets somebody in, `columns` attribute → column.

    An attribute that `columns` does not name has a column of its own name. `enabled_values` are what stands there for
    somebody who is let in and who is not.
    """

    table: Name
    db_schema: Name | None = Field(default=None, alias="schema")
    anchor: Name = "id"
    anchor_from: Literal["database", "ordain"] = "database"
    enabled: Name = "enabled"
    enabled_values: tuple[bool | int | str, bool | int | str] = (True, False)
    columns: dict[str, Name] = {}


class PermissionsTable(_Part):
    """Permissions: one row per account and permission."""

    table: Name
    db_schema: Name | None = Field(default=None, alias="schema")
    account: Name = "account_id"
    name: Name = "permission"


class SqlTargetConfig(_Part):
    """The whole section. `url` as SQLAlchemy writes it, or where to find it."""

    url: str | SecretReference
    accounts: AccountsTable
    permissions: PermissionsTable | None = None
