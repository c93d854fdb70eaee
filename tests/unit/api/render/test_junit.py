"""JUnit XML that any reader takes, whatever stands in a test."""

from __future__ import annotations

from dataclasses import replace

from junitparser import JUnitXml

from api.render.test_junit import render_junit
from engine.testing.run import run_test
from policy.source import SourceFile
from policy.test_outcomes import TestRun, TimedOutcome
from tests.builders.played import PLACE, contract, on, person, policy_of, scenario

POLICY = policy_of('rule everybody "All"\n    grant account in ad\nend\nfield contract.type.code is text required\n')


def run_of(title: str, *said: str) -> TestRun:
    test = replace(scenario(on("2026-03-01", *said), persons=(person("P1", contract()),)), title=title)
    return TestRun((TimedOutcome(run_test(POLICY, test, {}), 0.25),), 1)


def test_what_xml_has_no_form_for_is_shown_by_name() -> None:
    text = render_junit(run_of('a <b> & "c" \x07 \u202e \ufffe', "nothing"), {})

    (suite,) = JUnitXml.fromstring(text.encode())
    (case,) = suite
    assert case.name == 'a <b> & "c" <U+0007> <U+202E> \ufffd'


def test_seconds_and_smells_are_told() -> None:
    files = {PLACE.path: SourceFile(PLACE.path, "\n" * 89 + "    expect account in ad")}
    (suite,) = JUnitXml.fromstring(render_junit(run_of("t", "entitled ad account"), files).encode())

    (case,) = suite
    assert (suite.time, case.time, case.result) == (0.25, 0.25, [])
    assert "contract.type.code is required" in case.system_out
