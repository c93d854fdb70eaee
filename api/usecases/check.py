"""Check the rules of a workspace, and whether every target they name is configured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from api.runners.targets import read_mapping
from api.settings.schema import FILE_NAME
from api.settings.workspace import Workspace
from api.usecases.lint import NOTHING_KNOWN, Known, lint_loaded
from api.usecases.load_policy import LoadedPolicy, load_policy
from engine.events.account_data import account_data_of
from engine.mapping.check_fields import check_field_mapping
from policy.catalogue.workspace import TARGET_NOT_CONFIGURED, UNKNOWN_ACCOUNT_DATA
from policy.diagnostics import DataError, Diagnostic
from policy.field_mapping import snake_name
from policy.lint import LintFinding
from policy.rules import CheckedPolicy


def check_workspace(
    workspace: Workspace, now: datetime, look: Callable[[CheckedPolicy], Known]
) -> tuple[LoadedPolicy, tuple[Diagnostic, ...]]:
    """Compile and lint the rules, and look at what the configuration tells. Sorted by place.

    `now` is aware: lint looks on its day in the policy's timezone. `look` tells what is known of people and targets,
    once the rules have no errors.
    """
    loaded = load_policy(workspace)
    policy = loaded.compilation.policy
    zone = ZoneInfo(policy.timezone) if policy is not None else UTC
    known = look(policy) if policy is not None else NOTHING_KNOWN
    findings = judge_loaded(loaded, workspace, now.astimezone(zone).date(), known)
    return loaded, tuple(one.diagnostic for one in findings)


def judge_loaded(
    loaded: LoadedPolicy, workspace: Workspace, today: date, known: Known = NOTHING_KNOWN
) -> tuple[LintFinding, ...]:
    """Give every problem of rules that were loaded, each with the change that takes it away where one is certain."""
    findings = [LintFinding(one) for one in loaded.compilation.diagnostics]
    policy = loaded.compilation.policy
    if policy is not None:
        findings += lint_loaded(loaded, today, known)
        findings += [LintFinding(one) for one in _unconfigured(policy, workspace)]
        findings += [LintFinding(one) for one in _unknown_account_data(policy, workspace)]
    findings += [LintFinding(one) for one in _mapping_problems(workspace)]
    return tuple(sorted(findings, key=lambda one: one.diagnostic.sort_key))


def _unconfigured(policy: CheckedPolicy, workspace: Workspace) -> list[Diagnostic]:
    configured = workspace.settings.targets
    return [
        Diagnostic(
            TARGET_NOT_CONFIGURED,
            f"The policy has a target {name}, and {FILE_NAME} does not say how it is reached.",
            span=target.span,
            hint=f"add [targets.{name}] to {FILE_NAME}",
        )
        for name, target in policy.targets.items()
        if name not in configured
    ]


def _unknown_account_data(policy: CheckedPolicy, workspace: Workspace) -> list[Diagnostic]:
    """Name account data that the policy speaks of and the target's field mapping does not make."""
    found: list[Diagnostic] = []
    for name in sorted(workspace.settings.targets.keys() & policy.targets.keys()):
        try:
            mapping = read_mapping(workspace, name)
        except DataError:
            continue  # told already, as a problem of the mapping itself
        known = {snake_name(one.name) for one in mapping.fields}
        for data, span in account_data_of(policy, name):
            if data not in known:
                near = get_close_matches(data, sorted(known), n=1)
                detail = f"An account in {name} has no `{data}`: its field mapping makes no such field."
                hint = (
                    f"did you mean `{near[0]}`?" if near else "add the field to the field mapping, or correct the name"
                )
                found.append(Diagnostic(UNKNOWN_ACCOUNT_DATA, detail, span, hint))
    return found


def _mapping_problems(workspace: Workspace) -> list[Diagnostic]:
    """Look through the field mapping of every target: its form, and whether its paths are those of a person."""
    found: list[Diagnostic] = []
    for name, section in sorted(workspace.settings.targets.items()):
        try:
            found += check_field_mapping(read_mapping(workspace, name), section.fields or "")
        except DataError as error:
            found += error.diagnostics
    return found
