"""Tests run from the editor, on the text as it stands there: what came of each, until the rules change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from api.lsp.desk import Sight
from api.lsp.project import Checked
from api.render.test_problems import problems_of
from api.usecases.choose_tests import Choice
from api.usecases.test_rules import prepare_loaded
from connectors.javascript.runner import JavaScriptRunner
from policy.diagnostics import Diagnostic
from policy.source import SourceFile
from policy.test_outcomes import TestOutcome

_SAID = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a test that was run."""

    passed: bool
    words: str


@dataclass(slots=True)
class Trials:
    """Outcomes of tests by folder of the workspace and title, each with the digest of the rules it ran on."""

    _outcomes: dict[tuple[Path, str], tuple[str, TestOutcome]] = field(default_factory=dict)

    def verdict(self, sight: Sight, title: str) -> bool | None:
        """Tell whether a test passed on the rules as they stand; None when it was not run on them."""
        found = self._outcomes.get((sight.world.root, title)) if sight.world is not None else None
        if found is None or sight.policy is None or sight.checked is None or found[0] != sight.checked.digest:
            return None
        return found[1].passed

    def problems(self, root: Path, checked: Checked) -> Iterable[Diagnostic]:
        """Give what failed in tests that ran on the rules of this check."""
        if checked.loaded is None:
            return
        for (where, _), (digest, outcome) in list(self._outcomes.items()):
            if where == root and digest == checked.digest:
                yield from problems_of(outcome, checked.loaded.files)

    def run(self, sight: Sight, title: str) -> Told:
        """Run one test on the rules as they stand. Raises OrdainError when what it needs cannot be read."""
        policy, checked = sight.policy, sight.checked
        if policy is None or checked is None or checked.loaded is None or sight.files is None or sight.world is None:
            return Told(passed=False, words=f"“{title}” cannot be run while the rules have errors.")
        if sight.files.workspace is None or title not in policy.tests:
            return Told(passed=False, words=f"There is no test “{title}”.")
        scripts = JavaScriptRunner()
        try:
            prepared = prepare_loaded(checked.loaded, sight.files.workspace, scripts, Choice(title))
            outcome = prepared.bench.run(policy.tests[title], scripts).outcome
        finally:
            scripts.close()
        self._outcomes[sight.world.root, title] = (checked.digest, outcome)
        return Told(outcome.passed, _words(outcome, checked.loaded.files))


def _words(outcome: TestOutcome, files: Mapping[str, SourceFile]) -> str:
    """Say in a few lines what came of a test; what is said of each expectation stands beside it."""
    if outcome.passed:
        return f"✓ {outcome.test.title}"
    failed = [one.detail for one in problems_of(outcome, files)]
    more = [f"… and {len(failed) - _SAID:,} more, beside their lines"] if len(failed) > _SAID else []
    return "\n".join((f"✗ {outcome.test.title}", *failed[:_SAID], *more))
