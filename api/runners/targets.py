"""The targets of a workspace, opened: connector, field mapping, correlation, and what the policy says of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from api.settings.workspace import Workspace
from connectors.helloid.field_mapping import read_field_mapping
from connectors.registry import TARGETS
from engine.mapping.accounts import AccountJob, AccountProblem, map_accounts
from engine.mapping.person_document import DocumentContext, find_value, named_account_data, person_document
from policy.canonical import JsonValue
from policy.entitlements import EntitlementKey, Kind
from policy.field_mapping import DEFAULT_FIELD_MAPPING, FieldMapping
from policy.ledger import ManagedEntitlement
from policy.people import Person
from policy.ports import ScriptRunner, TargetConnector
from policy.rules import CheckedPolicy
from policy.targets import AccountPayload

Managed = Mapping[EntitlementKey, ManagedEntitlement]


@dataclass(frozen=True, slots=True)
class OpenTarget:
    """A target ready for use.

    `correlate` is (path of the person's field, field of the account).

    `staged`: it disables accounts on revoke and deletes them later. `needs` are the targets whose account data it uses.
    """

    name: str
    connector: TargetConnector
    mapping: FieldMapping
    correlate: tuple[str, str] | None
    secret_fields: frozenset[str]
    staged: bool
    needs: tuple[str, ...]

    def correlation_value(self, person: Person, context: DocumentContext) -> JsonValue:
        """Value by which the person's account is found in the target; None when there is none."""
        if self.correlate is None:
            return None
        path = self.correlate[0].removeprefix("Person.")
        value = find_value(person_document(person, context, {}), f"Person.{path}")
        return None if value is None else str(value)


def read_mappings(workspace: Workspace) -> dict[str, FieldMapping]:
    """Read the field mapping of every configured target. Raises DataError or UsageError for one that is wrong."""
    mappings = {}
    for name, section in sorted(workspace.settings.targets.items()):
        if section.fields is None:
            mappings[name] = DEFAULT_FIELD_MAPPING
        else:
            text = workspace.read_text(section.fields, named_by=f"targets.{name}.fields")
            mappings[name] = read_field_mapping(text, section.fields)
    return mappings


def open_targets(workspace: Workspace, policy: CheckedPolicy, names: Iterable[str]) -> dict[str, OpenTarget]:
    """Open the configured ones of the targets `names`. Raises OrdainError for one that cannot be reached."""
    mappings = read_mappings(workspace)
    opened = {}
    for name in sorted(set(names) & workspace.target_configs.keys()):
        section = workspace.settings.targets[name]
        declared = policy.targets.get(name)
        opened[name] = OpenTarget(
            name=name,
            connector=TARGETS[section.connector].open(name, workspace.target_configs[name], workspace.root),
            mapping=mappings[name],
            correlate=(section.correlate.person, section.correlate.account) if section.correlate else None,
            secret_fields=frozenset(section.secret_fields),
            staged=declared is not None and declared.staged_deletion is not None,
            needs=tuple(one.target for one in declared.depends_on) if declared is not None else (),
        )
    return opened


@dataclass(frozen=True, slots=True)
class Mapper:
    """Maps accounts of people with what is managed now."""

    targets: Mapping[str, OpenTarget]
    scripts: ScriptRunner
    context: DocumentContext
    seed: int

    def map(self, target: OpenTarget, jobs: list[AccountJob]) -> list[AccountPayload | AccountProblem]:
        """Map jobs of one target in one batch, on the day of the evaluation."""
        now = datetime.combine(self.context.as_of, time(), UTC)
        return map_accounts(jobs, target.mapping, self.scripts, context=self.context, now=now, seed=self.seed)

    def accounts_of(self, person: str, managed: Managed) -> dict[str, dict[str, JsonValue]]:
        """Give stored account data of a person by target, in every spelling scripts may use."""
        found = {}
        for name, target in self.targets.items():
            entry = managed.get(EntitlementKey(person, name, Kind.ACCOUNT))
            if entry is not None:
                found[name] = named_account_data(entry.account_data, target.mapping)
        return found
