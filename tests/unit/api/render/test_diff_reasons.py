"""Every form of a diff shows why something is taken away."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from api.render.diff_page import render_page
from api.render.diff_text import render_csv, render_diff
from api.render.diff_view import DiffView, view_json
from policy.canonical import canonical_json
from policy.diff import Ended
from tests.unit.engine.trust.signed_town import LINES, sign, verify

GONE = Ended("the person is gone from the sources")
SAYS = "basic (hr.ordain:3), contract C2: the window, 2024-01-01 to 2026-02-28, is over"
VIEW = DiffView(verify(sign()).statement, (*LINES[:4], replace(LINES[4], ended=(GONE,))), "open")


def test_text_says_why_something_is_taken_away() -> None:
    text = render_diff(VIEW)
    assert f"no longer: {SAYS}\n" in text
    assert "no longer: the person is gone from the sources\n" in text
    assert text.count("no longer") == 2


def test_csv_has_a_column_for_it() -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(VIEW))))
    assert [row["ended"] for row in rows] == ["", "", "", SAYS, "the person is gone from the sources"]
    assert rows[3]["why"] == "1 of 1"


def test_the_page_says_it_and_names_the_rule() -> None:
    page = render_page(VIEW)
    assert "<code>basic</code> at <code>hr.ordain:3</code>, contract C2: the window, 2024-01-01 to" in page
    assert "no longer: the person is gone from the sources" in page


def test_the_page_escapes_what_data_say() -> None:
    line = replace(LINES[4], ended=(Ended('saw "<script>"', "r", "hr.ordain:1"),))
    assert "saw &#34;&lt;script&gt;&#34;" in render_page(replace(VIEW, lines=(line,)))


def test_machines_get_it_as_the_line_has_it() -> None:
    assert b'"ended":[{"at":"","contract":"","rule":"","text":"the person is gone' in canonical_json(view_json(VIEW))
