"""Text to checked policy: every file read, every name resolved, every problem told in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dsl.checking import Checking
from dsl.lookups import Lookup, lies_within_rules, read_lookup
from dsl.lower.policy import lower_policy
from dsl.names import collect_names
from dsl.problems import Findings
from dsl.read.remembered import read_file
from dsl.schema import build_schema
from dsl.tree import ast
from policy.diagnostics import Diagnostic, has_errors
from policy.rules import CheckedPolicy
from policy.source import SourceFile


@dataclass(frozen=True, slots=True)
class Compilation:
    """Outcome of compiling: the policy, or None when any problem is an error; all problems sorted by place.

    Smells of a policy that compiles are none of these: `engine.lint` finds them.
    """

    policy: CheckedPolicy | None
    diagnostics: tuple[Diagnostic, ...]


def lookup_names(files: Iterable[SourceFile]) -> tuple[str, ...]:
    """Name the lookup files that the rules read, relative to the rules folder, sorted; names outside of it left out."""
    return tuple(sorted(_named_lookups(read_file(file)[0] for file in files)))


def compile_policy(files: Sequence[SourceFile], lookups: Mapping[str, SourceFile]) -> Compilation:
    """Compile all rules files of a workspace together; their order never matters.

    `lookups` are the CSV texts by the path that rules name; one that is missing there is a problem of the rule.
    """
    findings = Findings()
    ordered = sorted(files)
    trees = []
    for file in ordered:
        tree, problems = read_file(file)
        trees.append(tree)
        findings.add(*problems)
    used = {name: lookups[name] for name in sorted(_named_lookups(trees)) if name in lookups}
    names = collect_names(trees, findings)
    schema, fields, unsure = build_schema(names, findings)
    checking = Checking(schema, unsure, names, findings, _read_lookups(used, findings))
    policy = lower_policy(checking, fields, tuple(sorted([*ordered, *used.values()])))
    problems = findings.sorted
    return Compilation(None if has_errors(problems) else policy, problems)


def _named_lookups(trees: Iterable[ast.File]) -> set[str]:
    found = set()
    for tree in trees:
        for declared in tree.declarations:
            node = declared.readable if isinstance(declared, ast.BrokenDeclaration) else declared
            if isinstance(node, ast.FileSetDeclaration):
                found.add(node.file.value)
            elif isinstance(node, ast.RuleDeclaration):
                tables = [grant for grant in node.grants if isinstance(grant, ast.TableGrantNode)]
                found.update(table.file.value for table in tables if table.file is not None)
    return {name for name in found if lies_within_rules(name)}


def _read_lookups(used: Mapping[str, SourceFile], findings: Findings) -> dict[str, Lookup | None]:
    lookups: dict[str, Lookup | None] = {}
    for name, source in used.items():
        lookups[name], problems = read_lookup(source)
        findings.add(*problems)
    return lookups
