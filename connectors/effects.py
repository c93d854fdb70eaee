"""What every target's effects look like, and the errors all of them share."""

from __future__ import annotations

from policy.catalogue.enforcement import ACCOUNT_GONE, ALREADY_TAKEN, TARGET_UNREADABLE
from policy.diagnostics import Diagnostic, OrdainError
from policy.enforcement import Action, Call
from policy.targets import AccountPayload, ObservedAccount


def is_effective(action: Action, payload: AccountPayload | None, account: ObservedAccount | None) -> bool:
    """Tell whether `account` (None = not there) shows the effect of `action`."""
    if action.call is Call.NOTHING:
        return True
    if account is None:
        # What is gone has no access and no permissions either.
        return action.call in {Call.DELETE, Call.REMOVE_PERMISSION, Call.DISABLE}
    attributes = payload.attributes if payload else {}
    match action.call:
        case Call.CREATE:
            return True
        case Call.DELETE:
            return False
        case Call.UPDATE:
            return all(account.attributes.get(name) == value for name, value in attributes.items())
        case Call.ENABLE:
            return account.enabled
        case Call.DISABLE:
            return not account.enabled
        case Call.ADD_PERMISSION:
            return action.key.name in account.permissions
        case Call.REMOVE_PERMISSION:
            return action.key.name not in account.permissions


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
