"""What comes out of a migration: files of rules, and what became of every exported rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dsl.migrate.rules import WrittenRule
from policy.diagnostics import Diagnostic
from policy.source import SourceFile


@dataclass(frozen=True, slots=True)
class Migration:
    """Rules files (paths relative to the rules folder) that compile together, and how they came about.

    `rules` are in order of the export; `file_of` gives the file of each by its id. `targets` are the ids of targets by
    the names of their systems. `excluded` counts the persons whom the export's product left alone, for whom an
    exclusion is written. `problems` are in order of place. `apart` are files of a policy that is for comparison alone:
    rules whose conditions are asked of all contracts one by one.
    """

    files: tuple[SourceFile, ...]
    rules: tuple[WrittenRule, ...]
    file_of: Mapping[str, str]
    targets: Mapping[str, str]
    excluded: int
    problems: tuple[Diagnostic, ...]
    apart: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Persons that a rule selects: there (None: not counted) and `here` (None: the rule is not carried over).

    `reasons` are what the difference probably comes from; empty when there is none.
    """

    written: WrittenRule
    there: int | None
    here: int | None
    reasons: tuple[str, ...]

    @property
    def difference(self) -> int | None:
        """Persons more here than there; None when one of the two is not known."""
        return None if self.there is None or self.here is None else self.here - self.there
