"""Lines of diffs with everything a line can have, in texts that are awkward to write."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from policy.decisions import Reason
from policy.diff import Ended, Line, Op, Status, Why
from policy.entitlements import Entitlement, EntitlementKey, Kind

AWKWARD = ('"', "\\", "\n", "\x00", "\x1f", "\x7f", "\u2028", "e\u0301", "é", "ﬁ", "\U0001f469", "\u0928\u093c", "Å")
"""Quotes, control characters, text that is not in normal form C, letters of two, three and four bytes."""

texts = st.sampled_from(["", "C1", "hr.ordain:12", *AWKWARD, *(f"a{one} b" for one in AWKWARD), "".join(AWKWARD)])
names = texts.filter(bool)
entitlements = st.one_of(
    st.builds(Entitlement, texts, st.sampled_from([Kind.ACCOUNT, Kind.ACCESS])),
    st.builds(Entitlement, texts, st.just(Kind.PERMISSION), names),
)
reasons = st.builds(Reason, texts, texts, texts)
whys = st.builds(Why, texts, texts, texts)
endings = st.builds(Ended, texts, texts, texts, texts)
attributes = st.fixed_dictionaries({"B": texts, "a": st.sampled_from([None, 7, True, ["x", "\u2028"]])})


def many(values: st.SearchStrategy) -> st.SearchStrategy:  # type: ignore[type-arg]  # of anything
    return st.one_of(st.just(()), st.tuples(values), st.tuples(values, values))


lines = st.builds(
    Line,
    n=st.just(0),
    key=st.builds(EntitlementKey.of, texts, entitlements),
    op=st.sampled_from(Op),
    status=st.sampled_from(Status),
    because=many(reasons),
    why=many(whys),
    before=st.none() | attributes,
    after=st.none() | attributes,
    anchor=st.none() | texts,
    released_by=many(texts),
    ended=many(endings),
)
plain_lines = lines.map(lambda line: replace(line, before=None, after=None, anchor=None, released_by=()))


def diff_lines(max_size: int = 5) -> st.SearchStrategy[tuple[Line, ...]]:
    """Lines of one diff: in order, each key once, numbered."""
    chosen = st.lists(st.one_of(plain_lines, lines), max_size=max_size, unique_by=lambda line: line.key)
    ordered = chosen.map(lambda found: sorted(found, key=lambda line: line.key))
    return ordered.map(lambda found: tuple(replace(line, n=n) for n, line in enumerate(found)))
