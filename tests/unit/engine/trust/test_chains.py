from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.trust.bundles import verify_bundle
from engine.trust.chains import verify_chain
from engine.trust.envelopes import seal_envelope
from engine.trust.executions import outcomes_file
from engine.trust.outcomes import read_outcomes
from policy.canonical import canonical_json
from policy.diagnostics import RefusedError
from policy.diff import Op
from policy.enforcement import ActionState, Outcome
from policy.statements import ApprovalScope, Bundle, Decision, Expectation, Purpose, Releases
from policy.trust import TrustRoot
from tests.unit.engine.trust.signed_town import (
    EXPECTED,
    LATER,
    LINES,
    NOW,
    OUTCOMES,
    TRUST,
    approve,
    chain,
    execute,
    key_of,
    sign,
    trusted,
    verify,
)

SIGNED = sign()
DIFF = verify(SIGNED)
BUNDLE = chain()


def refused(code: str, bundle: Bundle, trust: TrustRoot = TRUST, expected: Expectation = LATER) -> str:
    with pytest.raises(RefusedError) as caught:
        verify_chain(bundle, trust, expected)
    assert caught.value.diagnostic.code == code, caught.value.diagnostic.detail
    report = verify_bundle(bundle, trust, expected)
    assert not report.ok
    assert next(check.problem.code for check in report.checks if check.problem is not None) == code
    return caught.value.diagnostic.detail


def resealed(change: Callable[[dict[str, Any]], object]) -> Bundle:
    assert BUNDLE.execution is not None
    payload = json.loads(base64.b64decode(json.loads(BUNDLE.execution)["payload"]))
    change(payload)
    return replace(BUNDLE, execution=seal_envelope(canonical_json(payload), [key_of("engine")]), outcomes=None)


def test_a_whole_chain_verifies_years_later() -> None:
    verified = verify_chain(BUNDLE, TRUST, LATER)
    assert verified.outcomes_checked
    assert verified.diff.id == SIGNED.id
    assert verified.verdict.approved_by == ("alice",)
    assert verified.execution.terms.serial == 9
    assert verified.execution.counts[Op.UPDATE, ActionState.FAILED] == 1
    report = verify_bundle(BUNDLE, TRUST, LATER)
    assert report.ok
    assert report.execution == verified.execution
    assert len(report.checks) == 9


def test_a_chain_without_files_verifies_what_is_there() -> None:
    bundle = replace(BUNDLE, files=replace(BUNDLE.files, lines=None, salts=None))
    assert not verify_chain(bundle, TRUST, LATER).outcomes_checked
    assert not verify_chain(replace(BUNDLE, outcomes=None), TRUST, LATER).outcomes_checked


def test_a_chain_that_needs_nobody() -> None:
    signed = sign(required=0)
    bundle = Bundle(signed.files, (), execute(verify(signed), []))
    assert verify_chain(bundle, TRUST, LATER).verdict.approved
    assert any("nobody" in check.words for check in verify_bundle(bundle, TRUST, LATER).checks)


def test_the_run_is_signed_by_the_engine_alone() -> None:
    refused("ORD0704", replace(BUNDLE, execution=execute(DIFF, [approve(DIFF)], by="alice")))
    refused("ORD0706", replace(BUNDLE, execution=SIGNED.envelope))
    ended = TrustRoot(tuple(replace(key, not_after=NOW - timedelta(seconds=1)) for key in TRUST.keys))
    refused("ORD0705", BUNDLE, ended)


def test_the_diff_was_valid_and_for_enforcement_when_the_run_started() -> None:
    late = NOW + timedelta(days=2)
    refused(
        "ORD0711",
        replace(BUNDLE, execution=execute(DIFF, [approve(DIFF)], started_at=late, ended_at=late)),
    )
    looked_at = sign(purpose=Purpose.EVALUATE)
    verified = verify(looked_at, expected=Expectation(NOW))
    approval = approve(verified)
    refused("ORD0709", Bundle(looked_at.files, (approval,), execute(verified, [approval])))


