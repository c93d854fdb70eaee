"""What must be refused: P2 (used twice), P3 (changed), P4 (stale), P5 (expired), P6 (of somebody else)."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api.store.store import Store, open_store
from engine.enforce.stale import find_stale, refuse_stale
from engine.trust.chains import verify_chain
from engine.trust.judging import judge_approvals, require_approved
from engine.trust.verifying import verify_diff
from policy.canonical import normal_text
from policy.diagnostics import RefusedError
from policy.diff import EntitlementDiff, InputDigests
from policy.statements import Bundle, DiffFiles, Expectation, Purpose
from tests.conformance.store_samples import NOW as STORED_AT
from tests.conformance.store_samples import diff as stored_diff
from tests.unit.engine.trust.signed_town import (
    DIFF,
    EXPECTED,
    INPUTS,
    LATER,
    LINES,
    NOW,
    TRUST,
    approve,
    chain,
    sign,
    verify,
)

many = settings(max_examples=200)
few = settings(max_examples=12)

# P2: a diff is consumed at most once, however many ask at the same moment.


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who wants to enforce: through which of two connections, and whether something fails afterwards."""

    store: int
    rolls_back: bool = False
    asks_again: bool = False


consumers = st.lists(st.builds(Consumer, st.integers(0, 1), st.booleans(), st.booleans()), min_size=2, max_size=6)


def consume(stores: list[Store], consumer: Consumer, name: str) -> list[bool]:
    """Answers that `consumer` may rely on: those of transactions that were committed."""
    answers: list[bool] = []
    for _ in range(1 + consumer.asks_again):
        with suppress(InterruptedError), stores[consumer.store].write() as tx:
            answer = tx.diffs.consume(stored_diff().id, name, at=STORED_AT)
            if consumer.rolls_back:
                raise InterruptedError
            answers.append(answer)
    return answers


@few
@given(consumers)
def test_p2_of_all_who_consume_a_diff_at_once_exactly_one_may(crowd: list[Consumer]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ordain.db"
        stores = [open_store(url, tenant="meridian") for _ in range(2)]
        with stores[0].write() as tx:
            tx.diffs.save(stored_diff())
        together = threading.Barrier(len(crowd))
        answers: dict[str, list[bool]] = {}

        def ask(number: int, one: Consumer) -> None:
            together.wait(timeout=60)
            answers[f"run-{number}"] = consume(stores, one, f"run-{number}")

        threads = [threading.Thread(target=ask, args=item) for item in enumerate(crowd)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with stores[1].read() as tx:
            stored = tx.diffs.get(stored_diff().id)
        for store in stores:
            store.close()
    winners = [name for name, given_ in answers.items() for answer in given_ if answer]
    assert len(answers) == len(crowd)
    assert winners == ([stored.consumed_by] if any(not one.rolls_back for one in crowd) else [])
    assert (stored.consumed_by is None) == (winners == [])


# P3: whatever is changed anywhere, it is refused.

FILES = ("envelope", "lines", "salts", "approval", "execution", "outcomes")
WHOLE = chain()
OTHER = chain()
assert WHOLE == OTHER, "signing is deterministic: what differs below was changed by us"
FOREIGN = sign(EntitlementDiff(DIFF.as_of, LINES[:3]), nonce="0e" * 16)
"""Another diff of the same engine for the same tenant: all its files are genuine."""


def files_of(bundle: Bundle) -> dict[str, bytes]:
    found = (bundle.files.envelope, bundle.files.lines, bundle.files.salts, bundle.approvals[0])
    return {name: data or b"" for name, data in zip(FILES, (*found, bundle.execution, bundle.outcomes), strict=True)}


TRUE = files_of(WHOLE)
GENUINE = {
    "envelope": FOREIGN.envelope,
    "lines": FOREIGN.lines,
    "salts": FOREIGN.salts,
    "approval": approve(verify(FOREIGN)),
    "execution": WHOLE.files.envelope,
    "outcomes": FOREIGN.lines,
}
"""A genuine file in the place of each: of another diff, or of another kind."""


def bundle_of(files: dict[str, bytes]) -> Bundle:
    diff = DiffFiles(files["envelope"], files["lines"], files["salts"])
    return Bundle(diff, (files["approval"],), files["execution"], files["outcomes"])


@st.composite
def bit_flips(draw: st.DrawFn, data: bytes) -> bytes:
    changed = bytearray(data)
    for place in draw(st.sets(st.integers(0, len(data) * 8 - 1), min_size=1, max_size=8)):
        changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


@st.composite
def splices(draw: st.DrawFn, data: bytes) -> bytes:
    """Some bytes taken out, others put in: truncating, appending and replacing are among them."""
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 40)) | st.just(len(data)))
    text = st.sampled_from((b"", b" ", b"\n", b"\r\n", b"\x00", b"{}", b"0", b",", b"=", b"\xef\xbb\xbf", data[-40:]))
    return data[:start] + draw(text | st.binary(max_size=6)) + data[end:]


