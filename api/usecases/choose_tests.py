"""Which tests of a policy are run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from api.settings.workspace import Workspace
from api.usecases.fixtures import find_fixture
from api.usecases.load_policy import PolicyError
from api.usecases.versions import open_version
from engine.testing.run import uses_field_mapping
from engine.testing.touched import touched_tests
from policy.catalogue.comparison import REVISION_WITHOUT_WORKSPACE
from policy.catalogue.workspace import NO_RULES
from policy.diagnostics import UsageError
from policy.rules import CheckedPolicy
from policy.testing import PolicyTest


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tests to run: those whose title or file holds `text`, in capitals or not (None: all).

    `changed_since` is a git revision: only tests that what changed since then can touch.
    """

    text: str | None = None
    changed_since: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Tests in the order of files and lines; `note` says why there are more than were asked for, if there are."""

    tests: tuple[PolicyTest, ...]
    note: str = ""


def choose_tests(workspace: Workspace, policy: CheckedPolicy, choice: Choice) -> Chosen:
    """Choose tests. Raises UsageError when git does not know the revision."""
    called = in_reading_order(one for one in policy.tests.values() if _is_called(one, choice.text))
    if choice.changed_since is None:
        return Chosen(called)
    try:
        touched = _touched_since(choice.changed_since, workspace, policy)
    except PolicyError:
        return Chosen(called, f"The rules had errors at {choice.changed_since}, so all tests are run.")
    except UsageError as error:
        if error.diagnostic.kind not in {REVISION_WITHOUT_WORKSPACE, NO_RULES}:
            raise
        return Chosen(called, f"There were no rules at {choice.changed_since} yet, so all tests are run.")
    return Chosen(tuple(one for one in called if one.title in touched))


def in_reading_order(tests: Iterable[PolicyTest]) -> tuple[PolicyTest, ...]:
    """Order tests as they stand in the files."""
    return tuple(sorted(tests, key=lambda one: (one.span.path, one.span.line, one.title)))


def _is_called(test: PolicyTest, text: str | None) -> bool:
    wanted = (text or "").casefold()
    return wanted in test.title.casefold() or wanted in test.span.path.casefold()


def _touched_since(revision: str, workspace: Workspace, policy: CheckedPolicy) -> frozenset[str]:
    with open_version(revision, side="--changed-since", workspace=workspace.root) as before:
        touched = touched_tests(before.policy, policy)
        return touched.union(_through_files(before.workspace, workspace, policy.tests.values()))


def _through_files(before: Workspace, now: Workspace, tests: Iterable[PolicyTest]) -> Iterator[str]:
    """Titles of tests whose vault files, or the field mappings they hang on, are not what they were."""
    mapped = _mappings(before) == _mappings(now)
    for test in tests:
        paths = [path for path, _ in test.snapshots]
        same = all(_content(find_fixture(before, path)) == _content(find_fixture(now, path)) for path in paths)
        if not same or (uses_field_mapping(test) and not mapped):
            yield test.title


def _mappings(workspace: Workspace) -> dict[str, bytes | None]:
    named = {name: section.fields for name, section in workspace.settings.targets.items()}
    return {name: _content(workspace.root / path if path else None) for name, path in named.items()}


def _content(path: Path | None) -> bytes | None:
    return path.read_bytes() if path is not None and path.is_file() else None
