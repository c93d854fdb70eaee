"""Salt files of many lines: read in their one form only."""

from __future__ import annotations

import pytest

from engine.trust import salting
from engine.trust.salting import root_of, salts_file
from policy.diagnostics import RefusedError

LINES = b'{"n":0}\n{"n":1}\n{"n":2}\n'
SALTS = salts_file(LINES, diff="d", keys=[b"k" * 16], owners=[0, 0, 0])


@pytest.fixture(autouse=True)
def all_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salting, "FEW_LINES", 0)


def test_salts_of_many_lines_lead_to_the_root_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    many = root_of(LINES, SALTS, count=3)
    monkeypatch.setattr(salting, "FEW_LINES", 3)
    assert many == root_of(LINES, SALTS, count=3)


@pytest.mark.parametrize(
    "salts",
    [
        SALTS[:-1],
        SALTS[33:],
        SALTS + SALTS[:33],
        SALTS.upper(),
        SALTS[:-1] + b"0",
        SALTS.replace(b"\n", b" "),
        b" " + SALTS[1:],
        SALTS[:32] + b"\r" + SALTS[33:],
    ],
)
def test_salts_in_any_other_form_are_refused(salts: bytes) -> None:
    with pytest.raises(RefusedError, match="salt"):
        root_of(LINES, salts, count=3)
