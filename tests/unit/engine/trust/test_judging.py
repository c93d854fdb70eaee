from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.trust.envelopes import seal_envelope
from engine.trust.judging import judge_approvals, require_approved
from policy.canonical import canonical_json
from policy.diagnostics import RefusedError
from policy.statements import ApprovalScope, ApprovalVerdict, Decision, Releases, VerifiedDiff, bucket_name
from policy.trust import TrustRole, TrustRoot
from tests.unit.engine.trust.signed_town import LINES, NOW, TRUST, approve, key_of, sign, trusted, verify

ONE = verify(sign())
TWO = verify(sign(required=2))
NONE = verify(sign(required=0))
RELEASE = Releases(buckets=frozenset({"entra/revoke/account"}))


def judge(verified: VerifiedDiff, *approvals: bytes, trust: TrustRoot = TRUST) -> ApprovalVerdict:
    return judge_approvals(verified, approvals, trust, now=NOW)


def codes(verdict: ApprovalVerdict) -> list[str]:
    return [problem.code for problem in verdict.problems]


def refused(verdict: ApprovalVerdict) -> str:
    assert not verdict.approved
    with pytest.raises(RefusedError) as caught:
        require_approved(verdict)
    return caught.value.diagnostic.code


def test_one_reviewer_approves_everything() -> None:
    verdict = judge(ONE, approve(ONE))
    assert verdict.approved
    assert verdict.approved_by == ("alice",)
    assert verdict.approved_lines == frozenset(range(len(LINES)))
    assert not verdict.problems
    require_approved(verdict)


def test_nobody_is_needed_when_none_is_required() -> None:
    verdict = judge(NONE)
    assert verdict.approved
    assert verdict.approved_lines == frozenset(range(len(LINES)))


def test_nobody_approved() -> None:
    assert refused(judge(ONE)) == "ORD0726"
    assert judge(replace(ONE, lines=None)).approved_lines is None


def test_two_distinct_people_are_needed() -> None:
    assert judge(TWO, approve(TWO)).missing == 1
    assert refused(judge(TWO, approve(TWO))) == "ORD0726"
    assert judge(TWO, approve(TWO), approve(TWO, "bob")).approved


def test_one_person_counts_once_however_often_and_with_however_many_keys() -> None:
    trust = TrustRoot((*TRUST.keys, trusted("alice", key="second")))
    again = approve(TWO, nonce="1" * 32)
    other_key = approve(TWO, "alice", key="second")
    verdict = judge(TWO, approve(TWO), approve(TWO), again, other_key, trust=trust)
    assert verdict.approved_by == ("alice",)
    assert verdict.missing == 1
    assert len(verdict.counted) == 2


def test_distinct_people_must_approve_the_same_lines() -> None:
    ad = approve(TWO, scope=ApprovalScope(targets=frozenset({"ad"})))
    entra = approve(TWO, "bob", scope=ApprovalScope(targets=frozenset({"entra"})))
    verdict = judge(TWO, ad, entra)
    assert verdict.missing == 1
    assert verdict.approved_lines == frozenset()
    some = approve(TWO, "carol", scope=ApprovalScope(lines=frozenset({0, 3})))
    verdict = judge(TWO, ad, entra, some)
    assert verdict.approved
    assert verdict.approved_lines == frozenset({0, 3})


def test_without_lines_people_are_counted() -> None:
    assert judge(replace(TWO, lines=None), approve(TWO), approve(TWO, "bob")).approved


@pytest.mark.parametrize(
    ("person", "said"),
    [("dave", "wrote rules of this diff"), ("erin", "asked for this diff"), ("hal", "is the engine")],
)
def test_authors_requester_and_engine_never_count(person: str, said: str) -> None:
    """`Dave` wrote the rules, erin asked for the diff, and hal's key is also an engine's."""
    verdict = judge(ONE, approve(ONE, person))
    assert codes(verdict) == ["ORD0722"]
    assert verdict.problems[0].detail == f"Approval 1 by {person} does not count: this person {said}."
    assert refused(verdict) == "ORD0726"


@pytest.mark.parametrize("person", ["mallory", "rick"])
def test_only_reviewers_count(person: str) -> None:
    assert codes(judge(ONE, approve(ONE, person))) == ["ORD0723"]