@st.composite
def shuffled_lines(draw: st.DrawFn, data: bytes) -> bytes:
    """Lines in another order, left out or doubled; what has one line alone is doubled."""
    rows = data.splitlines(keepends=True)
    order = draw(st.lists(st.integers(0, len(rows) - 1), max_size=len(rows) + 1) | st.permutations(range(len(rows))))
    return b"".join(rows[at] for at in order)


@st.composite
def tampered(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, bytes]:
    """The true files with one to three of those named changed."""
    files = dict(TRUE)
    for name in draw(st.sets(st.sampled_from(names), min_size=1, max_size=3)):
        ways = bit_flips(TRUE[name]) | splices(TRUE[name]) | shuffled_lines(TRUE[name]) | st.just(GENUINE[name])
        files[name] = draw(ways)
    assume(files != TRUE)
    return files


def require_diff(bundle: Bundle) -> None:
    """The path of whoever is about to enforce."""
    verified = verify_diff(bundle.files, TRUST, EXPECTED)
    assert verified.root_checked
    require_approved(judge_approvals(verified, bundle.approvals, TRUST, now=NOW))


def require_chain(bundle: Bundle) -> None:
    """The path of an auditor."""
    verify_chain(bundle, TRUST, LATER)


PATHS: list[tuple[Callable[[Bundle], None], tuple[str, ...]]] = [(require_diff, FILES[:4]), (require_chain, FILES)]


@pytest.mark.parametrize(("path", "names"), PATHS, ids=["about to enforce", "long after"])
def test_p3_any_change_anywhere_is_refused(path: Callable[[Bundle], None], names: tuple[str, ...]) -> None:
    path(bundle_of(TRUE))

    @many
    @given(tampered(names))
    def refuse(files: dict[str, bytes]) -> None:
        with pytest.raises(RefusedError):
            path(bundle_of(files))

    refuse()


# P4: strict mode names exactly the inputs that have changed.

RELEVANT = {"snapshot": "ORD0800", "policy": "ORD0801", "configuration": "ORD0802", "managed": "ORD0803"}
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
inputs = st.builds(
    InputDigests, digests, digests, digests, digests, digests, st.integers(0, 2**53 - 1), digests, digests, digests
)


@many
@given(inputs, inputs, st.sets(st.sampled_from(sorted(RELEVANT))), st.sampled_from((0, 0, 1, 7)))
def test_p4_strict_refuses_and_names_exactly_what_has_changed(
    signed: InputDigests, other: InputDigests, changed: set[str], changes: int
) -> None:
    now = replace(signed, **{name: getattr(other, name) for name in changed})
    now = replace(now, serial=signed.serial + changes)
    differing = {name for name in RELEVANT if getattr(signed, name) != getattr(now, name)}
    differing |= {"managed"} if signed.serial != now.serial else set()
    assert [one.code for one in find_stale(signed, now)] == sorted(RELEVANT[name] for name in differing)
    if differing:
        with pytest.raises(RefusedError) as caught:
            refuse_stale(signed, now)
        assert len(caught.value.diagnostics) == len(differing)
    else:
        refuse_stale(signed, now)


@many
@given(inputs, inputs)
def test_p4_what_was_only_observed_makes_no_diff_stale(signed: InputDigests, other: InputDigests) -> None:
    """A target changes by itself, and a commit may be made of the same rules: neither is an input."""
    refuse_stale(signed, replace(signed, observed=other.observed, commit=other.commit, tree=other.tree))


# P5: at its last moment and after it a diff or an approval counts no more; a moment before it does.

