"""What every target's effects look like, and the errors all of them share."""

from __future__ import annotations

from policy.canonical import JsonValue, canonical_json, normal_text
from policy.catalogue.enforcement import ACCOUNT_GONE, ALREADY_TAKEN, TARGET_BUSY, TARGET_REFUSES, TARGET_UNREADABLE
from policy.diagnostics import Diagnostic, OrdainError, TransientError
from policy.enforcement import Action, Call
from policy.targets import AccountPayload, ObservedAccount


def is_effective(action: Action, payload: AccountPayload | None, account: ObservedAccount | None) -> bool:
    """Tell whether `account` (None = not there) shows the effect of `action`, the attributes of `payload` included.

    A creation counts as done whatever the attributes are by now: a second account is what must never be.
    """
    if action.call is Call.NOTHING:
        return True
    if account is None:
        # What is gone has no access and no permissions either.
        return action.call in {Call.DELETE, Call.REMOVE_PERMISSION, Call.DISABLE}
    match action.call:
        case Call.CREATE:
            return True
        case Call.DELETE:
            return False
        case Call.UPDATE:
            return _shows(account, payload)
        case Call.ENABLE:
            return account.enabled and _shows(account, payload)
        case Call.DISABLE:
            return not account.enabled and _shows(account, payload)
        case Call.ADD_PERMISSION:
            return action.key.name in account.permissions
        case Call.REMOVE_PERMISSION:
            return action.key.name not in account.permissions


def spelled(value: JsonValue) -> str:
    """Text of an attribute, the same whatever type a target gives it: nothing is empty, a list is canonical JSON."""
    match value:
        case None | [] | ():
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return normal_text(value)
        case int():
            return str(value)
        case _:
            return canonical_json(value).decode()


def account_gone(target: str, action: Action) -> OrdainError:
    """Error: the account an action works on is not there any more."""
    text = f"The account of person {action.key.person} in {target} ({action.anchor}) is not there any more."
    hint = "release it from management, or restore the account in the target"
    return OrdainError(Diagnostic(ACCOUNT_GONE, text, hint=hint, subject=str(action.key)))


def already_taken(target: str, action: Action, field: str) -> OrdainError:
    """Error: another account of the target has this value of a unique field."""
    text = f"Another account in {target} already has the {field} that was mapped for person {action.key.person}."
    hint = f"name {field} in UniqueFieldNames and let its script use Iteration, or correlate with that account"
    return OrdainError(Diagnostic(ALREADY_TAKEN, text, hint=hint, subject=str(action.key)))


def unreadable(target: str, place: str, why: str) -> OrdainError:
    """Error: a target cannot be read whole."""
    text = f"{target} ({place}) cannot be read: {why}."
    hint = "nothing was changed; mend the target or its configuration and try again"
    return OrdainError(Diagnostic(TARGET_UNREADABLE, text, hint=hint, subject=target))


def refused(target: str, why: str, hint: str, *, subject: str | None = None) -> OrdainError:
    """Error: the target will not do this, now or later."""
    return OrdainError(Diagnostic(TARGET_REFUSES, f"{target} refuses: {why}.", hint=hint, subject=subject or target))


def busy(target: str, why: str, *, subject: str | None = None) -> TransientError:
    """Error: it did not happen, and it may later."""
    hint = "it is tried again a few times; if it keeps failing, look at the target"
    return TransientError(Diagnostic(TARGET_BUSY, f"{target}: {why}.", hint=hint, subject=subject or target))


def _shows(account: ObservedAccount, payload: AccountPayload | None) -> bool:
    wanted = payload.attributes if payload else {}
    return all(spelled(account.attributes.get(name)) == spelled(value) for name, value in wanted.items())