def test_an_approval_lives_from_its_making_to_its_end() -> None:
    assert codes(judge(ONE, approve(ONE, expires_at=NOW))) == ["ORD0721"]
    assert codes(judge(ONE, approve(ONE, at=NOW + timedelta(minutes=6)))) == ["ORD0712"]
    assert judge(ONE, approve(ONE, at=NOW + timedelta(minutes=5))).approved


def test_an_approval_of_another_diff_does_not_count() -> None:
    assert codes(judge(ONE, approve(TWO))) == ["ORD0720"]
    assert codes(judge(ONE, approve(ONE, diff=TWO.id + "0"))) == ["ORD0720"]


def test_a_key_that_has_ended_does_not_approve() -> None:
    trust = TrustRoot((trusted("alice", not_after=NOW - timedelta(seconds=1)),))
    assert codes(judge(ONE, approve(ONE), trust=trust)) == ["ORD0705"]


def test_a_rejection_by_a_reviewer_blocks_however_late_it_is() -> None:
    reject = approve(ONE, "bob", decision=Decision.REJECT, at=NOW - timedelta(days=2), expires_at=NOW)
    verdict = judge(ONE, approve(ONE), reject)
    assert verdict.rejected_by == ("bob",)
    assert refused(verdict) == "ORD0725"
    assert judge(ONE, approve(ONE, "dave", decision=Decision.REJECT)).rejected_by == ("dave",)


def test_a_rejection_by_anybody_else_is_noted() -> None:
    rejected = approve(ONE, "rick", decision=Decision.REJECT, releases=RELEASE)
    verdict = judge(ONE, approve(ONE), rejected)
    assert codes(verdict) == ["ORD0723"]
    assert verdict.approved
    assert not verdict.releases


def test_a_release_needs_its_own_role() -> None:
    verdict = judge(ONE, approve(ONE, releases=RELEASE))
    assert codes(verdict) == ["ORD0724"]
    assert not verdict.releases
    assert verdict.approved


@pytest.mark.parametrize("person", ["rick", "carol"])
def test_people_with_the_role_release_buckets_and_lines(person: str) -> None:
    both = replace(RELEASE, lines=frozenset({3}))
    verdict = judge(ONE, approve(ONE), approve(ONE, person, releases=both))
    assert verdict.approved
    assert verdict.releases == both
    assert verdict.approved_by == tuple(sorted({"alice", person} - {"rick"}))
    assert len(verdict.counted) == 2
    assert [both.covers(line) for line in LINES] == [False, False, False, True, False]
    assert bucket_name(LINES[3]) == "entra/revoke/account"


def test_a_damaged_or_forged_approval_blocks() -> None:
    good = approve(ONE)
    for broken in (good[:-1], approve(ONE, "alice", key="a stranger")):
        assert refused(judge(ONE, good, broken)) in {"ORD0701", "ORD0702"}


def test_nobody_signs_for_another() -> None:
    verdict = judge(ONE, approve(ONE, "bob", key="alice"))
    assert codes(verdict) == ["ORD0704"]
    assert verdict.broken


def test_an_approval_has_one_form() -> None:
    payload: dict[str, Any] = json.loads(base64.b64decode(json.loads(approve(ONE))["payload"]))
    scopes: tuple[object, ...] = (
        {"all": True, "lines": [1]},
        {"all": False},
        {"targets": ["b", "a"]},
        {"lines": [-1]},
        [],
    )
    for scope in scopes:
        payload["predicate"]["scope"] = scope
        assert codes(judge(ONE, seal_envelope(canonical_json(payload), [key_of("alice")]))) == ["ORD0707"]


def test_a_diff_is_no_approval() -> None:
    assert codes(judge(ONE, sign().envelope)) == ["ORD0706"]


def test_senseless_approvals_are_not_made() -> None:
    with pytest.raises(AssertionError):
        approve(ONE, nonce="0" * 31)
    with pytest.raises(AssertionError):
        approve(ONE, expires_at=NOW - timedelta(days=1))
    with pytest.raises(AssertionError):
        ApprovalScope(targets=frozenset(), lines=frozenset())


def test_roles_hang_on_the_key_that_signed() -> None:
    """A person's second key has only the roles of its own entry."""
    trust = TrustRoot((trusted("alice"), trusted("alice", key="second", roles=[TrustRole.LIMIT_RELEASE])))
    assert codes(judge(ONE, approve(ONE, "alice", key="second"), trust=trust)) == ["ORD0723"]
