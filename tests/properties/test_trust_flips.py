"""P3: one flipped bit anywhere is refused. Every single bit of every file of a small example is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.trust.chains import verify_chain
from engine.trust.disclosure import disclose, verify_disclosure
from engine.trust.judging import judge_approvals, require_approved
from engine.trust.verifying import verify_diff
from policy.diagnostics import RefusedError
from policy.diff import EntitlementDiff
from tests.unit.engine.trust.signed_town import (
    DIFF,
    EXPECTED,
    LATER,
    LINES,
    NOW,
    OUTCOMES,
    TRUST,
    approve,
    chain,
    sign,
    verify,
)

SIGNED = sign(EntitlementDiff(DIFF.as_of, LINES[:2]))
BUNDLE = chain(OUTCOMES[1:2])


def flips(data: bytes) -> Iterator[bytes]:
    """`data` with each of its bits flipped in turn."""
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            yield bytes(changed)


def count_accepted(data: bytes, check: Callable[[bytes], object]) -> int:
    """Number of flipped versions that pass (there must be none), after seeing that the true one does."""
    check(data)
    accepted = 0
    for changed in flips(data):
        try:
            check(changed)
        except RefusedError:
            continue
        accepted += 1
    return accepted


def test_every_bit_of_the_envelope() -> None:
    def check(data: bytes) -> None:
        verify_diff(replace(SIGNED.files, envelope=data), TRUST, EXPECTED)

    assert count_accepted(SIGNED.envelope, check) == 0


def test_every_bit_of_the_line_file() -> None:
    def check(data: bytes) -> None:
        verify_diff(replace(SIGNED.files, lines=data), TRUST, EXPECTED)

    assert count_accepted(SIGNED.lines, check) == 0


def test_every_bit_of_the_salt_file() -> None:
    def check(data: bytes) -> None:
        verify_diff(replace(SIGNED.files, salts=data), TRUST, EXPECTED)

    assert count_accepted(SIGNED.salts, check) == 0


def test_every_bit_of_an_approval() -> None:
    verified = verify(SIGNED)

    def check(data: bytes) -> None:
        require_approved(judge_approvals(verified, [data], TRUST, now=NOW))

    assert count_accepted(approve(verified), check) == 0


def test_a_flipped_approval_blocks_although_another_one_is_enough() -> None:
    verified = verify(SIGNED)
    enough = approve(verified, "bob")

    def check(data: bytes) -> None:
        require_approved(judge_approvals(verified, [enough, data], TRUST, now=NOW))

    assert count_accepted(approve(verified), check) == 0


def test_every_bit_of_the_statement_about_a_run() -> None:
    def check(data: bytes) -> None:
        verify_chain(replace(BUNDLE, execution=data), TRUST, LATER)

    assert BUNDLE.execution is not None
    assert count_accepted(BUNDLE.execution, check) == 0


def test_every_bit_of_the_outcome_file() -> None:
    def check(data: bytes) -> None:
        verify_chain(replace(BUNDLE, outcomes=data), TRUST, LATER)

    assert BUNDLE.outcomes is not None
    assert count_accepted(BUNDLE.outcomes, check) == 0


def test_every_bit_of_a_disclosure() -> None:
    def check(data: bytes) -> None:
        verify_disclosure(data, TRUST)

    assert count_accepted(disclose(SIGNED, 1), check) == 0
