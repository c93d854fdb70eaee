"""The `policy` declaration: language, timezone, and how primary contract and manager are chosen."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass

from dsl.checking import IN_CONTRACT_RULE, Checking
from dsl.lower.fields import resolve_field
from dsl.names import Declared
from dsl.suggest import did_you_mean, suggest
from dsl.tree.ast import PolicyDeclaration, SortKeyNode
from dsl.tree.leaves import Text
from policy.catalogue.names import UNKNOWN_TIMEZONE, WRONG_SORT_KEY
from policy.catalogue.structure import NO_POLICY, SEVERAL_POLICIES
from policy.rules import ManagerRule, SortDirection, SortKey
from policy.types import STANDARD_SCHEMA, FieldType

_HIGHEST, _LOWEST = SortDirection.HIGHEST, SortDirection.LOWEST
_LATEST, _EARLIEST = SortDirection.LATEST, SortDirection.EARLIEST
_DIRECTIONS = {FieldType.NUMBER: (_HIGHEST, _LOWEST), FieldType.DATE: (_LATEST, _EARLIEST)}
DEFAULT_ORDER = (
    SortKey(None, SortDirection.FIRST),
    *(
        SortKey(STANDARD_SCHEMA.fields[f"contract.{path}"], direction)
        for path, direction in (
            ("details.fte", _HIGHEST),
            ("details.hours_per_week", _HIGHEST),
            ("details.percentage", _HIGHEST),
            ("details.sequence", _LOWEST),
            ("end_date", _LATEST),
            ("start_date", _EARLIEST),
        )
    ),
)
"""Order of contracts when the policy says none (LANGUAGE.md section 3)."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the `policy` declaration says."""

    title: str
    language: int
    timezone: str
    primary_contract_by: tuple[SortKey, ...]
    primary_manager: ManagerRule


def lower_header(policies: tuple[Declared, ...], checking: Checking) -> Header | None:
    """Give the one policy's header; reports when there is none, or more than one, and checks each."""
    if not policies:
        hint = 'write `policy "Name" language 1 timezone "Europe/Amsterdam" end` in one of the files'
        checking.findings.report(NO_POLICY, "No file declares the policy.", None, hint=hint)
    for again in policies[1:]:
        detail = f"The policy is declared already, in {policies[0].span.at}."
        related = (("declared here first", policies[0].span),)
        checking.findings.report(SEVERAL_POLICIES, detail, again.span, hint="remove one of them", related=related)
    headers = [_lower(one.node, checking) for one in policies if isinstance(one.node, PolicyDeclaration)]
    return headers[0] if headers else None


def _lower(node: PolicyDeclaration, checking: Checking) -> Header | None:
    fits = _check_timezone(node.timezone, checking)
    keys = DEFAULT_ORDER
    if node.primary_contract_by is not None:
        lowered = [_lower_key(key, checking) for key in node.primary_contract_by]
        keys = tuple(key for key in lowered if key is not None)
        fits = fits and len(keys) == len(lowered)
    manager = node.primary_manager.rule if node.primary_manager else ManagerRule.CONTRACT
    return Header(node.title.value, node.language.value, node.timezone.value, keys, manager) if fits else None


def _lower_key(node: SortKeyNode, checking: Checking) -> SortKey | None:
    if node.path is None:
        return SortKey(None, SortDirection.FIRST)
    field = resolve_field(node.path, IN_CONTRACT_RULE, checking)
    if field is None:
        return None
    fitting = _DIRECTIONS.get(field.type, ())
    if field.root == "contract" and node.direction in fitting:
        return SortKey(field, node.direction)
    words = " or ".join(f"`{direction.value}`" for direction in fitting)
    detail = f"`{field.name}` is a {field.type.value}; `{node.direction.value}` does not put it in order."
    hint = f"write {words}" if fitting else "name a number or a date of the contract"
    checking.findings.report(WRONG_SORT_KEY, detail, node.span, hint=hint)
    return None


def _check_timezone(name: Text, checking: Checking) -> bool:
    try:
        zoneinfo.ZoneInfo(name.value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = suggest(name.value, zoneinfo.available_timezones())
        hint = did_you_mean(near) or "name one of the IANA time zone database, such as `Europe/Amsterdam`"
        checking.findings.report(UNKNOWN_TIMEZONE, f'There is no timezone "{name.value}".', name.span, hint=hint)
        return False
    return True
