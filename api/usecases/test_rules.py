"""Run the tests that stand in the rules of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.runners.bench import TestBench
from api.runners.targets import read_mappings
from api.settings.workspace import Workspace
from api.usecases.choose_tests import Choice, choose_tests
from api.usecases.fixtures import read_fixtures
from api.usecases.load_policy import LoadedPolicy, load_policy
from engine.testing.run import uses_field_mapping
from policy.field_mapping import FieldMapping
from policy.ports import ScriptRunner
from policy.rules import CheckedPolicy
from policy.source import SourceFile
from policy.testing import PolicyTest


@dataclass(frozen=True, slots=True)
class PreparedTests:
    """Tests chosen to run, in the order of files and lines, and what they run on.

    `files` are those of the rules, `fixtures` the vault files behind the paths that tests name, `mapping_files` the
    field mappings of the targets. `note` says what a reader should know of the choice ("": nothing).
    """

    bench: TestBench
    tests: tuple[PolicyTest, ...]
    files: Mapping[str, SourceFile]
    fixtures: Mapping[str, Path]
    mapping_files: tuple[Path, ...] = ()
    note: str = ""

    @property
    def policy(self) -> CheckedPolicy:
        """Policy under test."""
        return self.bench.policy


def prepare_tests(workspace: Workspace, scripts: ScriptRunner, choice: Choice) -> PreparedTests:
    """Read the rules and what their tests need.

    Raises DataError when the rules have errors, UsageError when git does not know the revision of `choice`.
    """
    return prepare_loaded(load_policy(workspace), workspace, scripts, choice)


def prepare_loaded(loaded: LoadedPolicy, workspace: Workspace, scripts: ScriptRunner, choice: Choice) -> PreparedTests:
    """Read what the tests of rules that were loaded need. Raises DataError when the rules have errors."""
    policy = loaded.require()
    chosen = choose_tests(workspace, policy, choice)
    tests = chosen.tests
    fixtures = read_fixtures(workspace, tests, timezone=policy.timezone, scripts=scripts)
    bench = TestBench(policy, fixtures.snapshots, _mappings(workspace, tests), fixtures.broken)
    return PreparedTests(bench, tests, loaded.files, fixtures.files, _mapping_files(workspace), chosen.note)


def _mappings(workspace: Workspace, tests: tuple[PolicyTest, ...]) -> dict[str, FieldMapping]:
    return read_mappings(workspace) if any(uses_field_mapping(one) for one in tests) else {}


def _mapping_files(workspace: Workspace) -> tuple[Path, ...]:
    named = (section.fields for section in workspace.settings.targets.values())
    return tuple(workspace.root / path for path in named if path)
