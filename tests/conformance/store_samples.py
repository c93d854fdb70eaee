"""Values the store's suite keeps and finds again."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, text

from api.store.records import DiffState, ImportRecord, ImportState, RunState, StoredAction, StoredDiff, StoredRun
from api.store.store import Store
from policy.diff import Op
from policy.enforcement import ActionState, EnforceMode
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement
from policy.people import Contract, DataProblem, Department, Person
from policy.snapshot import Snapshot

NOW = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)
TODAY = date(2026, 3, 1)
ACCOUNT = EntitlementKey("P1", "ad", Kind.ACCOUNT)
NURSE = EntitlementKey("P1", "ad", Kind.PERMISSION, "SEC-Nurse")


def snapshot(*ids: str) -> Snapshot:
    """Small snapshot with every type of value in it."""
    persons = [
        Person(
            one,
            {"display_name": f"Zoë \u2028 {one}", "excluded": False, "details.birth_date": date(1980, 2, 29)},
            (Contract("C1", {"details.fte": Decimal("0.80"), "type.code": "EMP", "start_date": TODAY}),),
            (DataProblem("ORD0911", "contract.title.code", "no title\x00", "C1"),) if one == "P2" else (),
        )
        for one in ids
    ]
    return Snapshot.of(persons, [Department("CARE", "c", "Care", None, "P1")])


def import_record(name: str, digest: str, state: ImportState = ImportState.IMPORTED) -> ImportRecord:
    """Import that brought a snapshot."""
    return ImportRecord(name, NOW, "import", digest, state, {"persons": 1, "problems": []})


def diff(name: str = "4f2a11aaaaaa") -> StoredDiff:
    """Open diff; its bytes need not be those of a real one."""
    return StoredDiff(
        id=name,
        created_at=NOW,
        as_of=TODAY,
        purpose="enforce",
        state=DiffState.OPEN,
        envelope=b'{"payload":"\x00\xff"}',
        lines=b'{"n":0}\n' * 100,
        salts=b"00\n" * 100,
        inputs={"snapshot": "00"},
        requested_by="carol@meridian.example",
    )


def managed(key: EntitlementKey = ACCOUNT, **changes: object) -> ManagedEntitlement:
    """Entry of the ledger."""
    values = {"generation": 1, "anchor": "guid-1", "attributes": {"DisplayName": "Zoë", "Groups": ["a", "b"]}}
    return ManagedEntitlement(key, **{**values, "account_data": {"mail": None}, **changes})  # type: ignore[arg-type]


def save_run(store: Store, run_id: str = "run-1", *, lease: str = "enforce") -> int:
    """Diff, lease, run and two planned actions; the epoch of the lease."""
    with store.write() as tx:
        epoch = tx.leases.acquire(lease, "worker-1", now=NOW, ttl_seconds=60)
        assert epoch is not None
        tx.diffs.save(diff(f"diff-of-{run_id}"))
        tx.runs.create(
            StoredRun(run_id, f"diff-of-{run_id}", EnforceMode.STRICT, RunState.RUNNING, NOW, "carol", epoch, lease)
        )
        tx.actions.add(
            run_id,
            [
                StoredAction(run_id, 0, ACCOUNT, Op.GRANT, ActionState.PLANNED, NOW),
                StoredAction(run_id, 1, NURSE, Op.GRANT, ActionState.PLANNED, NOW, after=(0,)),
            ],
        )
    return epoch


@dataclass(frozen=True)
class TestSigner:
    """Ed25519 key of a test."""

    __test__ = False
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(bytes(range(32))))

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)


def tamper(url: str, statement: str, **values: object) -> None:
    """Write behind the store's back, as somebody with the database's own rights can."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit_entries", "audit_checkpoints", "snapshots"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(statement), values)
    engine.dispose()
