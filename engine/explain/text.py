"""An explanation in plain words, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from policy.explanations import (
    Answer,
    AttemptExplained,
    ConditionExplained,
    Explanation,
    GrantExplained,
    WindowExplained,
)


def explanation_text(explanation: Explanation) -> str:
    """Whole explanation as text with LF line ends, a trailing one included."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"Person {explanation.person} on {explanation.as_of.isoformat()}"
    if not explanation.present:
        yield "  is not in the sources, and so entitled to nothing."
    for problem in explanation.frozen:
        yield f"  frozen by {problem.code}: {problem.text}"
    for exclusion in explanation.excluded:
        scope = "all targets" if exclusion.targets is None else ", ".join(sorted(exclusion.targets))
        yield f"  excluded from {scope} by {exclusion.exclusion} ({exclusion.at})"
    for exclusion in explanation.ended:
        yield f"  exclusion {exclusion.exclusion} is over ({exclusion.at})"
    if explanation.present and not explanation.answers:
        yield "  is entitled to nothing."
    for answer in explanation.answers:
        yield ""
        yield from answer_lines(answer, present=explanation.present)


def answer_lines(answer: Answer, *, present: bool = True) -> Iterator[str]:
    """Answer about one entitlement, a person who is `present` or not, line by line."""
    yield f"{answer.entitlement}: {'entitled' if answer.entitled else 'not entitled'}"
    for grant in answer.because:
        yield f"  because of {_rule(grant)}"
        for attempt in grant.attempts:
            if attempt.given:
                yield from _attempt_lines(attempt)
    if not answer.entitled and present and not answer.nearest:
        yield "  No rule grants such a thing."
    for number, grant in enumerate(answer.nearest):
        yield f"  {'nearest is' if number == 0 else 'then'} {_rule(grant)}"
        yield from (f"    ✗ {_of(failure.contract)}{failure.text} ({failure.at})" for failure in grant.failures)


def _rule(grant: GrantExplained) -> str:
    via = f" through role {' → '.join(grant.via)}" if grant.via else ""
    draft = "draft rule" if grant.draft else "rule"
    title = f": {grant.title}" if grant.title else ""
    return f"{draft} {grant.rule} ({grant.at}), for {grant.scope}{via}{title}"


def _of(contract: str) -> str:
    return f"contract {contract}: " if contract else ""


def _attempt_lines(attempt: AttemptExplained) -> Iterator[str]:
    through = f"contract {attempt.contract}" if attempt.contract else "the person"
    yield f"    {through}{_window(attempt.window)}"
    if attempt.condition is not None:
        yield from _condition_lines(attempt.condition, 6)


def _window(window: WindowExplained | None) -> str:
    if window is None:
        return ""
    last = f"to {window.last.isoformat()}" if window.last else "without an end"
    return f", window {window.first} {last}"


def _condition_lines(condition: ConditionExplained, indent: int) -> Iterator[str]:
    mark = "✓" if condition.verdict else "✗"
    saw = ""
    if condition.compares:
        value = "hidden" if condition.hidden else condition.saw or "no value"
        against = f", against {condition.against}" if condition.against else ""
        saw = f" — saw {value}{against}"
    yield f"{' ' * indent}{mark} {_words(condition)}{saw}"
    for part in condition.parts:
        yield from _condition_lines(part, indent + 2)


def _words(condition: ConditionExplained) -> str:
    """Words of a condition without those that its parts say again below it."""
    joined = next((one for one in ("all of", "any of", "none of") if condition.text.startswith(f"{one} (")), None)
    return f"{joined}:" if joined and condition.parts else condition.text
