"""Entries of the ledger with awkward names and details, in whatever a real system may hold."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from policy.canonical import normal_text
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState

AWKWARD = (
    'O"Neill',
    "back\\slash",
    "tab\there",
    "line\nend",
    "\x00\x1f\x7f",
    "é",
    "e\u0301",
    "ﬁ",
    "\u2028\u2029",
    "😀",
    "a,b",
)
"""Quotes, escapes, controls, decomposed letters, line separators, letters beyond the basic plane."""

texts = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
filled = texts.filter(bool)
persons = st.one_of(st.sampled_from(("P1", "P2", "P10")), filled)
targets = st.sampled_from(("ad", "entra", "erp"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**52), 2**52) | texts.map(normal_text),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)
maps = st.dictionaries(st.sampled_from(("name", "mail", "is_new")), values, max_size=2)


@st.composite
def keys(draw: st.DrawFn) -> EntitlementKey:
    kind = draw(st.sampled_from(Kind))
    name = draw(st.one_of(st.sampled_from(("A", "B", "Z")), filled)) if kind is Kind.PERMISSION else ""
    return EntitlementKey(draw(persons), draw(targets), kind, name)


@st.composite
def entries(draw: st.DrawFn) -> ManagedEntitlement:
    key, generation = draw(keys()), draw(st.sampled_from((1, 1, 2, 7, 1000)))
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        more = {
            "anchor": draw(texts),
            "attributes": draw(maps),
            "account_data": draw(maps),
            "iteration": draw(st.integers(0, 3)),
            "disabled_on": draw(st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))),
            "unmanage": draw(st.booleans()),
        }
    return ManagedEntitlement(key, generation, **more)


@st.composite
def awkward_states(draw: st.DrawFn, max_size: int = 12) -> ManagedState:
    """Managed states of any content, in any order of entries."""
    found = {one.key: one for one in draw(st.lists(entries(), max_size=max_size))}
    return ManagedState(draw(st.sampled_from(("L1", 'L"2'))), draw(st.integers(0, 99)), found)
