"""The memory target: a directory of accounts and permissions that lives as long as the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from connectors.effects import account_gone, already_taken, is_effective, spelled
from policy.canonical import JsonValue
from policy.enforcement import Action, ActionResult, Call, Probe
from policy.targets import AccountPayload, Observation, ObservedAccount


class MemoryTargetConfig(BaseModel):
    """`[targets.NAME]` of a memory target. `unique` names fields no two accounts may share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unique: tuple[str, ...] = ()


@dataclass(slots=True)
class MemoryTarget:
    """Accounts by anchor.

    The anchor is the id of the action that made the account, so a creation sent twice makes one.
    """

    name: str = "memory"
    unique: tuple[str, ...] = ()
    accounts: dict[str, ObservedAccount] = field(default_factory=dict)
    idempotent: bool = True

    def observe(self) -> Observation:
        """Everything there is, by anchor."""
        return Observation(self.name, tuple(self.accounts[anchor] for anchor in sorted(self.accounts)))

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        """Tell whether no other account has `value` in `field`."""
        return all(
            spelled(account.attributes.get(field)) != spelled(value)
            for anchor, account in self.accounts.items()
            if anchor != but_anchor
        )

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:  # noqa: ARG002  # never slow
        """Carry out one action."""
        attributes = payload.attributes if payload else {}
        match action.call:
            case Call.CREATE:
                return self._create(action, attributes)
            case Call.DELETE:
                self.accounts.pop(action.anchor, None)
            case Call.UPDATE:
                return self._change(action, attributes, enabled=None)
            case Call.ENABLE | Call.DISABLE:
                return self._change(action, attributes, enabled=action.call is Call.ENABLE)
            case Call.ADD_PERMISSION:
                account = self._account(action)
                self._put(replace(account, permissions=account.permissions | {action.key.name}))
            case Call.REMOVE_PERMISSION:
                held = self.accounts.get(action.anchor)
                if held is not None:
                    self._put(replace(held, permissions=held.permissions - {action.key.name}))
            case Call.NOTHING:
                pass
        return ActionResult(action.anchor)

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        """Look whether the effect of `action` is there."""
        anchor = action.anchor or action.action_id
        account = self.accounts.get(anchor)
        return Probe(is_effective(action, payload, account), _result(account) if account else ActionResult(anchor))

    def _create(self, action: Action, attributes: Mapping[str, JsonValue]) -> ActionResult:
        present = self.accounts.get(action.action_id)
        if present is not None:
            return _result(present)
        self._check_unique(action, attributes, but_anchor=None)
        return self._put(ObservedAccount(action.action_id, dict(attributes), enabled=False))

    def _change(self, action: Action, attributes: Mapping[str, JsonValue], *, enabled: bool | None) -> ActionResult:
        account = self._account(action)
        self._check_unique(action, attributes, but_anchor=action.anchor)
        now = account.enabled if enabled is None else enabled
        return self._put(replace(account, enabled=now, attributes={**account.attributes, **attributes}))

    def _check_unique(self, action: Action, attributes: Mapping[str, JsonValue], *, but_anchor: str | None) -> None:
        for name in self.unique:
            filled = name in attributes and spelled(attributes[name])
            if filled and not self.is_unique(name, attributes[name], but_anchor=but_anchor):
                raise already_taken(self.name, action, name)

    def _put(self, account: ObservedAccount) -> ActionResult:
        self.accounts[account.anchor] = account
        return _result(account)

    def _account(self, action: Action) -> ObservedAccount:
        account = self.accounts.get(action.anchor)
        if account is None:
            raise account_gone(self.name, action)
        return account


def _result(account: ObservedAccount) -> ActionResult:
    return ActionResult(account.anchor, dict(account.attributes))


def open_memory_target(name: str, config: MemoryTargetConfig, root: Path) -> MemoryTarget:  # noqa: ARG001  # nothing lies on disk
    """Make an empty memory target."""
    return MemoryTarget(name, config.unique)
