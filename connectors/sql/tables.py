"""The tables of an sql target, as the database really has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connectors.effects import unreadable
from connectors.sql.configuration import ListTable, SqlTargetConfig
from connectors.sql.connect import place
from connectors.sql.failures import failure
from connectors.sql.values import Declared, to_attribute, to_column
from policy.canonical import JsonValue

_DECLARED = "ordain_declared"


@dataclass(frozen=True, slots=True)
class TargetTables:
    """The reflected tables. `by_attribute` maps attributes to column names where the two differ.

    `listed` has the names of the permissions that there are, where the application keeps them.

    `typed` is false where columns hold anything whatever they declare (SQLite).
    """

    target: str
    typed: bool
    accounts: sa.Table
    anchor: sa.Column[Any]
    enabled: sa.Column[Any]
    by_attribute: Mapping[str, str]
    permissions: sa.Table | None
    holder: sa.Column[Any]
    permission: sa.Column[Any]
    listed: sa.Column[Any] | None = None

    def column(self, attribute: str) -> sa.Column[Any]:
        """Column of an attribute. Raises OrdainError when the table has none."""
        return find_column(self.target, self.accounts, self.by_attribute.get(attribute, attribute))

    def write(self, attributes: Mapping[str, JsonValue]) -> dict[str, Any]:
        """Values by column. Raises OrdainError for a column that is not there, ValueError for a value that fits none.

        The ValueError names the column and never the value.
        """
        return {self.column(name).name: self.bind(name, value) for name, value in attributes.items()}

    def bind(self, attribute: str, value: JsonValue) -> Any:  # noqa: ANN401  # what a driver takes
        """Value of an attribute as its column takes it; errors as for `write`."""
        column = self.column(attribute)
        try:
            return to_column(value, declared(column), typed=self.typed)
        except ValueError as error:
            raise ValueError(f"{error}, as the column {column.name} wants one") from None

    def read(self, row: sa.RowMapping) -> dict[str, JsonValue]:
        """Attributes of a row of the accounts' table, without key and enabled column."""
        ours = {self.anchor.name, self.enabled.name}
        names = {column: name for name, column in self.by_attribute.items()}
        return {
            names.get(column.name, column.name): to_attribute(row[column.name], declared(column))
            for column in self.accounts.columns
            if column.name not in ours
        }

    def read_back(self, attributes: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Attributes as they are told after they were written; errors as for `write`."""
        return {
            name: to_attribute(self.bind(name, value), declared(self.column(name)))
            for name, value in attributes.items()
        }


def declared(column: sa.Column[Any]) -> Declared:
    """Type that a column was declared with."""
    kept: Declared = column.info.get(_DECLARED, column.type)
    return kept


def reflect_tables(engine: sa.Engine, target: str, config: SqlTargetConfig) -> TargetTables:
    """Read the tables' real shape; a missing table or column raises OrdainError that names it."""
    accounts = _reflect(engine, target, config.accounts.table, config.accounts.db_schema)
    anchor = find_column(target, accounts, config.accounts.anchor)
    enabled = find_column(target, accounts, config.accounts.enabled)
    for column in config.accounts.columns.values():
        find_column(target, accounts, column)
    if config.accounts.anchor_from == "ordain" and isinstance(anchor.type, sa.Integer):
        why = f'its key {anchor.name} is a number; anchor_from = "ordain" needs text or a UUID'
        raise unreadable(target, f"table {accounts.name}", why)
    typed, columns = engine.dialect.name != "sqlite", config.accounts.columns
    if config.permissions is None:
        return TargetTables(target, typed, accounts, anchor, enabled, columns, None, anchor, anchor)
    permissions = _reflect(engine, target, config.permissions.table, config.permissions.db_schema)
    holder = find_column(target, permissions, config.permissions.account)
    permission = find_column(target, permissions, config.permissions.name)
    listed = _listed(engine, target, config.permissions.listed)
    return TargetTables(target, typed, accounts, anchor, enabled, columns, permissions, holder, permission, listed)


def _listed(engine: sa.Engine, target: str, config: ListTable | None) -> sa.Column[Any] | None:
    if config is None:
        return None
    return find_column(target, _reflect(engine, target, config.table, config.db_schema), config.name)


def find_column(target: str, table: sa.Table, name: str) -> sa.Column[Any]:
    """Column of a table by name. Raises OrdainError that lists what there is."""
    if name not in table.columns:
        known = ", ".join(table.columns.keys())
        raise unreadable(target, f"table {table.name}", f"it has no column {name} (it has {known})")
    return table.columns[name]


def _reflect(engine: sa.Engine, target: str, table: str, schema: str | None) -> sa.Table:
    metadata = sa.MetaData()
    if engine.dialect.name == "sqlite":
        sa.event.listen(metadata, "column_reflect", _loosen)
    try:
        return sa.Table(table, metadata, schema=schema, autoload_with=engine, resolve_fks=False)
    except sa.exc.NoSuchTableError:
        raise unreadable(target, place(engine), f"it has no table {table}") from None
    except sa.exc.SQLAlchemyError as error:
        raise failure(error, target, sa.Table(table, sa.MetaData())) from None


def _loosen(_inspector: object, _table: object, column: Any) -> None:  # noqa: ANN401  # a dictionary of SQLAlchemy's
    """Read and write a column of SQLite as it is.

    One row with text in a date column would otherwise stop the reading of all.
    """
    column["info"] = {_DECLARED: column["type"]}
    if not isinstance(column["type"], sa.Integer | sa.String):
        column["type"] = sa.types.NullType()
