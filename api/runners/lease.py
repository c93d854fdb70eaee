"""The one lease of enforcement in a workspace: whoever holds it may write, everybody else is refused (L5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.runners.holder import describe_holder, is_dead, this_holder
from api.tools import Tools
from policy.catalogue.enforcement import ENFORCEMENT_AT_WORK
from policy.diagnostics import Diagnostic, TransientError

LEASE = "enforcement"
_POLL_SECONDS = 0.2


@dataclass(slots=True)
class HeldLease:
    """The lease, held with an epoch until `expires_at`, and renewed as long as its holder works."""

    tools: Tools
    epoch: int
    expires_at: datetime
    name: str = LEASE

    def hold(self, seconds: float) -> None:
        """Make sure that the lease lasts `seconds` more.

        INVARIANT: called right before every call to a target with the call's time-out, so that no call outlives the
        lease it was made under. Raises RefusedError when another worker has taken over.
        """
        total = self.tools.workspace.settings.enforcement.lease_seconds
        now = self.tools.now()
        # Renewed at half time at the latest: each renewal is a commit, and there may be thousands of calls.
        if now + timedelta(seconds=max(seconds, total / 2)) <= self.expires_at:
            return
        with self.tools.store.write() as tx:
            if not tx.leases.renew(self.name, self.epoch, now=now, ttl_seconds=total):
                tx.leases.demand(self.name, self.epoch)
        self.expires_at = now + timedelta(seconds=total)

    def release(self) -> None:
        """Give the lease back."""
        with self.tools.store.write() as tx:
            tx.leases.release(self.name, self.epoch)


def take_lease(tools: Tools) -> HeldLease:
    """Take the lease; that of a process that is dead for certain is taken at once.

    Raises TransientError when somebody else holds on to it for longer than it lasts.
    """
    seconds = tools.workspace.settings.enforcement.lease_seconds
    patience = tools.now() + timedelta(seconds=seconds + 1)
    while True:
        with tools.store.write() as tx:
            now = tools.now()
            held = tx.leases.get(LEASE)
            if held is not None and held.holder is not None and is_dead(held.holder):
                tx.leases.release(LEASE, held.epoch)
            epoch = tx.leases.acquire(LEASE, this_holder(), now=now, ttl_seconds=seconds)
        if epoch is not None:
            return HeldLease(tools, epoch, now + timedelta(seconds=seconds))
        if now > patience:
            holder = describe_holder(held.holder or "") if held is not None else ""
            detail = f"Another enforcement is at work in this workspace: {holder}."
            raise TransientError(Diagnostic(ENFORCEMENT_AT_WORK, detail, hint="wait for it, then evaluate again"))
        tools.progress("waiting for another enforcement", 0, 0)
        tools.sleep(_POLL_SECONDS)
