"""Sign an evaluated diff and keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from api.render.diff_view import limits_json
from api.store.records import DiffState, StoredDiff
from api.tools import Tools
from api.usecases.evaluate import Evaluated
from api.usecases.files import write_whole
from api.usecases.keys import engine_signer, read_trust
from api.usecases.revision import find_authors
from api.version import engine_digest, our_version
from engine.trust.signing import sign_diff
from policy.audit import AuditEvent
from policy.canonical import JsonValue
from policy.diff import people_of
from policy.events import events_file
from policy.statements import ExcludedPerson, Purpose, SignedDiff, SigningTerms
from policy.trust import is_same_person

FILE_NAMES = {"envelope": "diff.dsse.json", "lines": "lines.ndjson", "salts": "salts.ndjson"}
EVENTS_FILE = "events.ndjson"
"""What would be told to whom: beside the signed files, and not signed."""


@dataclass(frozen=True, slots=True)
class SignedEvaluation:
    """What was evaluated, and what was signed of it."""

    evaluated: Evaluated
    signed: SignedDiff

    @property
    def events(self) -> bytes:
        """`events.ndjson`."""
        return events_file(self.evaluated.events)


def sign_evaluation(tools: Tools, evaluated: Evaluated) -> SignedEvaluation:
    """Sign the diff with the engine's key, keep it in the store, and note it in the audit log."""
    now = tools.now().replace(microsecond=0)
    purpose = Purpose.ENFORCE if evaluated.diff.enforceable else Purpose.EVALUATE
    settings = tools.workspace.settings.approval
    signer = engine_signer(tools.workspace)
    with tools.store.write() as tx:
        terms = SigningTerms(
            tenant=tools.workspace.name,
            purpose=purpose,
            timezone=evaluated.policy.timezone,
            inputs=evaluated.inputs,
            engine_version=our_version(),
            engine_digest=engine_digest(),
            created_at=now,
            expires_at=now + timedelta(hours=settings.valid_hours),
            nonce=tools.random_bytes(16).hex(),
            required=settings.required,
            excluded=_excluded(tools, tx.facts.get("enforced_commit")),
        )
        tools.progress("signing", 0, len(evaluated.diff.lines))
        keys = tx.person_keys.get_or_create(people_of(evaluated.diff.lines), tools.random_bytes)
        signed = sign_diff(evaluated.diff, terms, person_keys=keys, signer=signer)
        tools.progress("saving the diff", 0, len(evaluated.diff.lines))
        tx.diffs.save(
            StoredDiff(
                id=signed.id,
                created_at=now,
                as_of=evaluated.diff.as_of,
                purpose=purpose.value,
                state=DiffState.OPEN,
                envelope=signed.envelope,
                lines=signed.lines,
                salts=signed.salts,
                inputs={"limits": limits_json(evaluated.diff.limits)},
                requested_by=tools.actor,
                events=events_file(evaluated.events),
            )
        )
        details: dict[str, JsonValue] = {"as_of": evaluated.diff.as_of.isoformat(), "lines": len(evaluated.diff.lines)}
        tx.audit.append(AuditEvent(now, "diff.evaluated", tools.actor, signed.id, details))
    return SignedEvaluation(evaluated, signed)


def write_diff(folder: Path, evaluation: SignedEvaluation) -> None:
    """Write the three files of a diff into a folder, and its events beside them."""
    for part, name in FILE_NAMES.items():
        write_whole(folder / name, getattr(evaluation.signed, part))
    write_whole(folder / EVENTS_FILE, evaluation.events)


def _excluded(tools: Tools, since: JsonValue) -> tuple[ExcludedPerson, ...]:
    """Name the requester, and those of the reviewers who wrote rules since the last enforcement."""
    authors = find_authors(tools.workspace.rules_folder, since=since if isinstance(since, str) else None)
    trusted = {key.person for key in read_trust(tools.workspace).keys}
    written = {person for person in trusted if any(is_same_person(person, author) for author in authors)}
    return (*(ExcludedPerson(person, "author") for person in written), ExcludedPerson(tools.actor, "requester"))
