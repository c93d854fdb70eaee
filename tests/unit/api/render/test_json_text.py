"""JSON that a terminal cannot be steered by."""

import json

from hypothesis import given
from hypothesis import strategies as st

from api.render.counting import counted
from api.render.json_text import json_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
)


@given(value=VALUES, ascii_only=st.booleans())
def test_the_value_comes_back(value: object, *, ascii_only: bool) -> None:
    text = json_text(value, ascii_only=ascii_only)  # type: ignore[arg-type]  # JSON by construction
    assert json.loads(text) == value
    assert not ascii_only or text.isascii()
    assert [letter for letter in text if letter in "\x1b\x7f\x9b\u200f\u2028\u202e\u2066\ufeff"] == []


def test_numbers_have_nouns() -> None:
    assert [counted(number, "person") for number in (0, 1, 2, 1200)] == [
        "0 persons",
        "1 person",
        "2 persons",
        "1,200 persons",
    ]
