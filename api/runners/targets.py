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
from policy.canonical import JsonValue, digest_of
from policy.diagnostics import OrdainError
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
    return {name: read_mapping(workspace, name) for name in sorted(workspace.settings.targets)}


def read_mapping(workspace: Workspace, name: str) -> FieldMapping:
    """Read the field mapping of one configured target. Raises DataError or UsageError when it is wrong."""
    section = workspace.settings.targets[name]
    if section.fields is None:
        return DEFAULT_FIELD_MAPPING
    return read_field_mapping(workspace.read_text(section.fields, named_by=f"targets.{name}.fields"), section.fields)


def open_targets(workspace: Workspace, policy: CheckedPolicy, names: Iterable[str]) -> dict[str, OpenTarget]:
    """Open the configured ones of the targets `names`. Raises OrdainError for one that cannot be reached."""
    wanted = sorted(set(names) & workspace.target_configs.keys())
    return {name: _open_target(workspace, policy, name) for name in wanted}


def open_reachable(
    workspace: Workspace, policy: CheckedPolicy | None, names: Iterable[str]
) -> tuple[dict[str, OpenTarget], dict[str, str]]:
    """Open those of the targets `names` that can be opened, and tell why the others cannot.

    `policy` None: the rules cannot be read now. That is enough to end what was begun.
    """
    opened, closed = {}, {}
    for name in sorted(set(names)):
        if name not in workspace.target_configs:
            closed[name] = f"ordain.toml does not say how to reach {name}"
            continue
        try:
            opened[name] = _open_target(workspace, policy, name)
        except OrdainError as error:
            closed[name] = error.diagnostic.detail
    return opened, closed


def _open_target(workspace: Workspace, policy: CheckedPolicy | None, name: str) -> OpenTarget:
    section = workspace.settings.targets[name]
    declared = policy.targets.get(name) if policy is not None else None
    # With other inputs nothing is mapped any more, only looked up.
    mapping = read_mapping(workspace, name) if policy is not None else FieldMapping(())
    return OpenTarget(
        name=name,
        connector=TARGETS[section.connector].open(name, workspace.target_configs[name], workspace.root),
        mapping=mapping,
        correlate=(section.correlate.person, section.correlate.account) if section.correlate else None,
        secret_fields=frozenset(section.secret_fields) | mapping.private,
        staged=declared is not None and declared.staged_deletion is not None,
        needs=tuple(one.target for one in declared.depends_on) if declared is not None else (),
    )


@dataclass(frozen=True, slots=True)
class Mapper:
    """Maps accounts of people with what is managed now. `mappings` are those of every configured target."""

    mappings: Mapping[str, FieldMapping]
    scripts: ScriptRunner
    context: DocumentContext

    def map(self, target: OpenTarget, jobs: list[AccountJob]) -> list[AccountPayload | AccountProblem]:
        """Map jobs of one target in one batch, on the day of the evaluation, with random numbers of its inputs."""
        return self.map_with(target.mapping, jobs)

    def map_with(self, mapping: FieldMapping, jobs: list[AccountJob]) -> list[AccountPayload | AccountProblem]:
        """Map jobs by a mapping, as `map` does."""
        now = datetime.combine(self.context.as_of, time(), UTC)
        inputs = {"policy": self.context.policy.digest, "snapshot": self.context.snapshot.digest}
        seed = int(digest_of(inputs)[:8], 16)
        return map_accounts(jobs, mapping, self.scripts, context=self.context, now=now, seed=seed)

    def accounts_of(self, person: str, managed: Managed) -> dict[str, dict[str, JsonValue]]:
        """Give stored account data of a person by target, in every spelling scripts may use."""
        found = {}
        for name, mapping in self.mappings.items():
            entry = managed.get(EntitlementKey(person, name, Kind.ACCOUNT))
            if entry is not None:
                found[name] = named_account_data(entry.account_data, mapping)
        return found
