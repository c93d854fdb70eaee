"""Reviewers of tests: their private key stays with them, as it does in real life."""

import base64
from dataclasses import dataclass, field

import httpx

from api.settings.workspace import Workspace
from api.usecases.keys import engine_signer, enroll_key
from connectors.keys.private_keys import PrivateKey, make_key
from engine.trust.envelopes import Envelope, envelope_bytes
from policy.trust import TrustRole, key_id


@dataclass
class Reviewer:
    """Somebody with a key of their own."""

    person: str
    key: PrivateKey = field(default_factory=make_key)

    def enroll(self, workspace: Workspace, *roles: TrustRole) -> "Reviewer":
        """Let the workspace trust the public half."""
        engine_signer(workspace)
        enroll_key(workspace, self.person, self.key.public, roles or (TrustRole.REVIEWER,))
        return self

    def write(self, client: httpx.Client, diff: str, **wanted: object) -> bytes:
        """Ask the service for the statement, and sign it."""
        body = {"decision": "approve", **wanted}
        answer = client.post(f"/api/v1/diffs/{diff}/approvals/statement", json=body)
        assert answer.status_code == 200, answer.text
        return self.seal(answer.json())

    def seal(self, unsigned: dict[str, str]) -> bytes:
        """Sign the bytes that were handed out, as `openssl pkeyutl` would, and put the envelope together."""
        signature = self.key.sign(base64.b64decode(unsigned["to_sign"]))
        return envelope_bytes(Envelope(base64.b64decode(unsigned["payload"]), ((key_id(self.key.public), signature),)))

    def hand_in(self, client: httpx.Client, diff: str, envelope: bytes) -> httpx.Response:
        """Send the signed statement."""
        return client.post(f"/api/v1/diffs/{diff}/approvals", content=envelope)
