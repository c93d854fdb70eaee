from __future__ import annotations

import json

import pytest

from api.render.diagnostics import count_by_severity, render_json, render_text
from api.render.github import render_github
from api.render.sarif import render_sarif
from policy.diagnostics import Diagnostic, DiagnosticKind, Severity
from policy.source import SourceFile, Span
from tests.builders.sarif import assert_valid_sarif

ERROR = DiagnosticKind("ORD9901", Severity.ERROR, "Nothing of the kind")
WARNING = DiagnosticKind("ORD9902", Severity.WARNING, "Smells")
NOTE = DiagnosticKind("ORD9903", Severity.NOTE, "By the way")
TEXT = "rule a\n\twhen contract.departmnt is 100\nend\n"
SOURCES = {"a.ordain": SourceFile("a.ordain", TEXT)}
PLACE = Span("a.ordain", 2, 7, 2, 25)


def diagnostic(kind: DiagnosticKind = ERROR, **more: object) -> Diagnostic:
    return Diagnostic(kind, **{"detail": "There is no such field.", "span": PLACE, **more})  # type: ignore[arg-type] # free fields


def test_text_shows_place_line_carets_detail_and_hint() -> None:
    shown = render_text([diagnostic(hint="did you mean `department`?\nor `title`?")], SOURCES)
    assert shown == (
        "a.ordain:2:7: error ORD9901 Nothing of the kind\n"
        "    2 |     when contract.departmnt is 100\n"
        "      |          ^^^^^^^^^^^^^^^^^^\n"
        "    There is no such field.\n"
        "    hint: did you mean `department`?\n"
        "          or `title`?\n"
    )


def test_text_names_related_places() -> None:
    shown = render_text([diagnostic(related=(("first declared here", Span("b.ordain", 4, 1, 4, 2)),))], SOURCES)
    assert "    see: b.ordain:4:1: first declared here\n" in shown


def test_text_without_a_place_names_the_subject() -> None:
    assert render_text([diagnostic(span=None, subject="person 10001")], {}).startswith("person 10001: error ORD9901")
    assert render_text([diagnostic(span=None)], {}).startswith("error ORD9901")


def test_text_without_the_file_has_no_line() -> None:
    assert "|" not in render_text([diagnostic()], {})


def test_nothing_to_show_is_empty() -> None:
    assert render_text([], SOURCES) == ""
    assert render_json([]) == []
    assert render_github([]) == ""


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in render_text([diagnostic()], SOURCES)
    assert "\x1b[1;31merror ORD9901\x1b[0m" in render_text([diagnostic()], SOURCES, colour=True)


def test_a_stretch_of_lines_is_marked_to_the_end_of_its_first() -> None:
    shown = render_text([diagnostic(span=Span("a.ordain", 1, 6, 3, 4))], SOURCES)
    assert "    1 | rule a\n      |      ^\n" in shown


@pytest.mark.parametrize(
    "place", [Span("a.ordain", 9, 1, 9, 1), Span("a.ordain", 3, 4, 3, 4), Span("a.ordain", 3, 90, 3, 95)]
)
def test_the_end_of_a_file_still_has_a_caret(place: Span) -> None:
    assert "^" in render_text([diagnostic(span=place)], SOURCES)


def test_wide_letters_and_combining_marks_keep_the_caret_in_place() -> None:
    source = SourceFile("w", 'when x is "\u8b77e\u0301" or y')
    shown = render_text([diagnostic(span=Span("w", 1, 20, 1, 21))], {"w": source}).split("\n")
    column = shown[1].index("y")  # the wide letter takes one column more, the mark one less
    assert shown[2].index("^") == column


def test_unseen_characters_never_reach_the_terminal() -> None:
    source = SourceFile("b", 'about "\u202egnp\x1b[31m"')
    shown = render_text([diagnostic(span=Span("b", 1, 7, 1, 9), detail="bad \x07 text")], {"b": source})
    assert 'about "<U+202E>gnp<U+001B>[31m"' in shown
    assert "bad <U+0007> text" in shown
    assert not any(letter in shown for letter in "\u202e\x1b\x07")


def test_json_carries_everything() -> None:
    [one] = render_json([diagnostic(hint="do it", related=(("there", Span("b", 1, 2, 3, 4)),))])
    assert json.loads(json.dumps(one)) == {
        "code": "ORD9901",
        "severity": "error",
        "summary": "Nothing of the kind",
        "detail": "There is no such field.",
        "hint": "do it",
        "subject": None,
        "place": {"path": "a.ordain", "line": 2, "column": 7, "end_line": 2, "end_column": 25},
        "related": [
            {"detail": "there", "place": {"path": "b", "line": 1, "column": 2, "end_line": 3, "end_column": 4}}
        ],
    }
    assert render_json([diagnostic(span=None)])[0]["place"] is None


def test_counts_in_words() -> None:
    assert count_by_severity([]) == "no problems"
    assert count_by_severity([diagnostic(), diagnostic(WARNING), diagnostic(WARNING)]) == "1 error, 2 warnings"
    assert count_by_severity([diagnostic(), diagnostic(), diagnostic(NOTE)]) == "2 errors, 1 note"


def test_github_escapes_and_places() -> None:
    shown = render_github([diagnostic(detail="100 %\nsure", hint="go: on, now")], folder="rules/")
    assert shown == (
        "::error file=rules/a.ordain,line=2,endLine=2,title=ORD9901 Nothing of the kind,col=7,endColumn=25"
        "::100 %25%0Asure%0Ahint: go: on, now\n"
    )


def test_github_escapes_properties_and_drops_columns_over_several_lines() -> None:
    kind = DiagnosticKind("ORD9904", Severity.NOTE, "A: B, C")
    shown = render_github(
        [diagnostic(kind, span=Span("a,b", 1, 2, 3, 4)), diagnostic(kind, span=None, subject="person 1")]
    )
    assert shown == (
        "::notice file=a%2Cb,line=1,endLine=3,title=ORD9904 A%3A B%2C C::There is no such field.\n"
        "::notice title=ORD9904 A%3A B%2C C::person 1: There is no such field.\n"
    )


@pytest.mark.parametrize(("count", "lines"), [(9, 9), (10, 10), (11, 10), (40, 10)])
def test_github_never_exceeds_ten_of_a_level(count: int, lines: int) -> None:
    shown = render_github([diagnostic()] * count + [diagnostic(WARNING)] * 2).splitlines()
    assert sum(line.startswith("::error ") for line in shown) == lines
    assert sum(line.startswith("::warning ") for line in shown) == 2
    if count > 10:
        assert f"{count - 9} more that GitHub has no room for: {count - 9} x ORD9901." in shown[9]


def test_sarif_lists_kinds_once_and_places_results() -> None:
    log = render_sarif(
        [
            diagnostic(WARNING, hint="act"),
            diagnostic(related=(("there", PLACE),)),
            diagnostic(span=None, subject="person 1"),
        ],
        version="0.1.0",
        folder="the rules",
    )
    [run] = log["runs"]  # type: ignore[misc,union-attr] # a SARIF log is nested JSON
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["ORD9901", "ORD9902"]
    first, second, third = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("ORD9902", 1, "warning")
    assert first["message"]["text"] == "There is no such field.\nHint: act"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "the%20rules/a.ordain"},
        "region": {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 25},
    }
    assert second["relatedLocations"][0]["message"]["text"] == "there"
    assert third["message"]["text"] == "person 1: There is no such field."
    assert "locations" not in third
    assert log["version"] == "2.1.0"
    assert_valid_sarif(log)
    assert_valid_sarif(render_sarif([], version="0.1.0"))
