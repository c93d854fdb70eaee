"""Windows (LANGUAGE.md section 6): the days on which a grant may be given through a contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.evaluate.values import date_of
from policy.people import Contract, Person
from policy.rules import Window, WindowBound


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included. `first` None: it never begins; `last` None: it never ends."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        """Tell whether `day` lies in the period."""
        return self.first is not None and self.first <= day and (self.last is None or day <= self.last)


def period_of(window: Window, person: Person, contract: Contract, *, as_of: date) -> Period:
    """Days that `window` means for `contract`.

    A bound that is not said is the contract's `start_date` or `end_date`. A start that rests on an absent date never
    begins; an end that rests on one, as an absent `end_date`, is open.
    """

    def day(bound: WindowBound | None, field: str) -> date | None:
        if bound is None:
            own = contract.values.get(field)
            return own if isinstance(own, date) else None
        return None if bound.moment is None else date_of(bound.moment, person, contract, as_of)

    return Period(day(window.starting, "start_date"), day(window.ending, "end_date"))
