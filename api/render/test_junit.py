"""Tests as JUnit XML, which build servers read: a suite per file, a case per test, a failure per case at most.

There is no one standard; this keeps to what the schema of the Jenkins xUnit plugin and that of GitLab both take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from api.render.diagnostics import show_unseen
from api.render.test_problems import problems_of
from policy.diagnostics import Diagnostic, Severity
from policy.source import SourceFile
from policy.test_outcomes import TestRun, TimedOutcome

_NOT_IN_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 has no form for, besides the controls that `show_unseen` shows."""


def render_junit(run: TestRun, files: Mapping[str, SourceFile]) -> str:
    """XML document of a run, in UTF-8, with LF line ends."""
    suites = [
        (path, [_case(one, files) for one in tests], _counted(tests))
        for path, group in groupby(run.tests, key=lambda one: one.outcome.test.span.path)
        for tests in [[*group]]
    ]
    return _document(suites)


def render_junit_of_problems(problems: Iterable[Diagnostic]) -> str:
    """XML document that says why no test could be run: the rules have errors."""
    errors = [one for one in problems if one.severity is Severity.ERROR]
    text = "\n".join(_words(one) for one in errors)
    case = [
        '    <testcase classname="rules" name="the rules can be read" time="0.000">',
        f"      <error{_attributes(message=f'{len(errors)} errors', type='rules')}>{_text(text)}</error>",
        "    </testcase>",
    ]
    return _document([("rules", [case], [1, 0, 1, 0.0])])


def _document(suites: Sequence[tuple[str, list[list[str]], list[float]]]) -> str:
    names = ("tests", "failures", "errors")
    total = [sum(numbers[at] for _, _, numbers in suites) for at in range(4)]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<testsuites{_attributes(name='ordain', **_numbers(names, total))}>")
    for path, cases, numbers in suites:
        lines.append(f"  <testsuite{_attributes(name=path, **_numbers(names, numbers))}>")
        lines += [line for case in cases for line in case]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _numbers(names: Sequence[str], numbers: Sequence[float]) -> dict[str, str]:
    counts = {name: str(int(number)) for name, number in zip(names, numbers, strict=False)}
    return {**counts, "time": f"{numbers[3]:.3f}"}


def _counted(tests: Sequence[TimedOutcome]) -> list[float]:
    """Count tests, those that failed, those that could not be run, and seconds."""
    failed = sum(bool(one.outcome.failures) for one in tests)
    broken = sum(bool(one.outcome.problems) for one in tests)
    return [len(tests), failed, broken, sum(one.seconds for one in tests)]


def _case(timed: TimedOutcome, files: Mapping[str, SourceFile]) -> list[str]:
    test = timed.outcome.test
    named = _attributes(classname=test.span.path, name=test.title, time=f"{timed.seconds:.3f}")
    problems = [*problems_of(timed.outcome, files)]
    errors = [one for one in problems if one.severity is Severity.ERROR]
    smells = [one for one in problems if one.severity is not Severity.ERROR]
    if not problems:
        return [f"    <testcase{named}/>"]
    lines = [f"    <testcase{named}>"]
    if errors:
        kind = "error" if timed.outcome.problems else "failure"
        said = errors[0].detail.split("\n")
        message = said[1] if len(said) > 1 else said[0]
        text = _text("\n\n".join(_words(one) for one in errors))
        lines.append(f"      <{kind}{_attributes(message=message, type=errors[0].code)}>{text}</{kind}>")
    if smells:
        lines.append(f"      <system-out>{_text(chr(10).join(_words(one) for one in smells))}</system-out>")
    return [*lines, "    </testcase>"]


def _words(problem: Diagnostic) -> str:
    where = f"{problem.span.at}: " if problem.span else ""
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    return f"{where}{problem.detail}{hint}"


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{_text(value)}"' for name, value in values.items())


def _text(text: str) -> str:
    lines = (show_unseen(_NOT_IN_XML.sub("\ufffd", line)) for line in text.split("\n"))
    return escape("\n".join(lines), quote=True)
