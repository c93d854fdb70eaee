"""Leases with epochs: who may write now. A writer whose epoch is old is refused (L5 of DIFFS.md section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from api.store.records import StoredLease
from api.store.schema import leases
from policy.catalogue import service
from policy.diagnostics import Diagnostic, RefusedError

_FIND = select(leases).where(leases.c.name == bindparam("lease"))


@dataclass(frozen=True, slots=True)
class Leases:
    """Leases of one transaction. INVARIANT: the epoch of a lease only grows, and grows with every taking."""

    connection: Connection

    def acquire(self, name: str, holder: str, *, now: datetime, ttl_seconds: float) -> int | None:
        """Take a lease that nobody holds or that has run out; its new epoch, or None while it is held.

        Not even its holder takes it a second time: a call of its former self may still be under way.
        """
        known = self.get(name)
        if known is not None and known.holder is not None and now < known.expires_at:
            return None
        row = {
            "holder": holder,
            "epoch": 1 if known is None else known.epoch + 1,
            "expires_at": now + timedelta(seconds=ttl_seconds),
        }
        if known is None:
            self.connection.execute(insert(leases).values(name=name, **row))
        else:
            self.connection.execute(update(leases).where(leases.c.name == name).values(row))
        return row["epoch"]  # type: ignore[return-value]  # an int, set above

    def renew(self, name: str, epoch: int, *, now: datetime, ttl_seconds: float) -> bool:
        """Hold on for `ttl_seconds` from now; False when somebody else took it or it was given back."""
        expires_at = now + timedelta(seconds=ttl_seconds)
        return self._change(name, epoch, expires_at=expires_at)

    def release(self, name: str, epoch: int) -> bool:
        """Give a lease back; False when it was not ours any more."""
        return self._change(name, epoch, holder=None)

    def check(self, name: str, epoch: int, *, now: datetime) -> bool:
        """Tell whether the lease is still held with this epoch and has not run out."""
        lease = self.get(name)
        return lease is not None and lease.holder is not None and lease.epoch == epoch and now < lease.expires_at

    def demand(self, name: str, epoch: int) -> None:
        """Raise RefusedError unless the lease is held with this epoch.

        A lease that ran out but that nobody took still counts: no other writer can be harmed.
        """
        lease = self.get(name)
        if lease is None or lease.holder is None or lease.epoch != epoch:
            raise RefusedError(
                Diagnostic(
                    service.STALE_EPOCH,
                    f"Lease `{name}` is no longer held with epoch {epoch}; nothing was written",
                    hint="stop this worker; the one that holds the lease goes on",
                    subject=name,
                )
            )

    def get(self, name: str) -> StoredLease | None:
        """Lease as it stands, or None when it was never taken."""
        row = self.connection.execute(_FIND, {"lease": name}).one_or_none()
        return None if row is None else StoredLease(row.name, row.holder, row.epoch, row.expires_at)

    def _change(self, name: str, epoch: int, **values: object) -> bool:
        held = (leases.c.name == name, leases.c.epoch == epoch, leases.c.holder.is_not(None))
        return self.connection.execute(update(leases).where(*held).values(**values)).rowcount == 1
