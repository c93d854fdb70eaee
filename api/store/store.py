"""The store: opened once, then used through transactions that commit whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select

from api.store import schema
from api.store.actions import Actions
from api.store.audit import AuditLog
from api.store.connect import describe, lock_writers, make_engine, read_address, readers, writers
from api.store.diffs import Diffs
from api.store.events import FiredEvents
from api.store.facts import SECRET_SALT, Facts
from api.store.failures import in_our_words
from api.store.history import History
from api.store.imports import Imports
from api.store.leases import Leases
from api.store.ledger import Ledger
from api.store.managed_copies import ManagedCopies
from api.store.migrate import migrate
from api.store.person_keys import PersonKeys
from api.store.runs import Runs
from api.store.snapshots import Snapshots
from api.store.tokens import Tokens
from policy.catalogue import service
from policy.diagnostics import Diagnostic, RefusedError, UsageError


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction: everything said to its parts becomes true together at its end, or never."""

    snapshots: Snapshots
    imports: Imports
    history: History
    diffs: Diffs
    ledger: Ledger
    runs: Runs
    actions: Actions
    leases: Leases
    audit: AuditLog
    person_keys: PersonKeys
    tokens: Tokens
    facts: Facts
    fired_events: FiredEvents


class Store:
    """The state of one workspace in one database. Safe to share between threads. Open one with `open_store`.

    `place` is how messages name it: a file, or a URL without its password.
    """

    def __init__(self, engine: Engine, *, tenant: str, place: str, copies: ManagedCopies | None = None) -> None:
        self.tenant = tenant
        self.place = place
        self._copies = copies
        self._engine = engine
        self._readers = readers(engine)
        self._writers = writers(engine)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One writing transaction, alone in its store: commits at the end, rolls back when an exception leaves it.

        Never begin a second one inside it: it would wait for the first. Raises TransientError when others write for
        too long or the database is away, OrdainError when it is full, damaged or refuses.
        """
        with in_our_words(self.place), self._writers.begin() as connection:
            lock_writers(connection)
            yield _transaction(connection, self.tenant, self._copies)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One reading transaction: it sees the store as it is at one moment and can change nothing."""
        with in_our_words(self.place), self._readers.begin() as connection:
            yield _transaction(connection, self.tenant, self._copies)

    def close(self) -> None:
        """Give back every connection. The store is not used afterwards."""
        self._engine.dispose()


def open_store(
    url: str, *, tenant: str, busy_timeout_seconds: float = 30.0, copies: ManagedCopies | None = None
) -> Store:
    """Open the store of `tenant` at `url`; make or update its schema first.

    `copies` is where copies of the managed state are kept; without it every reader reads every row.

    `url` is `sqlite:///FILE` (the folder is made) or `postgresql+psycopg://…`. `tenant` is the origin of the audit
    log's checkpoints. Raises UsageError for an unusable address or tenant, RefusedError when the store belongs to
    another tenant, OrdainError when it is of a newer version or the world fails.
    """
    _check_tenant(tenant)
    address = read_address(url)
    place = describe(address)
    store = Store(
        make_engine(address, busy_timeout_seconds=busy_timeout_seconds), tenant=tenant, place=place, copies=copies
    )
    try:
        with in_our_words(place), store._writers.begin() as connection:  # noqa: SLF001  # its own factory
            lock_writers(connection)
            migrate(connection, place)
            _claim(connection, tenant, place)
    except BaseException:
        store.close()
        raise
    return store


def _transaction(connection: Connection, tenant: str, copies: ManagedCopies | None) -> Transaction:
    return Transaction(
        snapshots=Snapshots(connection),
        imports=Imports(connection),
        history=History(connection),
        diffs=Diffs(connection),
        ledger=Ledger(connection, copies),
        runs=Runs(connection),
        actions=Actions(connection),
        leases=Leases(connection),
        audit=AuditLog(connection, tenant),
        person_keys=PersonKeys(connection),
        tokens=Tokens(connection),
        facts=Facts(connection),
        fired_events=FiredEvents(connection),
    )


def _claim(connection: Connection, tenant: str, place: str) -> None:
    """Give an empty store its tenant, its lineage and its salt; refuse the store of somebody else."""
    state = schema.store_state
    owner = connection.execute(select(state.c.tenant)).scalar_one_or_none()
    if owner is None:
        lineage = secrets.token_hex(16)
        connection.execute(insert(state).values(id=1, tenant=tenant, lineage=lineage, serial=0))
    elif owner != tenant:
        raise RefusedError(
            Diagnostic(
                service.STORE_OTHER_TENANT,
                f"{place} holds the state of `{owner}`, not of `{tenant}`",
                hint="name a store of its own for every workspace, or correct the name of the workspace",
                subject=place,
            )
        )
    facts = Facts(connection)
    if facts.get(SECRET_SALT) is None:
        facts.put(SECRET_SALT, secrets.token_hex(32))


def _check_tenant(tenant: str) -> None:
    """Refuse a name that cannot be the origin and key name of a signed note (C2SP signed-note)."""
    if not tenant or "+" in tenant or any(letter.isspace() or not letter.isprintable() for letter in tenant):
        raise UsageError(
            Diagnostic(
                service.STORE_TENANT_NAME,
                f"`{tenant}` cannot name an audit log: its checkpoints take a name without spaces and plus signs",
                hint="give the workspace a short name such as `meridian`",
                subject=tenant,
            )
        )
