"""What every lowering step has at hand: the schema, the names, what is lowered already, and where problems go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dsl.lookups import Lookup
from dsl.names import Names
from dsl.problems import Findings
from policy.expressions import Condition
from policy.rules import Role, ValueSet
from policy.types import Schema


@dataclass(frozen=True, slots=True)
class Weight:
    """Number of conditions when every define is written out, and how deep they are nested."""

    size: int
    depth: int


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a condition, a template or a moment stands, and so what it may speak of.

    `account`: account data are known; `changes`: so is what they were before.
    """

    place: str
    contract: bool = True
    contract_hint: str = "write `any contract has (…)` around it, or make the rule `for any contract`"
    holds: bool = True
    account: bool = False
    changes: bool = False

    @property
    def within_contract(self) -> Setting:
        """The same place, inside `any contract has (…)`."""
        return replace(self, contract=True)


IN_DEFINE = Setting("a define")
IN_ROLE = Setting("a role")
IN_CONTRACT_RULE = Setting("a rule about contracts")
IN_PERSON_RULE = Setting("a rule `for person`", contract=False)
IN_PERSON_GRANT = replace(IN_PERSON_RULE, contract_hint="make the rule `for any contract`")
IN_EXCLUSION = Setting("an exclusion", holds=False)
IN_DATE_EVENT = Setting("an event before or after somebody's first or last day")
IN_LINE_EVENT = Setting("an event", account=True)
IN_UPDATE_EVENT = replace(IN_LINE_EVENT, changes=True)


@dataclass(frozen=True, slots=True)
class Checking:
    """One run of the checker.

    `unsure` are paths whose `field` declaration is broken: they exist, their type is not known. `sets`, `defines` and
    `roles` hold what is lowered so far, `weights` how large each define is. A declared name that is not in there is
    broken and was reported.
    """

    schema: Schema
    unsure: frozenset[str]
    names: Names
    findings: Findings
    lookups: Mapping[str, Lookup | None]
    sets: dict[str, ValueSet] = field(default_factory=dict)
    defines: dict[str, Condition] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    weights: dict[str, Weight] = field(default_factory=dict)