def test_the_run_is_of_this_diff() -> None:
    other = sign(nonce="1" * 32)
    verified = verify(other)
    approval = approve(verified)
    refused("ORD0720", replace(BUNDLE, execution=execute(verified, [approval]), approvals=(approval,)))
    refused("ORD0720", resealed(lambda one: one["predicate"].update(diff="0")))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["predicate"].update(tenant="other"),
        lambda one: one["predicate"]["managed"].update(lineage="L2"),
        lambda one: one["predicate"]["managed"].update(serial=6),
        lambda one: one["predicate"].update(ended_at="2026-03-01T08:59:59Z"),
        lambda one: one["predicate"]["outcomes"].update(count=2),
    ],
)
def test_the_run_follows_from_the_diff(change: Callable[[dict[str, Any]], object]) -> None:
    refused("ORD0731", resealed(change))


def test_a_run_does_not_end_in_the_future() -> None:
    refused("ORD0712", BUNDLE, expected=replace(EXPECTED, now=NOW - timedelta(minutes=5)))


def test_a_run_statement_has_one_form() -> None:
    refused("ORD0707", resealed(lambda one: one["predicate"].update(mode="loose")))
    refused("ORD0707", resealed(lambda one: one["predicate"].update(more=1)))
    refused("ORD0707", resealed(lambda one: one["predicate"].update(approvals=[1])))


def test_every_approval_that_was_used_lies_beside_the_run() -> None:
    refused("ORD0730", replace(BUNDLE, approvals=()))
    refused("ORD0730", replace(BUNDLE, approvals=(approve(DIFF, "bob"),)))


def test_too_few_approvals_were_used() -> None:
    refused("ORD0726", Bundle(SIGNED.files, (), execute(DIFF, [])))


def test_an_approval_that_did_not_count_was_used() -> None:
    late = approve(DIFF, "bob", expires_at=NOW)
    digests = sorted(
        hashlib.sha256(base64.b64decode(json.loads(one)["payload"])).hexdigest() for one in (*BUNDLE.approvals, late)
    )
    bundle = resealed(lambda one: one["predicate"].update(approvals=digests))
    refused("ORD0731", replace(bundle, approvals=(*BUNDLE.approvals, late)))


def test_a_rejection_before_the_run_breaks_the_chain_and_one_after_it_does_not() -> None:
    before = approve(DIFF, "bob", decision=Decision.REJECT)
    refused("ORD0725", replace(BUNDLE, approvals=(*BUNDLE.approvals, before)))
    after = approve(DIFF, "bob", decision=Decision.REJECT, at=NOW + timedelta(seconds=1))
    assert verify_chain(replace(BUNDLE, approvals=(*BUNDLE.approvals, after)), TRUST, LATER).verdict.approved


def test_a_broken_approval_breaks_the_chain_even_when_it_was_not_used() -> None:
    refused("ORD0701", replace(BUNDLE, approvals=(*BUNDLE.approvals, b"{}")))


