"""The door of migration: an export and the people it was about, to rules files of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsl.format.source import Formatted, format_source
from dsl.migrate.fields import Fields, declaration
from dsl.migrate.names import make_id, plain_text
from dsl.migrate.outcome import Migration
from dsl.migrate.rules import WrittenRule, write_rule
from dsl.migrate.seen_fields import SeenFields
from dsl.migrate.targets import name_targets
from dsl.testing.write import quoted
from policy.business_rules import BusinessRule, BusinessRules, ConditionOperator, FieldCondition
from policy.catalogue.migration import CONDITION_LOST, ENTITLEMENT_LOST, NAME_TWICE, NO_CONDITIONS, READ_AS, RULE_LOST
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.snapshot import Snapshot
from policy.source import SourceFile, Span

_SEARCHES = frozenset({ConditionOperator.CONTAINS, ConditionOperator.STARTS_WITH})
_LARGEST_FILE = 400_000
"""Characters: a rules file of 500,000 is refused."""
_OWN_FILES = ("policy", "targets", "exclusions")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever moves in decides: title and timezone (IANA) of the policy, and ids of targets by system."""

    title: str
    timezone: str
    targets: Mapping[str, str]


def migrate_rules(export: BusinessRules, snapshot: Snapshot, wishes: Wishes) -> Migration:
    """Write the rules of `export` in our language; `snapshot` tells types of fields, and which values there are.

    The files compile together without an error. A rule that lost a condition, or has none, becomes a draft: nobody gets
    more than before. Raises UsageError when a wish about a target makes no sense.
    """
    targets = name_targets(export.systems, wishes.targets)
    fields = Fields(SeenFields(snapshot), _searched(export))
    written = [
        write_rule(rule, rule_id, file=export.file, targets=targets, fields=fields)
        for rule, rule_id in zip(export.rules, _rule_ids(export), strict=True)
    ]
    excluded = sum(one.values.get("excluded") is True for one in snapshot.persons)
    files, file_of = _rules_files(written)
    own = [SourceFile("policy.ordain", _policy_text(wishes, fields)), SourceFile("targets.ordain", _targets(targets))]
    if excluded:
        own.append(SourceFile("exclusions.ordain", _EXCLUSIONS))
    problems = [*export.problems, *(one for rule in written for one in _problems(rule, export.file))]
    problems += _shared_names(export)
    return Migration(
        files=tuple(sorted(_formatted(one) for one in (*own, *files))),
        rules=tuple(written),
        file_of=file_of,
        targets=targets,
        excluded=excluded,
        problems=tuple(sorted(problems, key=lambda one: one.sort_key)),
        apart=_apart(own, written),
    )


def _formatted(file: SourceFile) -> SourceFile:
    made = format_source(file)
    assert isinstance(made, Formatted), f"what we write can be read: {file.path}"
    return SourceFile(file.path, made.text)


def _apart(own: list[SourceFile], written: list[WrittenRule]) -> tuple[SourceFile, ...]:
    texts = [one.apart for one in written if one.apart]
    parts = [SourceFile(f"apart-{number}.ordain", f"{text}\n") for number, text in enumerate(texts)]
    return (*own, *parts) if parts else ()


def _searched(export: BusinessRules) -> frozenset[str]:
    return frozenset(
        one.name
        for rule in export.rules
        for one in rule.conditions
        if isinstance(one, FieldCondition) and one.operator in _SEARCHES
    )


def _rule_ids(export: BusinessRules) -> list[str]:
    """Id of every rule: a draft of a published rule is called after it."""
    published = {one.name for one in export.rules if one.published}
    ids: dict[int, str] = {}
    for number, rule in sorted(enumerate(export.rules), key=lambda one: not one[1].published):
        name = f"{rule.name} draft" if not rule.published and rule.name in published else rule.name
        ids[number] = make_id(name, fallback="rule", taken=set(ids.values()))
    return [ids[number] for number in range(len(export.rules))]


