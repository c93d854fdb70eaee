"""Plans, actions and outcomes (DIFFS.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policy.canonical import JsonValue
from policy.diff import Op
from policy.entitlements import EntitlementKey, Kind


class EnforceMode(StrEnum):
    """`strict`: any input differs from what was evaluated, so refuse.

    `rebase`: evaluate again, do what is still the same.
    """

    STRICT = "strict"
    REBASE = "rebase"


class Call(StrEnum):
    """What is asked of a target. An adoption without differences and an `unmanage` ask nothing."""

    CREATE = "create account"  # disabled
    UPDATE = "update account"
    DELETE = "delete account"
    ENABLE = "enable account"
    DISABLE = "disable account"
    ADD_PERMISSION = "add permission"
    REMOVE_PERMISSION = "remove permission"
    NOTHING = "nothing"


def call_for(op: Op, kind: Kind, *, staged: bool, differs: bool = True) -> Call:
    """Call that carries out `op` on an entitlement of `kind`.

    `staged`: the target disables on revoke and deletes later. `differs`: an adopted account's attributes differ.
    """
    match op:
        case Op.UNMANAGE:
            return Call.NOTHING
        case Op.UPDATE:
            return Call.UPDATE
        case Op.DELETE:
            return Call.DELETE
        case Op.ADOPT:
            return Call.UPDATE if kind is Kind.ACCOUNT and differs else Call.NOTHING
        case Op.GRANT:
            return {Kind.ACCOUNT: Call.CREATE, Kind.ACCESS: Call.ENABLE, Kind.PERMISSION: Call.ADD_PERMISSION}[kind]
        case Op.REVOKE:
            account = Call.DISABLE if staged else Call.DELETE
            return {Kind.ACCOUNT: account, Kind.ACCESS: Call.DISABLE, Kind.PERMISSION: Call.REMOVE_PERMISSION}[kind]


@dataclass(frozen=True, slots=True)
class Action:
    """One call to a target.

    `action_id` (hex) is derived from tenant, key, op, generation and payload digest; it goes along as the idempotency
    key. `anchor` is the account acted upon (empty when the account is still to be created). `correlation` is (account
    field, value) to find an account by that whose creation may have happened. `line` is the line's number in the
    diff.
    """

    action_id: str
    line: int
    key: EntitlementKey
    op: Op
    call: Call
    generation: int
    anchor: str = ""
    correlation: tuple[str, JsonValue] | None = None


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action to be, with the lines it comes after.

    The payload is mapped when it is ready, from stored account data.
    """

    line: int
    key: EntitlementKey
    op: Op
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in an order in which each stands behind all it depends on; `skipped` maps lines not executed to why."""

    diff: str
    actions: tuple[PlannedAction, ...]
    skipped: Mapping[int, str] = field(default_factory=dict)


class ActionState(StrEnum):
    """Life of an action. Final: done, failed, skipped."""

    PLANNED = "planned"
    READY = "ready"
    INTENT = "intent"
    DONE = "done"
    RETRY = "retry"
    FAILED = "failed"
    IN_DOUBT = "in doubt"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What a target said of an action done.

    The account's anchor and attributes as they are now (empty for access and permissions).
    """

    anchor: str = ""
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether the effect of an action is true in the target. `result` holds what was found when it is."""

    effective: bool
    result: ActionResult = field(default_factory=ActionResult)


@dataclass(frozen=True, slots=True)
class Outcome:
    """End of an action in a run: its state, number of attempts, and a text for people when it failed or was skipped."""

    action_id: str
    line: int
    key: EntitlementKey
    op: Op
    state: ActionState
    attempts: int = 1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One enforcement of one diff. `serial` is that of the managed state afterwards."""

    id: str
    diff: str
    mode: EnforceMode
    outcomes: tuple[Outcome, ...]
    serial: int


def outcome_json(outcome: Outcome) -> dict[str, JsonValue]:
    """Canonical JSON object of an outcome: a leaf of the execution statement's Merkle tree."""
    return {
        "action_id": outcome.action_id,
        "attempts": outcome.attempts,
        "kind": outcome.key.kind.value,
        "line": outcome.line,
        "name": outcome.key.name,
        "op": outcome.op.value,
        "person": outcome.key.person,
        "state": outcome.state.value,
        "target": outcome.key.target,
        "text": outcome.text,
    }
