"""`[targets.NAME]` of an sql target: tables and columns as the application has them."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.secrets import SecretReference

Name = Annotated[str, Field(min_length=1, max_length=128)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountsTable(_Part):
    """Accounts: `anchor` the key column, `enabled` the column that lets somebody in, `columns` attribute → column.

    An attribute that `columns` does not name has a column of its own name. `enabled_values` are what stands there for
    somebody who is let in and who is not. `anchor_from`: who makes the key, the database or Ordain (a text or UUID).
    """

    table: Name
    db_schema: Name | None = Field(default=None, alias="schema")
    anchor: Name = "id"
    anchor_from: Literal["database", "ordain"] = "database"
    enabled: Name = "enabled"
    enabled_values: tuple[bool | int | str, bool | int | str] = (True, False)
    columns: dict[str, Name] = {}

    @field_validator("enabled_values")
    @classmethod
    def _two(cls, values: tuple[bool | int | str, bool | int | str]) -> tuple[bool | int | str, bool | int | str]:
        if values[0] == values[1]:
            raise ValueError("somebody who is let in and somebody who is not have the same value")
        return values


class ListTable(_Part):
    """Permissions that there are, held or not: one row each, its name in the column `name`."""

    table: Name
    db_schema: Name | None = Field(default=None, alias="schema")
    name: Name = "name"


class PermissionsTable(_Part):
    """Permissions: one row per account and permission. `listed`: where the application keeps those that there are."""

    table: Name
    db_schema: Name | None = Field(default=None, alias="schema")
    account: Name = "account_id"
    name: Name = "permission"
    listed: ListTable | None = None


class SqlTargetConfig(_Part):
    """The whole section. `url` as SQLAlchemy writes it, or where to find it; a password never stands in the file."""

    url: str | SecretReference
    accounts: AccountsTable
    permissions: PermissionsTable | None = None

    @field_validator("url")
    @classmethod
    def _without_password(cls, url: str | SecretReference) -> str | SecretReference:
        if not isinstance(url, str):
            return url
        try:
            address = sa.make_url(url)
        except (sa.exc.ArgumentError, ValueError):
            raise ValueError("this is no address of a database, such as sqlite:///out/erp.db") from None
        if address.password is not None or "password" in address.query:
            raise ValueError('a password has no place here; write { env = "NAME" } or { file = "path" }')
        return url