def _rules_files(written: list[WrittenRule]) -> tuple[list[SourceFile], dict[str, str]]:
    """One file per first category, in parts where it grows too large; and the file of every rule."""
    by_category: dict[str, list[WrittenRule]] = {}
    for one in written:
        by_category.setdefault(next(iter(one.rule.categories), ""), []).append(one)
    names: list[str] = [*_OWN_FILES]
    texts: dict[str, str] = {}
    file_of: dict[str, str] = {}
    for category, rules in sorted(by_category.items()):
        path = ""
        for one in rules:
            if not path or len(texts[path]) + len(one.text) > _LARGEST_FILE:
                names.append(make_id(category or "other", fallback="rules", taken=names))
                path = f"{names[-1]}.ordain"
                texts[path] = f"# {plain_text(category) or 'Rules without a category'}\n"
            texts[path] += f"\n{one.text}\n"
            file_of[one.id] = path
    return [SourceFile(path, text) for path, text in texts.items()], file_of


def _policy_text(wishes: Wishes, fields: Fields) -> str:
    head = f'policy {quoted(plain_text(wishes.title))}\n    language 1\n    timezone "{wishes.timezone}"\nend\n'
    declared = [f"{declaration(one)}\n" for _, one in sorted(fields.declared.items())]
    return head + ("\n" + "".join(declared) if declared else "")


def _targets(targets: Mapping[str, str]) -> str:
    blocks = [f"target {target} {quoted(plain_text(system) or target)}\nend\n" for system, target in targets.items()]
    return "\n".join(blocks) if blocks else "# No rule of the export grants anything.\n"


_EXCLUSIONS = """\
exclude marked-as-excluded "Persons whom the vault marks as excluded"
    when person.excluded
    from all targets
    because "HelloID leaves these persons alone, too"
end
"""


def _problems(one: WrittenRule, file: str) -> Iterator[Diagnostic]:
    name, line = one.rule.name, one.rule.line
    draft = f" Rule {one.id} is a draft." if one.granted else ""
    for lost in one.lost_conditions:
        hint = "add the condition to the rule and remove the word `draft`" if one.granted else None
        yield _problem(CONDITION_LOST, (file, line), f"“{lost.text}” of “{name}”: {lost.reason}.{draft}", hint)
    for lost in one.lost_entitlements:
        yield _problem(ENTITLEMENT_LOST, (file, line), f"“{lost.text}” of “{name}”: {lost.reason}.")
    if not one.granted:
        yield _problem(RULE_LOST, (file, line), f"There is nothing that “{name}” could grant.")
    elif not one.rule.conditions:
        hint = "say whom it is for, and remove the word `draft`"
        yield _problem(NO_CONDITIONS, (file, line), f"“{name}” would be for everybody with a contract.{draft}", hint)
    else:
        for note in one.notes:
            yield _problem(READ_AS, (file, line), f"“{name}”: {note}.")


def _shared_names(export: BusinessRules) -> Iterator[Diagnostic]:
    by_name: dict[str, list[BusinessRule]] = {}
    for rule in export.rules:
        by_name.setdefault(rule.name, []).append(rule)
    for name, rules in by_name.items():
        if len(rules) == 1:
            continue
        lines = " and ".join(str(one.line) for one in rules)
        edited = len(rules) == 2 and rules[0].published is not rules[1].published  # noqa: PLR2004  # a pair
        why = "it is being edited; the draft gets an id of its own" if edited else "each gets an id of its own"
        yield _problem(NAME_TWICE, (export.file, rules[0].line), f"“{name}” stands in lines {lines}: {why}.")


def _problem(kind: DiagnosticKind, place: tuple[str, int], detail: str, hint: str | None = None) -> Diagnostic:
    file, line = place
    return Diagnostic(kind, detail, Span(file, line, 1, line, 1), hint)
