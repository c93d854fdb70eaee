"""The csv target: an accounts file and a permissions file, each replaced whole at every change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from connectors.csv.dialect import Delimiter, Encoding
from connectors.csv.rows import Cells, CsvFile, cell, exclusive, parse_csv, replace_file, uncell
from connectors.effects import account_gone, already_taken, busy, is_effective, refused, unreadable
from connectors.paths import inside
from policy.canonical import JsonValue
from policy.enforcement import Action, ActionResult, Call, Probe
from policy.targets import AccountPayload, Observation, ObservedAccount


class CsvTargetConfig(BaseModel):
    """`[targets.NAME]` of a csv target. Paths are relative to the workspace.

    `file` holds the accounts, `permissions` (default: `file` with `-permissions` in its name) one row per account and
    permission. `id` and `enabled` name two columns that every account has; the others are attributes. When the field
    mapping fills the column `id` (an employee number, say), its value is the account's reference; else we make one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(min_length=1)
    permissions: str | None = Field(default=None, min_length=1)
    id: str = Field(default="Id", min_length=1)
    enabled: str = Field(default="Enabled", min_length=1)
    permission: str = Field(default="Permission", min_length=1)
    delimiter: Delimiter = ","
    encoding: Encoding = "utf-8"


@dataclass(frozen=True, slots=True)
class CsvTarget:
    """Accounts and permissions in two files.

    An account's id is the mapped value of its column, or else that of the action that made it.
    """

    name: str
    config: CsvTargetConfig
    accounts_path: Path
    permissions_path: Path
    idempotent: bool = True
    known: dict[Path, tuple[bytes, CsvFile]] = field(default_factory=dict, repr=False, compare=False)

    def observe(self) -> Observation:
        """Everything both files hold, by id."""
        held: dict[str, set[str]] = {}
        for row in self._permissions().records:
            held.setdefault(row.cells[self.config.id], set()).add(row.cells[self.config.permission])
        observed = [self._observed(row.cells, held) for row in self._accounts().records]
        return Observation(self.name, tuple(sorted(observed, key=lambda account: account.anchor)))

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        """Tell whether no other account has `value` in `field`."""
        return not any(
            row.cells.get(field) == cell(value) and row.cells[self.config.id] != but_anchor
            for row in self._accounts().records
        )

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:
        """Carry out one action under the lock of the accounts file."""
        try:
            with exclusive(self.accounts_path, timeout_seconds):
                return self._apply(action, payload)
        except OSError as error:
            why = f"{self.config.file} cannot be written now, {_say(error)}"
            raise busy(self.name, why, subject=str(action.key)) from None
        except UnicodeEncodeError as error:
            why = f"a value has a character that {error.encoding} cannot write"
            hint = f'set encoding = "utf-8" in targets.{self.name}, and convert the files once'
            raise refused(self.name, why, hint, subject=str(action.key)) from None

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        """Look whether the effect of `action` stands in the files."""
        cells = {name: cell(value) for name, value in payload.attributes.items()} if payload else {}
        anchor = action.anchor or self._new_id(action, cells)
        account = next((one for one in self.observe().accounts if one.anchor == anchor), None)
        if action.call is Call.CREATE and account is not None and not self._is_made(action, account, cells):
            account = None
        found = ActionResult(anchor, account.attributes if account else {})
        return Probe(is_effective(action, payload, account), found)

    def _apply(self, action: Action, payload: AccountPayload | None) -> ActionResult:
        cells = {name: cell(value) for name, value in payload.attributes.items()} if payload else {}
        match action.call:
            case Call.CREATE:
                return self._create(action, cells)
            case Call.DELETE:
                self._delete(action)
            case Call.UPDATE:
                return self._change_account(action, cells)
            case Call.ENABLE:
                return self._change_account(action, {**cells, self.config.enabled: "true"})
            case Call.DISABLE:
                return self._change_account(action, {**cells, self.config.enabled: "false"})
            case Call.ADD_PERMISSION:
                self._add_permission(action)
            case Call.REMOVE_PERMISSION:
                before = self._permissions()
                self._save(self.permissions_path, before.without(lambda row: self._is_held(row, action)))
            case Call.NOTHING:
                pass
        return ActionResult(action.anchor)

    def _create(self, action: Action, cells: Cells) -> ActionResult:
        before = self._accounts()
        anchor = self._new_id(action, cells)
        for row in before.records:
            if row.cells[self.config.id] == anchor:
                if not self._is_made(action, self._observed(row.cells, {}), cells):
                    raise already_taken(self.name, action, self.config.id)
                return ActionResult(anchor, self._attributes(row.cells))
        made = {self.config.id: anchor, self.config.enabled: "false"}
        self._save(self.accounts_path, before.with_row({**made, **cells, **made}))
        return ActionResult(anchor, self._attributes({**cells, **made}))

    def _is_made(self, action: Action, account: ObservedAccount, cells: Cells) -> bool:
        """Tell whether `account` is the one this creation made: an id that people share may be somebody else's."""
        same = all(cell(account.attributes.get(name)) == text for name, text in cells.items())
        return account.anchor == action.action_id or same

    def _new_id(self, action: Action, cells: Cells) -> str:
        return cells.get(self.config.id) or action.action_id

    def _change_account(self, action: Action, cells: Cells) -> ActionResult:
        before = self._accounts()
        # INVARIANT: an account's reference never changes, whatever the mapping says later.
        cells = {name: text for name, text in cells.items() if name != self.config.id}
        after = before.with_changes(lambda row: row[self.config.id] == action.anchor, cells)
        found = next((row.cells for row in after.records if row.cells[self.config.id] == action.anchor), None)
        if found is None:
            raise account_gone(self.name, action)
        self._save(self.accounts_path, after)
        return ActionResult(action.anchor, self._attributes(found))

    def _delete(self, action: Action) -> None:
        # INVARIANT: permissions go first, so a crash in between leaves an account that is still to be deleted.
        for path, before in ((self.permissions_path, self._permissions()), (self.accounts_path, self._accounts())):
            self._save(path, before.without(lambda row: row[self.config.id] == action.anchor))

    def _add_permission(self, action: Action) -> None:
        if all(row.cells[self.config.id] != action.anchor for row in self._accounts().records):
            raise account_gone(self.name, action)
        before = self._permissions()
        if not any(self._is_held(row.cells, action) for row in before.records):
            row = {self.config.id: action.anchor, self.config.permission: action.key.name}
            self._save(self.permissions_path, before.with_row(row))

    def _is_held(self, row: Cells, action: Action) -> bool:
        return row[self.config.id] == action.anchor and row[self.config.permission] == action.key.name

    def _observed(self, row: Cells, held: Mapping[str, set[str]]) -> ObservedAccount:
        anchor = row[self.config.id]
        enabled = row[self.config.enabled].strip().lower() == "true"
        return ObservedAccount(anchor, self._attributes(row), enabled, frozenset(held.get(anchor, ())))

    def _attributes(self, row: Cells) -> dict[str, JsonValue]:
        """Attributes of a row: every column but the flag; the id is one too, since accounts may be correlated by it."""
        return {name: uncell(text) for name, text in row.items() if name != self.config.enabled}

    def _accounts(self) -> CsvFile:
        return self._read(self.accounts_path, (self.config.id, self.config.enabled), self._check_ids)

    def _permissions(self) -> CsvFile:
        return self._read(self.permissions_path, (self.config.id, self.config.permission), None)

    def _read(self, path: Path, columns: Sequence[str], check: Callable[[CsvFile], None] | None) -> CsvFile:
        """Read a file; one whose bytes are those read or written last is not parsed again."""
        try:
            content = path.read_bytes() if path.exists() else b""
            known, file = self.known.get(path, (None, None))
            if file is not None and known == content:
                return file
            file = parse_csv(content, self.config.delimiter, self.config.encoding)
            _check_columns(file, columns)
            if check is not None:
                check(file)
        except (OSError, ValueError) as error:
            raise unreadable(self.name, path.name, _say(error)) from None
        self.known[path] = (content, file)
        return file

    def _check_ids(self, file: CsvFile) -> None:
        lines: dict[str, int] = {}
        for line, row in file.numbered():
            anchor = row.cells.get(self.config.id, "")
            if row.cells and (not anchor or anchor in lines):
                why = f"has the {self.config.id} of line {lines[anchor]}" if anchor else f"has no {self.config.id}"
                raise ValueError(f"line {line} {why}")
            lines[anchor] = line

    def _save(self, path: Path, file: CsvFile) -> None:
        content = file.encode()
        if content != self.known[path][0]:
            replace_file(path, content)
            self.known[path] = (content, file)


def _check_columns(file: CsvFile, columns: Sequence[str]) -> None:
    missing = [name for name in columns if file.header and name not in file.header]
    if missing:
        has = ", ".join(file.header)
        raise ValueError(
            f"it has no column {missing[0]} (it has {has}); name yours with `id` or `enabled` in ordain.toml"
        )


def _say(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def open_csv_target(name: str, config: CsvTargetConfig, root: Path) -> CsvTarget:
    """Open the target; the files need not exist yet. Raises UsageError for a path that leads out of the workspace."""
    accounts = inside(root, config.file)
    beside = accounts.with_name(f"{accounts.stem}-permissions{accounts.suffix}")
    return CsvTarget(name, config, accounts, inside(root, config.permissions) if config.permissions else beside)
