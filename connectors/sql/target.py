"""The sql target: accounts are rows of one table, permissions rows of another. One action, one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connectors.effects import account_gone, already_taken, is_effective, unreadable
from connectors.sql.configuration import SqlTargetConfig
from connectors.sql.tables import TargetTables, reflect_tables
from policy.canonical import JsonValue, canonical_json
from policy.catalogue.enforcement import TARGET_BUSY, TARGET_REFUSES
from policy.diagnostics import Diagnostic, OrdainError, TransientError
from policy.enforcement import Action, ActionResult, Call, Probe
from policy.targets import AccountPayload, Observation, ObservedAccount


@dataclass(frozen=True, slots=True)
class SqlTarget:
    """A database of the application itself.

    Where the database makes the key, a creation in doubt is found again by the correlation attribute.
    """

    name: str
    config: SqlTargetConfig
    engine: sa.Engine
    tables: TargetTables

    @property
    def idempotent(self) -> bool:
        """A key of ours makes a creation repeatable; a key of the database does not."""
        return self.config.accounts.anchor_from == "ordain"

    def observe(self) -> Observation:
        """Every account with its permissions, read in one transaction."""
        with self._reading() as connection:
            held: dict[str, set[str]] = {}
            if self.tables.permissions is not None:
                rows = connection.execute(sa.select(self.tables.holder, self.tables.permission))
                for anchor, name in rows:
                    held.setdefault(str(anchor), set()).add(str(name))
            accounts = [
                self._observed(row, held) for row in connection.execute(sa.select(self.tables.accounts)).mappings()
            ]
        return Observation(self.name, tuple(sorted(accounts, key=lambda account: account.anchor)))

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        """Tell whether no other account has `value` in the column of `field`."""
        statement = sa.select(self.tables.anchor).where(self.tables.column(field) == _bindable(value))
        with self._reading() as connection:
            return all(str(anchor) == but_anchor for (anchor,) in connection.execute(statement))

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:
        """Carry out one action in one transaction."""
        attributes = dict(payload.attributes) if payload else {}
        try:
            with self.engine.connect() as connection:
                self._limit_time(connection, timeout_seconds)
                anchor = self._apply(connection, action, attributes)
                self._commit(connection)
        except sa.exc.IntegrityError:
            raise already_taken(self.name, action, "key or unique column") from None
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            raise TransientError(Diagnostic(TARGET_BUSY, self._say(error), subject=str(action.key))) from None
        except sa.exc.SQLAlchemyError as error:
            hint = "compare the field mapping with the columns of the table"
            raise OrdainError(
                Diagnostic(TARGET_REFUSES, self._say(error), hint=hint, subject=str(action.key))
            ) from None
        return ActionResult(anchor, attributes)

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        """Look whether the effect of `action` is true, by the key or else by the correlation attribute."""
        anchor = action.anchor or (action.action_id if self.idempotent else "")
        account = next((one for one in self.observe().accounts if self._is_meant(one, action, anchor)), None)
        wanted = payload and AccountPayload(
            self._read_back(payload.attributes), payload.account_data, payload.iteration
        )
        found = ActionResult(account.anchor, account.attributes) if account else ActionResult(anchor)
        return Probe(is_effective(action, wanted, account), found)

    def _is_meant(self, account: ObservedAccount, action: Action, anchor: str) -> bool:
        if anchor:
            return account.anchor == anchor
        if action.correlation is None:
            return False
        field, value = action.correlation
        return bool(account.attributes.get(self.tables.attribute(self.tables.column(field).name)) == _bindable(value))

    def _apply(self, connection: sa.Connection, action: Action, attributes: dict[str, JsonValue]) -> str:
        match action.call:
            case Call.CREATE:
                return self._create(connection, action, attributes)
            case Call.DELETE:
                if self.tables.permissions is not None:
                    holder = self.tables.holder == self.tables.key(action.anchor)
                    connection.execute(sa.delete(self.tables.permissions).where(holder))
                connection.execute(sa.delete(self.tables.accounts).where(self._row(action)))
            case Call.UPDATE:
                self._change(connection, action, self._values(attributes))
            case Call.ENABLE | Call.DISABLE:
                yes, no = self.config.accounts.enabled_values
                value = yes if action.call is Call.ENABLE else no
                self._change(connection, action, {**self._values(attributes), self.config.accounts.enabled: value})
            case Call.ADD_PERMISSION:
                self._add_permission(connection, action)
            case Call.REMOVE_PERMISSION:
                connection.execute(sa.delete(self._permissions(action)).where(self._held(action)))
            case Call.NOTHING:
                pass
        return action.anchor

    def _create(self, connection: sa.Connection, action: Action, attributes: dict[str, JsonValue]) -> str:
        table, values = self.config.accounts, self._values(attributes)
        values[table.enabled] = table.enabled_values[1]
        if table.anchor_from == "ordain":
            present = sa.select(self.tables.anchor).where(self.tables.anchor == action.action_id)
            if connection.execute(present).first() is not None:
                return action.action_id
            values[table.anchor] = action.action_id
        made = connection.execute(sa.insert(self.tables.accounts).values(values).returning(self.tables.anchor))
        return str(made.scalar_one())

    def _change(self, connection: sa.Connection, action: Action, values: dict[str, Any]) -> None:
        statement = sa.update(self.tables.accounts).where(self._row(action))
        if connection.execute(statement.values(values or {self.tables.anchor.name: self.tables.anchor})).rowcount == 0:
            raise account_gone(self.name, action)

    def _add_permission(self, connection: sa.Connection, action: Action) -> None:
        permissions = self._permissions(action)
        if connection.execute(sa.select(self.tables.anchor).where(self._row(action))).first() is None:
            raise account_gone(self.name, action)
        if connection.execute(sa.select(permissions).where(self._held(action))).first() is None:
            values = {
                self.tables.holder.name: self.tables.key(action.anchor),
                self.tables.permission.name: action.key.name,
            }
            connection.execute(sa.insert(permissions).values(values))

    def _row(self, action: Action) -> sa.ColumnElement[bool]:
        row: sa.ColumnElement[bool] = self.tables.anchor == self.tables.key(action.anchor)
        return row

    def _held(self, action: Action) -> sa.ColumnElement[bool]:
        holder = self.tables.holder == self.tables.key(action.anchor)
        return sa.and_(holder, self.tables.permission == action.key.name)

    def _permissions(self, action: Action) -> sa.Table:
        if self.tables.permissions is None:
            text = f"{self.name} has no table of permissions, so {action.key.entitlement} cannot be granted or revoked."
            hint = f"name it in ordain.toml: targets.{self.name}.permissions"
            raise OrdainError(Diagnostic(TARGET_REFUSES, text, hint=hint, subject=str(action.key)))
        return self.tables.permissions

    def _values(self, attributes: dict[str, JsonValue]) -> dict[str, Any]:
        return {self.tables.column(name).name: _bindable(value) for name, value in attributes.items()}

    def _read_back(self, attributes: Any) -> dict[str, JsonValue]:  # noqa: ANN401  # a mapping of JSON
        return {
            self.tables.attribute(self.tables.column(name).name): _bindable(value) for name, value in attributes.items()
        }

    def _observed(self, row: Any, held: dict[str, set[str]]) -> ObservedAccount:  # noqa: ANN401  # a row of any table
        table = self.config.accounts
        anchor = str(row[table.anchor])
        ours = {table.anchor, table.enabled}
        attributes = {self.tables.attribute(name): _readable(value) for name, value in row.items() if name not in ours}
        enabled = row[table.enabled] == table.enabled_values[0]
        return ObservedAccount(anchor, attributes, enabled, frozenset(held.get(anchor, set())))

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise unreadable(
                self.name, self.engine.url.render_as_string(hide_password=True), self._say(error)
            ) from None

    def _commit(self, connection: sa.Connection) -> None:
        try:
            connection.commit()
        except sa.exc.OperationalError as error:
            # A connection lost at this very moment leaves open whether the database committed.
            raise TimeoutError(self._say(error)) from None

    def _limit_time(self, connection: sa.Connection, timeout_seconds: float) -> None:
        if connection.dialect.name == "postgresql":
            milliseconds = int(timeout_seconds * 1000)
            connection.execute(sa.text(f"SET LOCAL statement_timeout = {milliseconds}"))

    def _say(self, error: sa.exc.SQLAlchemyError) -> str:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        return f"{self.name}: the database says “{cause[0] if cause else type(error).__name__}”."


def _bindable(value: JsonValue) -> Any:  # noqa: ANN401  # what a driver takes
    return value if value is None or isinstance(value, str | int | bool) else canonical_json(value).decode()


def _readable(value: Any) -> JsonValue:  # noqa: ANN401  # what a driver gives
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def open_sql_target(name: str, config: SqlTargetConfig, root: Path) -> SqlTarget:
    """Connect, and look at the tables. Raises OrdainError when the database or a table or column is not there."""
    text = config.url if isinstance(config.url, str) else config.url.resolve(root)
    try:
        url = sa.make_url(text)
        if url.get_backend_name() == "sqlite" and url.database:
            url = url.set(database=str(root / url.database))
        engine = sa.create_engine(url)
        return SqlTarget(name, config, engine, reflect_tables(engine, name, config))
    except ModuleNotFoundError as error:
        hint = "install the extra that brings the driver: pip install 'ordain[postgresql]'"
        what = Diagnostic(TARGET_REFUSES, f"{name}: the database driver {error.name} is not installed.", hint=hint)
        raise OrdainError(what) from None
    except sa.exc.SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise unreadable(name, "database", why) from None
