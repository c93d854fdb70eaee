"""The sql target: accounts are rows of one table, permissions rows of another. One action, one transaction."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connectors.effects import account_gone, is_effective, refused, spelled, unreadable
from connectors.sql.configuration import SqlTargetConfig
from connectors.sql.connect import connect, place, reader, writer
from connectors.sql.failures import failure, first_line, is_passing
from connectors.sql.tables import TargetTables, declared, reflect_tables
from connectors.sql.values import made_key, to_key
from policy.canonical import JsonValue
from policy.diagnostics import OrdainError
from policy.enforcement import Action, ActionResult, Call, Probe
from policy.targets import AccountPayload, Observation, ObservedAccount


@dataclass(frozen=True, slots=True, weakref_slot=True)
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
        """Every account with its permissions, and those that there are where a table lists them, as of one moment."""
        listed: frozenset[str] | None = None
        with self._reading() as connection:
            held: dict[str, set[str]] = {}
            if self.tables.permissions is not None:
                for anchor, name in connection.execute(sa.select(self.tables.holder, self.tables.permission)):
                    held.setdefault(str(anchor), set()).add(str(name))
            if self.tables.listed is not None:
                names = connection.execute(sa.select(self.tables.listed)).scalars()
                listed = frozenset(str(name) for name in names if name is not None)
            rows = connection.execute(sa.select(self.tables.accounts)).mappings().all()
        accounts: dict[str, ObservedAccount] = {}
        for row in rows:
            account = self._observed(row, held)
            if row[self.tables.anchor.name] is None or account.anchor in accounts:
                why = f"its key {self.tables.anchor.name} is missing in a row, or there twice"
                raise unreadable(self.name, f"table {self.tables.accounts.name}", why)
            accounts[account.anchor] = account
        return Observation(self.name, tuple(accounts[anchor] for anchor in sorted(accounts)), listed)

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        """Tell whether no other account has `value` in the column of `field`."""
        try:
            wanted = self.tables.bind(field, value)
        except ValueError as error:
            raise self._unfit(error) from None
        statement = sa.select(self.tables.anchor).where(self.tables.column(field) == wanted)
        with self._reading() as connection:
            return all(str(anchor) == but_anchor for (anchor,) in connection.execute(statement))

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:
        """Carry out one action in one transaction."""
        try:
            with writer(self.engine, timeout_seconds).connect() as connection:
                result = self._apply(connection, action, payload.attributes if payload else {})
                _commit(connection)
                return result
        except sa.exc.SQLAlchemyError as error:
            raise failure(error, self.name, self.tables.accounts, action) from None
        except ValueError as error:
            raise self._unfit(error, action) from None

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        """Look whether the effect of `action` is true, by the key or else by the correlation attribute."""
        try:
            wanted = self.tables.read_back(payload.attributes) if payload else {}
        except ValueError:  # then no account can have it
            return Probe(effective=False, result=ActionResult(action.anchor))
        account = self._find(action, wanted)
        found = ActionResult(account.anchor, account.attributes) if account else ActionResult(action.anchor)
        return Probe(is_effective(action, AccountPayload(wanted, {}), account), found)

    def _find(self, action: Action, wanted: Mapping[str, JsonValue]) -> ObservedAccount | None:
        """Account that an action is about. Raises OrdainError when several may be it: then nobody knows."""
        accounts = self.observe().accounts
        made = made_key(action.action_id, declared(self.tables.anchor)) if self.idempotent else ""
        anchor = action.anchor or made
        if anchor:
            return next((one for one in accounts if one.anchor == anchor), None)
        signs = wanted
        if action.correlation is not None:
            field, value = action.correlation
            signs = self.tables.read_back({field: value})
        found = [one for one in accounts if signs and _has(one, signs)]
        if len(found) > 1:
            why = f"{len(found)} accounts look like the one made for person {action.key.person}"
            raise unreadable(self.name, f"table {self.tables.accounts.name}", why)
        return found[0] if found else None

    def _apply(self, connection: sa.Connection, action: Action, attributes: Mapping[str, JsonValue]) -> ActionResult:
        enabled = self.tables.enabled.name
        match action.call:
            case Call.CREATE:
                return self._create(connection, action, self.tables.write(attributes))
            case Call.DELETE:
                if self.tables.permissions is not None:
                    connection.execute(sa.delete(self.tables.permissions).where(self._hangs_on(action)))
                connection.execute(sa.delete(self.tables.accounts).where(self._is_account(action)))
            case Call.UPDATE:
                return self._change(connection, action, self.tables.write(attributes))
            case Call.ENABLE | Call.DISABLE:
                state = {enabled: self._state(enabled=action.call is Call.ENABLE)}
                return self._change(connection, action, {**self.tables.write(attributes), **state})
            case Call.ADD_PERMISSION:
                self._add_permission(connection, action)
            case Call.REMOVE_PERMISSION:
                connection.execute(sa.delete(self._permissions(action)).where(self._is_held(action)))
            case Call.NOTHING:
                pass
        return ActionResult(action.anchor)

    def _create(self, connection: sa.Connection, action: Action, values: dict[str, Any]) -> ActionResult:
        values[self.tables.enabled.name] = self._state(enabled=False)
        if self.idempotent:
            anchor = made_key(action.action_id, declared(self.tables.anchor))
            present = self._row(connection, anchor)
            if present is not None:
                return ActionResult(anchor, self.tables.read(present))
            values[self.tables.anchor.name] = to_key(anchor, declared(self.tables.anchor))
        insert = sa.insert(self.tables.accounts).values(values).returning(self.tables.anchor)
        return self._told(connection, str(connection.execute(insert).scalar_one()))

    def _change(self, connection: sa.Connection, action: Action, values: dict[str, Any]) -> ActionResult:
        update = sa.update(self.tables.accounts).where(self._is_account(action))
        if values and connection.execute(update.values(values)).rowcount == 0:
            raise account_gone(self.name, action)
        return self._told(connection, action.anchor, action)

    def _add_permission(self, connection: sa.Connection, action: Action) -> None:
        permissions = self._permissions(action)
        account = sa.select(self.tables.anchor).where(self._is_account(action))
        if connection.execute(account.with_for_update()).first() is None:
            raise account_gone(self.name, action)
        if connection.execute(sa.select(permissions).where(self._is_held(action))).first() is None:
            values = {
                self.tables.holder.name: to_key(action.anchor, declared(self.tables.holder)),
                self.tables.permission.name: action.key.name,
            }
            connection.execute(sa.insert(permissions).values(values))

    def _told(self, connection: sa.Connection, anchor: str, action: Action | None = None) -> ActionResult:
        """Say what the account is like now, with what the database itself filled in."""
        row = self._row(connection, anchor)
        if row is None and action is not None:
            raise account_gone(self.name, action)
        return ActionResult(anchor, self.tables.read(row) if row is not None else {})

    def _row(self, connection: sa.Connection, anchor: str) -> sa.RowMapping | None:
        key = to_key(anchor, declared(self.tables.anchor))
        select = sa.select(self.tables.accounts).where(self.tables.anchor == key)
        return connection.execute(select).mappings().first()

    def _is_account(self, action: Action) -> sa.ColumnElement[bool]:
        return sa.and_(self.tables.anchor == to_key(action.anchor, declared(self.tables.anchor)))

    def _hangs_on(self, action: Action) -> sa.ColumnElement[bool]:
        return sa.and_(self.tables.holder == to_key(action.anchor, declared(self.tables.holder)))

    def _is_held(self, action: Action) -> sa.ColumnElement[bool]:
        return sa.and_(self._hangs_on(action), self.tables.permission == action.key.name)

    def _permissions(self, action: Action) -> sa.Table:
        if self.tables.permissions is None:
            why = f"it has no table of permissions, so {action.key.entitlement} cannot be granted or revoked"
            hint = f"name it in ordain.toml: targets.{self.name}.permissions"
            raise refused(self.name, why, hint, subject=str(action.key))
        return self.tables.permissions

    def _state(self, *, enabled: bool) -> bool | int | str:
        value = self.config.accounts.enabled_values[0 if enabled else 1]
        return int(value) if isinstance(self.tables.enabled.type, sa.Integer) and isinstance(value, bool) else value

    def _observed(self, row: sa.RowMapping, held: Mapping[str, set[str]]) -> ObservedAccount:
        anchor = str(row[self.tables.anchor.name])
        enabled = bool(row[self.tables.enabled.name] == self.config.accounts.enabled_values[0])
        return ObservedAccount(anchor, self.tables.read(row), enabled, frozenset(held.get(anchor, ())))

    def _unfit(self, error: ValueError, action: Action | None = None) -> Exception:
        hint = f"compare the field mapping with the columns of the table {self.tables.accounts.name}"
        return refused(self.name, str(error), hint, subject=str(action.key) if action else None)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with reader(self.engine).connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            if is_passing(error):
                raise failure(error, self.name, self.tables.accounts) from None
            raise unreadable(self.name, place(self.engine), f"the database says “{first_line(error)}”") from None


def _commit(connection: sa.Connection) -> None:
    try:
        connection.commit()
    except sa.exc.OperationalError as error:
        if connection.dialect.name == "sqlite" and is_passing(error):
            raise
        # A connection lost at this very moment leaves open whether the database committed.
        raise TimeoutError("the connection was lost while the database committed") from None


def _has(account: ObservedAccount, signs: Mapping[str, JsonValue]) -> bool:
    return all(spelled(account.attributes.get(name)) == spelled(value) for name, value in signs.items())


def open_sql_target(name: str, config: SqlTargetConfig, root: Path) -> SqlTarget:
    """Connect, and look at the tables. Raises OrdainError when the database or a table or column is not there."""
    engine = connect(name, config, root)
    try:
        target = SqlTarget(name, config, engine, reflect_tables(engine, name, config))
    except OrdainError:
        engine.dispose()
        raise
    weakref.finalize(target, engine.dispose)  # an engine is part of a circle, so its connections would outlive it
    return target
