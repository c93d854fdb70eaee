"""Actions and payloads for the suite of targets."""

from hashlib import sha256

from policy.canonical import JsonValue
from policy.diff import Op
from policy.enforcement import Action, ActionResult, Call, Probe, call_for
from policy.entitlements import EntitlementKey, Kind
from policy.ports import TargetConnector
from policy.targets import AccountPayload, ObservedAccount

TIMEOUT_SECONDS = 10.0
_KINDS = {
    Call.CREATE: (Op.GRANT, Kind.ACCOUNT),
    Call.UPDATE: (Op.UPDATE, Kind.ACCOUNT),
    Call.DELETE: (Op.REVOKE, Kind.ACCOUNT),
    Call.ENABLE: (Op.GRANT, Kind.ACCESS),
    Call.DISABLE: (Op.REVOKE, Kind.ACCESS),
    Call.ADD_PERMISSION: (Op.GRANT, Kind.PERMISSION),
    Call.REMOVE_PERMISSION: (Op.REVOKE, Kind.PERMISSION),
}


def action(call: Call, anchor: str = "", *, person: str = "P1", name: str = "Nurses", number: int = 1) -> Action:
    """Action as enforcement makes one; `number` makes its id, the same number the same id."""
    op, kind = _KINDS[call]
    assert call_for(op, kind, staged=False) is call
    key = EntitlementKey(person, "town", kind, name if kind is Kind.PERMISSION else "")
    correlation = ("EmployeeId", person) if call is Call.CREATE else None
    return Action(sha256(str(number).encode()).hexdigest(), 0, key, op, call, 1, anchor, correlation)


def payload(person: str = "P1", **attributes: JsonValue) -> AccountPayload:
    """Payload of a person's account."""
    return AccountPayload({"EmployeeId": person, "Login": f"login-{person.lower()}", **attributes}, {})


def apply(target: TargetConnector, what: Action, mapped: AccountPayload | None = None) -> ActionResult:
    """Carry out an action."""
    return target.apply(what, mapped, timeout_seconds=TIMEOUT_SECONDS)


def account(target: TargetConnector, anchor: str) -> ObservedAccount | None:
    """Account as observed, or None."""
    return next((one for one in target.observe().accounts if one.anchor == anchor), None)


def probe(
    target: TargetConnector, call: Call, anchor: str, mapped: AccountPayload | None = None, *, name: str = "Nurses"
) -> Probe:
    """Probe for an action."""
    return target.probe(action(call, anchor, name=name), mapped)