instants = st.integers(-(10**6), 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds))
around = st.one_of(
    st.sampled_from([timedelta(microseconds=count) for count in (-1_000_000, -1, 0, 1, 999_999, 1_000_000)]),
    st.timedeltas(timedelta(days=-2), timedelta(days=400)),
)
zones = st.timezones()


@many
@given(instants, around, zones)
def test_p5_a_diff_counts_until_the_very_second_it_expires(expires: datetime, past: timedelta, zone: object) -> None:
    signed = sign(created_at=expires - timedelta(days=3), expires_at=expires)
    now = (expires + past).astimezone(zone)  # type: ignore[arg-type]  # a zone by its strategy
    expected = replace(EXPECTED, now=now)
    if past >= timedelta(0):
        assert refusals(lambda: verify(signed, expected=expected)) == ["ORD0711"]
    else:
        assert verify(signed, expected=expected).root_checked


SIGNED_FOR_LONG = sign(expires_at=NOW + timedelta(days=40_000))
VERIFIED = verify(SIGNED_FOR_LONG)


@many
@given(instants, around, zones)
def test_p5_an_approval_counts_until_the_very_second_it_expires(
    expires: datetime, past: timedelta, zone: object
) -> None:
    approval = approve(VERIFIED, at=expires - timedelta(days=3), expires_at=expires)
    now = (expires + past).astimezone(zone)  # type: ignore[arg-type]  # a zone by its strategy
    verdict = judge_approvals(VERIFIED, [approval], TRUST, now=now)
    if past >= timedelta(0):
        assert refusals(lambda: require_approved(verdict)) == ["ORD0726", "ORD0721"]
        assert verdict.approved_lines == frozenset()
    else:
        require_approved(verdict)


# P6: what was signed for another tenant, ledger or purpose is refused, however alike the names look.

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(
    lambda text: normal_text("".join(text.split())) or "x"
)
"""Names in normal form (NFC), which is the one that is signed."""


@st.composite
def lookalikes(draw: st.DrawFn, name: str) -> str:
    """Another name: any at all, or one that a careless comparison would take for this."""
    near = (name.upper(), f"{name} ", f" {name}", name[:-1], f"{name}{name[-1]}", f"{name}\u200b", "", f"{name}/")
    other = draw(st.sampled_from(near) | NAMES)
    assume(other != name)
    return other


@many
@given(st.data(), st.sets(st.sampled_from(("tenant", "purpose", "lineage")), min_size=1))
def test_p6_another_tenant_ledger_or_purpose_is_refused(data: st.DataObject, wrong: set[str]) -> None:
    expected = EXPECTED
    if "tenant" in wrong:
        expected = replace(expected, tenant=data.draw(lookalikes("meridian"), "tenant"))
    if "lineage" in wrong:
        expected = replace(expected, lineage=data.draw(lookalikes(INPUTS.lineage), "lineage"))
    signed = sign(purpose=Purpose.EVALUATE if "purpose" in wrong else Purpose.ENFORCE)
    codes = {"tenant": "ORD0708", "purpose": "ORD0709", "lineage": "ORD0710"}
    assert set(refusals(lambda: verify(signed, expected=expected))) <= {codes[name] for name in wrong}


@many
@given(NAMES, NAMES)
def test_p6_a_diff_is_at_home_where_it_was_signed_for(tenant: str, lineage: str) -> None:
    signed = sign(tenant=tenant, inputs=replace(INPUTS, lineage=lineage))
    at_home = Expectation(NOW, tenant=tenant, purpose=Purpose.ENFORCE, lineage=lineage)
    assert verify(signed, expected=at_home).statement.terms.tenant == tenant
    for other in (replace(at_home, tenant=f"{tenant}2"), replace(at_home, lineage=f"{lineage}2")):
        assert refusals(lambda other=other: verify(signed, expected=other))  # type: ignore[misc]  # bound at once


@many
@given(inputs, inputs)
def test_p6_no_mode_enforces_a_diff_of_another_ledger(signed: InputDigests, now: InputDigests) -> None:
    assume(signed.lineage != now.lineage)
    assert refusals(lambda: refuse_stale(signed, now)) == ["ORD0804"]


def refusals(act: Callable[[], object]) -> list[str]:
    """Codes with which something is refused; it is an error of ours when it is not."""
    with pytest.raises(RefusedError) as caught:
        act()
    return [one.code for one in caught.value.diagnostics]
