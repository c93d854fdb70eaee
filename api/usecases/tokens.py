"""Bearer tokens of the service: made once, shown once, kept as a digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from api.store.records import StoredToken
from api.tools import Tools
from policy.audit import AuditEvent
from policy.catalogue.service import BAD_TOKEN_TERMS, NOTHING_STORED
from policy.diagnostics import Diagnostic, UsageError

_PREFIX = "ordain_"
"""Beginning of every token, so that tools that look for leaked secrets know one when they see it."""
_SECRET_BYTES = 32


class Right(StrEnum):
    """What a token opens. None includes another: whoever may do two things has two rights.

    `author` checks rules and reads, `admin` imports, evaluates and reads everything, `reviewer` approves, `enforcer`
    enforces.
    """

    AUTHOR = "author"
    ADMIN = "admin"
    REVIEWER = "reviewer"
    ENFORCER = "enforcer"


@dataclass(frozen=True, slots=True, repr=False)
class NewToken:
    """A token that was just made. `secret` is shown to its holder once and kept nowhere."""

    stored: StoredToken
    secret: str


def create_token(
    tools: Tools, name: str, person: str, rights: Collection[Right], *, expires_days: int | None = None
) -> NewToken:
    """Make a token for `person` (None: it never expires). Raises UsageError for terms that make no sense."""
    _require_sense(name, person, rights, expires_days)
    now = tools.now()
    secret = _PREFIX + base64.urlsafe_b64encode(tools.random_bytes(_SECRET_BYTES)).rstrip(b"=").decode()
    token = StoredToken(
        id=tools.new_id("token"),
        name=name,
        person=person,
        rights=tuple(sorted(right.value for right in set(rights))),
        digest=digest_token(secret),
        created_at=now,
        expires_at=None if expires_days is None else now + timedelta(days=expires_days),
    )
    with tools.store.write() as tx:
        tx.tokens.add(token)
        details = {"name": name, "person": person, "rights": list(token.rights)}
        tx.audit.append(AuditEvent(now, "token.created", tools.actor, token.id, details))
    return NewToken(token, secret)


def list_tokens(tools: Tools) -> tuple[StoredToken, ...]:
    """Every token, oldest first, revoked and expired ones too."""
    with tools.store.read() as tx:
        return tx.tokens.list()


def revoke_token(tools: Tools, name: str) -> StoredToken:
    """End a token, by its id or by its name when only one that is not revoked has it. Raises UsageError."""
    now = tools.now()
    with tools.store.write() as tx:
        found = [one for one in tx.tokens.list() if one.id == name or (one.name == name and one.revoked_at is None)]
        if len(found) != 1:
            how_many = f"{len(found)} tokens have the name {name}." if found else f"No token has the id or name {name}."
            hint = "`ordain tokens list` shows the id of each"
            raise UsageError(Diagnostic(NOTHING_STORED, how_many, hint=hint, subject=name))
        tx.tokens.revoke(found[0].id, now)
        tx.audit.append(AuditEvent(now, "token.revoked", tools.actor, found[0].id, {"name": found[0].name}))
        return found[0]


def find_token(tools: Tools, secret: str) -> StoredToken | None:
    """Token with this secret, unless it is unknown, revoked or has expired."""
    digest = digest_token(secret)
    with tools.store.read() as tx:
        found = tx.tokens.find(digest, now=tools.now())
    # The look-up is by digest, so its duration tells nothing of the secret; the last word is said in constant time.
    return found if found is not None and hmac.compare_digest(found.digest, digest) else None


def digest_token(secret: str) -> str:
    """SHA-256 (hex) of a token. The secret has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _require_sense(name: str, person: str, rights: Collection[Right], expires_days: int | None) -> None:
    if not name.strip() or not person.strip():
        detail, hint = "A token has a name and belongs to a person.", "name both"
    elif not rights:
        detail, hint = f"The token {name} would open nothing.", f"give it a right: {', '.join(Right)}"
    elif expires_days is not None and expires_days < 1:
        detail, hint = f"The token {name} would have expired already.", "give it a day or more"
    else:
        return
    raise UsageError(Diagnostic(BAD_TOKEN_TERMS, detail, hint=hint, subject=name))
