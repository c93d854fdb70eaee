"""Tables and columns of an sql target, as the database really has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connectors.effects import unreadable
from connectors.sql.configuration import SqlTargetConfig


@dataclass(frozen=True, slots=True)
class TargetTables:
    """The reflected tables. `by_attribute` maps attributes to column names where the two differ."""

    target: str
    accounts: sa.Table
    anchor: sa.Column[Any]
    by_attribute: dict[str, str]
    permissions: sa.Table | None
    holder: sa.Column[Any]
    permission: sa.Column[Any]

    def column(self, attribute: str) -> sa.Column[Any]:
        """Column of an attribute. Raises OrdainError when the table has none."""
        return find_column(self.target, self.accounts, self.by_attribute.get(attribute, attribute))

    def attribute(self, column: str) -> str:
        """Attribute that a column holds."""
        return next((name for name, mapped in self.by_attribute.items() if mapped == column), column)

    def key(self, anchor: str) -> Any:  # noqa: ANN401  # text or number, as the key column has it
        """Anchor in the type of the key column."""
        return int(anchor) if isinstance(self.anchor.type, sa.Integer) else anchor


def reflect_tables(engine: sa.Engine, target: str, config: SqlTargetConfig) -> TargetTables:
    """Read the tables' real shape; a missing table or column raises OrdainError that names it."""
    accounts = _reflect(engine, target, config.accounts.table, config.accounts.db_schema)
    anchor = find_column(target, accounts, config.accounts.anchor)
    find_column(target, accounts, config.accounts.enabled)
    for column in config.accounts.columns.values():
        find_column(target, accounts, column)
    if config.permissions is None:
        return TargetTables(target, accounts, anchor, config.accounts.columns, None, anchor, anchor)
    permissions = _reflect(engine, target, config.permissions.table, config.permissions.db_schema)
    holder = find_column(target, permissions, config.permissions.account)
    permission = find_column(target, permissions, config.permissions.name)
    return TargetTables(target, accounts, anchor, config.accounts.columns, permissions, holder, permission)


def find_column(target: str, table: sa.Table, name: str) -> sa.Column[Any]:
    """Column of a table by name. Raises OrdainError that lists what there is."""
    if name not in table.columns:
        known = ", ".join(table.columns.keys())
        raise unreadable(target, f"table {table.name}", f"it has no column {name} (it has {known})")
    return table.columns[name]


def _reflect(engine: sa.Engine, target: str, table: str, schema: str | None) -> sa.Table:
    try:
        return sa.Table(table, sa.MetaData(), schema=schema, autoload_with=engine)
    except sa.exc.NoSuchTableError:
        raise unreadable(target, "database", f"it has no table {table}") from None
