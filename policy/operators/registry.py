"""All operators by name: the one place checker, evaluators, documentation and tests read."""

from __future__ import annotations

from policy.operators import change, equality, order, text
from policy.operators.operator import Operator

OPERATORS: dict[str, Operator] = {
    entry.name: entry
    for module in (equality, text, order, change)
    for entry in vars(module).values()
    if isinstance(entry, Operator)
}
