"""Ids of actions: the idempotency key that a target sees."""

from __future__ import annotations

from policy.canonical import digest_of
from policy.diff import Op
from policy.entitlements import EntitlementKey


def action_id(tenant: str, key: EntitlementKey, op: Op, *, generation: int, payload_digest: str) -> str:
    """SHA-256 (hex) over tenant, key, op, generation and payload: equal for a retry, different for anything else."""
    return digest_of(
        {
            "generation": generation,
            "kind": key.kind.value,
            "name": key.name,
            "op": op.value,
            "payload": payload_digest,
            "person": key.person,
            "target": key.target,
            "tenant": tenant,
        }
    )
