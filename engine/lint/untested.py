"""Published rules that no test of the policy looks at."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from policy.catalogue.lint import NO_TEST
from policy.diagnostics import Diagnostic
from policy.entitlements import Entitlement
from policy.lint import LintFinding


def find_untested(context: LintContext) -> Iterator[LintFinding]:
    """Note rules whose grants no expectation names and that stand behind no `because`.

    Where the policy has no tests at all that is one note, at the first rule: to begin is one step.
    """
    if not context.published:
        return
    if not context.policy.tests:
        first = min(context.published, key=lambda rule: (rule.span.path, rule.span.line))
        count = len(context.published)
        words = "The one published rule is" if count == 1 else f"The {count} published rules are"
        hint = "write a `test` with somebody who gets what a rule grants, and somebody who does not"
        yield LintFinding(Diagnostic(NO_TEST, f"{words} looked at by no test: there is none.", first.span, hint))
        return
    looked_at = _looked_at(context)
    for rule in context.published:
        if rule.id not in looked_at:
            detail = f"No test expects anything that `{rule.id}` grants, and none names it behind `because`."
            hint = f"add an expectation that ends with `because {rule.id}`"
            yield LintFinding(Diagnostic(NO_TEST, detail, rule.span, hint))


def _looked_at(context: LintContext) -> set[str]:
    """Ids behind `because`, and of rules that may grant what is expected or expected to be absent."""
    found: set[str] = set()
    expected: set[Entitlement] = set()
    for test in context.policy.tests.values():
        for day in test.days:
            for one in day.expectations:
                found.update(one.because)
                expected.update(one.entitlements)
    for entitlement in expected:
        found.update(context.givers.of(entitlement))
    return found
