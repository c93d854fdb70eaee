"""The csv target: an accounts file and a permissions file, each replaced whole at every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from connectors.csv.rows import Dialect, Row, cell, exclusive, read_rows, uncell, write_rows
from connectors.effects import account_gone, is_effective, unreadable
from policy.canonical import JsonValue
from policy.catalogue.enforcement import TARGET_BUSY
from policy.diagnostics import Diagnostic, TransientError
from policy.enforcement import Action, ActionResult, Call, Probe
from policy.targets import AccountPayload, Observation, ObservedAccount


class CsvTargetConfig(BaseModel):
    """`[targets.NAME]` of a csv target.

    `file` holds the accounts, `permissions` (default: `file` with `-permissions` in its name) one row per account and
    permission. `id` and `enabled` name our two columns; every other column is an attribute.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    permissions: str | None = None
    id: str = "Id"
    enabled: str = "Enabled"
    permission: str = "Permission"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class CsvTarget:
    """Accounts and permissions in two files. An account's id is that of the action that made it."""

    name: str
    config: CsvTargetConfig
    accounts_path: Path
    permissions_path: Path
    idempotent: bool = True

    @property
    def _dialect(self) -> Dialect:
        return Dialect(self.config.delimiter, self.config.encoding)

    def observe(self) -> Observation:
        """Everything both files hold, by id."""
        _, accounts = self._read(self.accounts_path)
        _, permissions = self._read(self.permissions_path)
        held: dict[str, set[str]] = {}
        for row in permissions:
            held.setdefault(row.get(self.config.id, ""), set()).add(row.get(self.config.permission, ""))
        observed = [self._observed(row, held.get(row.get(self.config.id, ""), set())) for row in accounts]
        return Observation(self.name, tuple(sorted(observed, key=lambda account: account.anchor)))

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        """Tell whether no other account has `value` in `field`."""
        _, accounts = self._read(self.accounts_path)
        return not any(row.get(field) == cell(value) and row.get(self.config.id) != but_anchor for row in accounts)

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:  # noqa: ARG002  # a local file
        """Carry out one action under the lock of the accounts file."""
        try:
            with exclusive(self.accounts_path):
                return self._apply(action, payload)
        except OSError as error:
            text = f"{self.name} ({self.config.file}) cannot be written: {error.strerror or error}."
            raise TransientError(Diagnostic(TARGET_BUSY, text, subject=str(action.key))) from None

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        """Look whether the effect of `action` stands in the files."""
        anchor = action.anchor or action.action_id
        account = next((one for one in self.observe().accounts if one.anchor == anchor), None)
        wanted = _as_cells(payload)
        return Probe(is_effective(action, wanted, account), ActionResult(anchor, account.attributes if account else {}))

    def _apply(self, action: Action, payload: AccountPayload | None) -> ActionResult:
        match action.call:
            case Call.CREATE:
                return self._create(action, payload)
            case Call.DELETE:
                # INVARIANT: permissions go first, so a crash in between leaves an account that is still to be deleted.
                self._change_permissions(action, keep=False, whole_account=True)
                self._change_account(action, None)
            case Call.UPDATE:
                self._change_account(action, _cells(payload))
            case Call.ENABLE | Call.DISABLE:
                enabled = "true" if action.call is Call.ENABLE else "false"
                self._change_account(action, {**_cells(payload), self.config.enabled: enabled})
            case Call.ADD_PERMISSION | Call.REMOVE_PERMISSION:
                self._change_permissions(action, keep=action.call is Call.ADD_PERMISSION)
            case Call.NOTHING:
                pass
        return ActionResult(action.anchor, dict(payload.attributes) if payload else {})

    def _create(self, action: Action, payload: AccountPayload | None) -> ActionResult:
        header, rows = self._read(self.accounts_path)
        if all(row.get(self.config.id) != action.action_id for row in rows):
            made = {self.config.id: action.action_id, **_cells(payload), self.config.enabled: "false"}
            self._write(self.accounts_path, header or [self.config.id, self.config.enabled], [*rows, made])
        return ActionResult(action.action_id, dict(payload.attributes) if payload else {})

    def _change_account(self, action: Action, cells: Mapping[str, str] | None) -> None:
        header, rows = self._read(self.accounts_path)
        found = [row for row in rows if row.get(self.config.id) == action.anchor]
        if not found:
            if cells is None:
                return
            raise account_gone(self.name, action)
        kept = [row for row in rows if row.get(self.config.id) != action.anchor]
        changed = kept if cells is None else [{**row, **cells} if row in found else row for row in rows]
        self._write(self.accounts_path, header, changed)

    def _change_permissions(self, action: Action, *, keep: bool, whole_account: bool = False) -> None:
        header, rows = self._read(self.permissions_path)
        header = header or [self.config.id, self.config.permission]

        def concerns(row: Row) -> bool:
            same = row.get(self.config.permission) == action.key.name or whole_account
            return row.get(self.config.id) == action.anchor and same

        present = any(concerns(row) for row in rows)
        if keep:
            self._require_account(action)
            if not present:
                row = {self.config.id: action.anchor, self.config.permission: action.key.name}
                self._write(self.permissions_path, header, [*rows, row])
        elif present:
            self._write(self.permissions_path, header, [row for row in rows if not concerns(row)])

    def _require_account(self, action: Action) -> None:
        _, accounts = self._read(self.accounts_path)
        if all(row.get(self.config.id) != action.anchor for row in accounts):
            raise account_gone(self.name, action)

    def _observed(self, row: Row, permissions: set[str]) -> ObservedAccount:
        ours = {self.config.id, self.config.enabled}
        attributes = {name: uncell(text) for name, text in row.items() if name not in ours}
        enabled = row.get(self.config.enabled, "").lower() == "true"
        return ObservedAccount(row[self.config.id], attributes, enabled, frozenset(permissions))

    def _read(self, path: Path) -> tuple[list[str], list[Row]]:
        try:
            header, rows = read_rows(path, self._dialect)
        except (OSError, ValueError, LookupError) as error:
            raise unreadable(self.name, path.name, _say(error)) from None
        if header and self.config.id not in header:
            raise unreadable(self.name, path.name, f"it has no column {self.config.id}")
        return header, rows

    def _write(self, path: Path, header: list[str], rows: list[Row]) -> None:
        columns = list(header)
        for row in rows:
            columns += [name for name in row if name not in columns]
        write_rows(path, columns, rows, self._dialect)


def _cells(payload: AccountPayload | None) -> Row:
    return {name: cell(value) for name, value in payload.attributes.items()} if payload else {}


def _as_cells(payload: AccountPayload | None) -> AccountPayload | None:
    if payload is None:
        return None
    read_back = {name: uncell(cell(value)) for name, value in payload.attributes.items()}
    return AccountPayload(read_back, payload.account_data, payload.iteration)


def _say(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def open_csv_target(name: str, config: CsvTargetConfig, root: Path) -> CsvTarget:
    """Open the target; the files need not exist yet."""
    accounts = root / config.file
    beside = accounts.with_name(f"{accounts.stem}-permissions{accounts.suffix}")
    return CsvTarget(name, config, accounts, root / config.permissions if config.permissions else beside)
