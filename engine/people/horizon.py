"""How far back an ended contract can still decide something under a policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policy.expressions import Condition, HasContract, walk
from policy.moments import Duration, Unit, move
from policy.rules import CheckedPolicy, Rule, Scope, Window, WindowBound
from policy.types import Field

_SLACK = Duration(4, Unit.DAYS)


@dataclass(frozen=True, slots=True)
class LookBack:
    """How far a policy looks back: `endings` are the different ends of its windows (None: it looks back for ever).

    An end is None where a window has no end of its own, else its bound, of which the place does not count.
    """

    endings: tuple[WindowBound | None, ...] | None

    def since(self, as_of: date) -> date:
        """First day on which a contract may have ended and still matter on `as_of`."""
        if self.endings is None:
            return date.min
        return min((_since(one, as_of) for one in self.endings), default=as_of)


def look_back(policy: CheckedPolicy) -> LookBack:
    """Tell how far `policy` looks back on any day, see `contract_horizon`."""
    conditions = [rule.condition for rule in policy.rules.values()]
    conditions += [one.condition for one in policy.defines.values()]
    conditions += [one.condition for one in policy.exclusions.values()]
    if any(_looks_at_all(one) for one in conditions if one is not None):
        return LookBack(None)
    endings = (window.ending for rule in policy.rules.values() for window in _windows(rule))
    return LookBack(tuple({one and (one.moment,): one for one in endings}.values()))


def contract_horizon(policy: CheckedPolicy, as_of: date) -> date:
    """First day on which a contract may have ended and still matter on `as_of`.

    A contract whose window `ending 30 days after contract.end_date` is over decides nothing any more. The earliest
    date over all rules and grants is taken; a window that does not hang on the contract's end, and a condition over
    any contract whatever its dates, look back for ever (`date.min`).
    """
    return look_back(policy).since(as_of)


def _looks_at_all(condition: Condition) -> bool:
    return any(isinstance(one, HasContract) for one in walk(condition))


def _windows(rule: Rule) -> Iterator[Window]:
    """Window of each grant: its own bounds, where it has none those of the rule. A rule about a person has none."""
    if rule.scope is Scope.PERSON:
        return
    for grant in rule.grants:
        yield Window(grant.window.starting or rule.window.starting, grant.window.ending or rule.window.ending)


def _since(ending: WindowBound | None, as_of: date) -> date:
    if ending is None:
        return as_of
    moment = ending.moment
    if moment is None or not isinstance(moment.base, Field) or moment.base.name != "contract.end_date":
        return date.min
    if moment.direction == "before":
        return as_of
    # A month clamps (31 January and 28 February may share a last day), so a few days more are taken than counted back.
    return move(move(as_of, moment.offset, "before"), _SLACK, "before")
