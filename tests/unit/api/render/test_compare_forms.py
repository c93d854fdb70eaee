"""A comparison as text, Markdown, html, JSON and diagnostics."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from api.render.compare_json import comparison_json
from api.render.compare_markdown import MOST_CHARACTERS, render_markdown
from api.render.compare_page import render_comparison_page
from api.render.compare_problems import comparison_problems
from api.render.compare_text import render_comparison
from api.render.sarif import render_sarif
from policy.comparison import SideEffects, Version
from policy.proofs import Verdict
from policy.source import Span
from tests.builders.comparisons import comparison, effects, people, same, widened
from tests.builders.sarif import assert_valid_sarif

WHOLE = comparison(widened(*people(12)), same("Same"), widened(name="Ward {contract.title.code}"), follows=effects())


def test_the_text_tells_it_as_a_reviewer_reads_it() -> None:
    text = render_comparison(WHOLE)
    assert text.startswith(
        "main (1a2b3c4) → the workspace .\n"
        "3 entitlements: 1 widened, 1 undecided, 1 the same (proved).\n"
        "Real people: 500 persons of the snapshot of town, imported 2026-03-01, 2026-03-02 to 2026-05-31.\n"
        "\n"
        "+ widened  account in ad\n"
        "    Somebody gains account in ad, on 2026-03-02:\n"
        '        department "CARE"\n'
        '        department "W3" below "CARE"\n'
        '        person "P"\n'
        '            contract "C"\n'
        '                department: "W3"\n'
        "                start_date: 2026-03-02\n"
        '                type.code: "EXT"\n'
        "            end\n"
        "        end\n"
        "      BASE ✗ not entitled: rule staff (a.ordain:2) comes nearest\n"
        '             contract.type.code is "EMP" is false (saw "EXT"). (a.ordain:3)\n'
        "      HEAD ✓ entitled because of rule staff (a.ordain:4)\n"
        "    to blame: rule staff: the condition on contract.type.code changed\n"
        '        BASE  a.ordain:3  contract.type.code is "EMP"\n'
        '        HEAD  a.ordain:3  contract.type.code in ("EMP", "EXT")\n'
        "    12 persons gain it on 2026-03-02: 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007 and 4 more\n"
        "    1 person loses it later: 9 (from 2026-04-01, left alone for now)\n"
    )
    assert '\n? undecided  permission "Ward {contract.title.code}" in ad\n    no way within 10 cases\n' in text
    assert "  = " not in text
    assert "  never pay became violable: the rules entitle somebody to both sides; in BASE nobody can be" in text
    assert "  test “A nurse” (t.ordain:4), as BASE has it fails now\n      2026-03-01: she gets nothing\n" in text
    assert text.endswith(
        "Suggested version step: major\n  because account in ad is widened: people get what they did not get before\n"
    )


def test_all_shows_what_is_the_same_and_colours_are_asked_for() -> None:
    assert '\n  = permission "Same" in ad\n' in render_comparison(WHOLE, everything=True)
    painted = render_comparison(WHOLE, colour=True)
    assert re.sub("\x1b\\[[0-9]+m", "", painted) == render_comparison(WHOLE)
    assert "\x1b[32m+ widened" in painted


def test_nothing_hides_in_a_terminal() -> None:
    hostile = comparison(widened(name="X\x1b[31m\u202e"))
    assert "X<U+001B>[31m<U+202E>" in render_comparison(hostile)


def test_json_has_the_shape_that_machines_expect() -> None:
    document = json.loads(json.dumps(comparison_json(WHOLE)))
    assert document["version"] == "major"
    assert [(one["target"], one["kind"], one["name"], one["verdict"]) for one in document["entitlements"]] == [
        ("ad", "account", "", "widened"),
        ("ad", "permission", "Ward {contract.title.code}", "undecided"),
    ]
    first, second = document["entitlements"]
    assert first["witness"]["person"]["contracts"][0]["values"]["type.code"] == "EXT"
    assert first["witness"]["departments"][1] == {
        "external_id": "W3",
        "parent_external_id": "CARE",
        "manager": None,
    }
    assert first["witness"]["base"]["answers"][0]["entitled"] is False
    assert first["witness"]["head"]["answers"][0]["entitled"] is True
    assert first["blame"][0]["head"]["line"] == 3
    assert (len(first["gains"]), first["loses"][0]["left_alone"]) == (12, True)
    assert second["witness"] is None
    assert second["why"] == "no way within 10 cases"
    follows = document["side_effects"]
    assert {name: len(one) for name, one in follows.items()} == {
        "declarations": 1,
        "nevers": 1,
        "limits": 1,
        "tests": 2,
        "left_out": 1,
    }
    assert follows["nevers"][0]["head"]["violable"] == "yes"
    assert len(comparison_json(WHOLE, everything=True)["entitlements"]) == 3  # type: ignore[arg-type]  # JSON


def test_markdown_has_a_table_and_folded_details() -> None:
    text = render_markdown(WHOLE)
    assert "| 🟢 | `account in ad` | widened | 12 gain, 1 loses | `a.ordain:3` |" in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert '```ordain\ndepartment "CARE"\n' in text
    assert "suggested version step: **major**" in text
    assert "- 🔴 never pay became violable" in text


def test_markdown_forms_nothing_from_names() -> None:
    text = render_markdown(comparison(widened(name="a|b `c` @admins <img src=x> [x](http://y)")))
    assert '| 🟡 | ``permission "a\\|b `c` @admins <img src=x> [x](http://y)" in ad`` |' in text
    assert 'permission "a|b `c` &#64;admins &lt;img src=x&gt; [x](http://y)" in ad: undecided</summary>' in text
    outside_code = re.sub(r"``.*?``|<summary>.*</summary>", "", text)
    assert "@admins" not in outside_code
    assert "<img" not in outside_code
    assert "](http" not in outside_code


@pytest.mark.parametrize("count", [100, 3_000])
def test_markdown_stays_within_what_github_takes(count: int) -> None:
    many = comparison(*[widened(*people(3))] * count, follows=effects())
    text = render_markdown(many)
    assert len(text) <= MOST_CHARACTERS
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```ordain") * 2 == text.count("```")
    assert re.search(r"> .*left out: a comment holds no more", text) is not None
    assert render_markdown(WHOLE).count("left out: a comment") == 0


def test_each_finding_is_a_diagnostic_at_the_clause_to_blame() -> None:
    found = {one.code: one for one in comparison_problems(WHOLE)}
    assert sorted(found) == ["ORD1130", "ORD1133", "ORD1134", "ORD1135", "ORD1136", "ORD1137"]
    assert found["ORD1130"].span is not None
    assert found["ORD1130"].span.at == "a.ordain:3"
    assert "to blame: rule staff".casefold() in found["ORD1130"].detail.casefold()
    assert found["ORD1135"].span is not None
    assert found["ORD1135"].span.at == "a.ordain:3"


def test_sarif_is_valid_and_every_result_has_a_place() -> None:
    problems = comparison_problems(WHOLE, anywhere=Span("policy.ordain", 1, 1, 1, 8))
    log = render_sarif(problems, version="1.0.0", folder="rules")
    assert {one.span.path for one in problems if one.span is not None} == {"a.ordain", "policy.ordain", "t.ordain"}
    assert all(one.span is not None for one in problems)
    assert_valid_sarif(json.loads(json.dumps(log)))


def test_the_page_holds_everything_and_no_data_becomes_markup() -> None:
    page = render_comparison_page(comparison(widened(*people(2)), widened(name="<img src=x>"), same("Same")))
    assert page.count("<article") == 3
    assert "<img" not in page
    assert "&lt;img src=x&gt;" in page


def test_an_empty_comparison_is_told_as_such() -> None:
    calm = comparison(same("Same"), follows=SideEffects(), version=Version.PATCH)
    assert "1 entitlement: all the same, which is proved for every possible person." in render_comparison(calm)
    assert "| --- |" not in render_markdown(calm)
    assert comparison_json(calm)["entitlements"] == []
    assert comparison_problems(calm) == ()


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.WIDENED, "ORD1130"),
        (Verdict.NARROWED, "ORD1131"),
        (Verdict.MIXED, "ORD1132"),
        (Verdict.UNDECIDED, "ORD1133"),
    ],
)
def test_every_verdict_has_its_code(verdict: Verdict, code: str) -> None:
    one = replace(widened(name="X"), verdict=verdict)
    (problem,) = comparison_problems(comparison(one))
    assert (problem.code, problem.span, problem.subject) == (code, None, 'permission "X" in ad')
