"""Showing one line of a signed diff alone, with the proof that it is part of it, and checking that without the rest.

A disclosure is canonical JSON: the `line`, its `salt`, the sibling hashes (`proof`, hex) up to the root, and the signed
`envelope` that names the root.
"""

from __future__ import annotations

from engine.trust.evaluations import diff_payload, read_diff_predicate
from engine.trust.lines import read_row, read_salt, read_salts, rows_of, salted_leaf
from engine.trust.merkle import inclusion_proof, verify_inclusion
from engine.trust.refusal import refusal
from engine.trust.statements import DIFF_TYPE, open_envelope, read_statement, require_role
from engine.trust.strict_json import Fields, read_canonical
from policy.canonical import JsonValue, canonical_json
from policy.catalogue.trust import BAD_DISCLOSURE, PROOF_DIFFERS
from policy.statements import Disclosure, SignedDiff
from policy.trust import TrustRole, TrustRoot


def disclose(diff: SignedDiff, number: int) -> bytes:
    """Disclosure of line `number` of a diff as we hold it (its files are ours, so they are taken as verified).

    Raises RefusedError ORD0741 when there is no such line.
    """
    rows = rows_of(diff.lines)
    if not 0 <= number < len(rows):
        raise refusal(BAD_DISCLOSURE, f"The diff has {len(rows)} lines, numbered from 0; there is no line {number}.")
    salts = read_salts(diff.salts, count=len(rows))
    leaves = [salted_leaf(salt, row) for salt, row in zip(salts, rows, strict=True)]
    return _disclosure_bytes(
        envelope=Fields.of(read_canonical(diff.envelope)).record,
        line=Fields.of(read_canonical(rows[number])).record,
        proof=[sibling.hex() for sibling in inclusion_proof(leaves, number)],
        salt=salts[number].hex(),
    )


def verify_disclosure(data: bytes, trust: TrustRoot) -> Disclosure:
    """Verify one line alone. Raises RefusedError.

    ORD0741 when it is no disclosure, ORD0742 when the line is not part of the signed diff, or what `verify_diff`
    raises for the envelope. The engine's key must have been trusted when the diff was signed; expiry does not matter,
    as a disclosure asks for nothing to be done.
    """
    envelope, row, salt, proof = _read_disclosure(data)
    signed = open_envelope(envelope, trust)
    statement = read_statement(signed, DIFF_TYPE, read=read_diff_predicate, write=diff_payload)
    people = require_role(signed, TrustRole.ENGINE, at=statement.terms.created_at)
    line = read_row(row, where="The line")
    proved = verify_inclusion(
        salted_leaf(salt, row), proof, index=line.n, size=statement.line_count, root=bytes.fromhex(statement.root)
    )
    if not proved:
        raise refusal(PROOF_DIFFERS, f"The proof does not lead from line {line.n} to the root that was signed.")
    return Disclosure(line, statement, signed.digest, people)


def _read_disclosure(data: bytes) -> tuple[bytes, bytes, bytes, list[bytes]]:
    try:
        fields = Fields.of(read_canonical(data))
        salt, proof = fields.text("salt"), fields.texts("proof")
        line, envelope = fields.inner("line").record, fields.inner("envelope").record
        siblings = [Fields({"proof": one}).digest("proof") for one in proof]
        raw_salt = read_salt(salt)
    except ValueError as error:
        raise refusal(BAD_DISCLOSURE, f"This is no disclosed line: {error}.") from error
    if _disclosure_bytes(envelope=envelope, line=line, proof=list(proof), salt=salt) != data:
        raise refusal(BAD_DISCLOSURE, "The disclosure holds more than a line, its salt, its proof and its envelope.")
    return canonical_json(envelope), canonical_json(line), raw_salt, [bytes.fromhex(one) for one in siblings]


def _disclosure_bytes(*, envelope: JsonValue, line: JsonValue, proof: list[str], salt: str) -> bytes:
    return canonical_json({"envelope": envelope, "line": line, "proof": proof, "salt": salt})