def test_other_outcomes_are_refused() -> None:
    refused("ORD0732", replace(BUNDLE, outcomes=outcomes_file(OUTCOMES[:-1])))
    refused("ORD0732", replace(BUNDLE, outcomes=outcomes_file([*OUTCOMES[:-1], replace(OUTCOMES[2], text="x")])))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b'"attempts":1', b'"attempts":true'),
        lambda data: data.replace(b'"attempts":1,', b'"attempts":1,"b":1,'),
        lambda data: b"".join(reversed(data.splitlines(keepends=True))),
    ],
)
def test_outcomes_have_one_form(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(RefusedError) as caught:
        read_outcomes(spoil(outcomes_file(OUTCOMES)))
    assert caught.value.diagnostic.code == "ORD0732"


@pytest.mark.parametrize(
    "outcome",
    [
        replace(OUTCOMES[0], line=99),
        replace(OUTCOMES[0], op=Op.REVOKE),
        replace(OUTCOMES[0], key=LINES[2].key),
        Outcome("cc", 3, LINES[3].key, Op.REVOKE, ActionState.DONE),
        Outcome("cc", 1, LINES[1].key, Op.GRANT, ActionState.DONE),
        Outcome("cc", 4, LINES[4].key, Op.REVOKE, ActionState.DONE),
        Outcome("cc", 4, LINES[4].key, Op.GRANT, ActionState.SKIPPED),
    ],
)
def test_nothing_outside_the_diff_was_done(outcome: Outcome) -> None:
    refused("ORD0733", chain([outcome]))


def test_what_was_not_approved_was_not_done() -> None:
    approval = approve(DIFF, scope=ApprovalScope(lines=frozenset({2})))
    bundle = Bundle(SIGNED.files, (approval,), execute(DIFF, [approval]), outcomes_file(OUTCOMES))
    refused("ORD0733", bundle)
    fine = [OUTCOMES[1]]
    bundle = replace(bundle, execution=execute(DIFF, [approval], fine), outcomes=outcomes_file(fine))
    assert verify_chain(bundle, TRUST, LATER).outcomes_checked


def test_what_was_released_may_be_done_and_what_waited_for_it() -> None:
    approval = approve(DIFF, "carol", releases=Releases(lines=frozenset({3})))
    done = [replace(OUTCOMES[2], state=ActionState.DONE), Outcome("dd", 1, LINES[1].key, Op.GRANT, ActionState.DONE)]
    bundle = Bundle(SIGNED.files, (approval,), execute(DIFF, [approval], done), outcomes_file(done))
    assert verify_chain(bundle, TRUST, LATER).outcomes_checked


def test_a_report_on_a_diff_alone() -> None:
    report = verify_bundle(Bundle(SIGNED.files), TRUST, EXPECTED)
    assert report.ok
    assert report.diff == DIFF
    assert report.verdict is None


def test_a_report_on_approvals() -> None:
    carol = approve(
        DIFF, "carol", releases=Releases(frozenset({"entra/revoke/account"}), frozenset({1})), at=NOW - timedelta(1)
    )
    bob = approve(DIFF, "bob", scope=ApprovalScope(targets=frozenset({"ad", "entra"})))
    alice = approve(DIFF, scope=ApprovalScope(lines=frozenset({0})), releases=Releases())
    report = verify_bundle(Bundle(SIGNED.files, (alice, bob, carol)), TRUST, EXPECTED)
    assert report.ok
    assert [check.words for check in report.checks[-4:]] == [
        "alice approved 1 lines.",
        "bob approved what concerns ad, entra.",
        "carol approved all lines and released entra/revoke/account and 1 blocked lines.",
        "5 of 5 lines are approved by enough people.",
    ]
    alone = replace(SIGNED.files, lines=None)
    assert verify_bundle(Bundle(alone, (alice,)), TRUST, EXPECTED).checks[-1].words == "alice approved 1 lines."


def test_a_report_tells_what_is_missing_and_what_does_not_count() -> None:
    signed = sign(required=2)
    verified = verify(signed)
    report = verify_bundle(Bundle(signed.files, (approve(verified),)), TRUST, EXPECTED)
    assert report.ok
    assert report.checks[-1].words == "1 more must approve before anything may be done."
    rejected = approve(verified, "bob", decision=Decision.REJECT)
    report = verify_bundle(Bundle(signed.files, (approve(verified, "dave"), rejected)), TRUST, EXPECTED)
    assert [check.problem.code for check in report.checks if check.problem] == ["ORD0722", "ORD0725"]


def test_a_trust_root_of_others_knows_nobody() -> None:
    refused("ORD0702", BUNDLE, TrustRoot((trusted("bob"),)))
