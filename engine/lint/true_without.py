"""What of a condition counts when it does *not* apply: negations that missing data satisfy, and `not holds`."""

from __future__ import annotations

from policy.expressions import AllOf, AnyOf, Comparison, Condition, HasContract, Holds, Named, NoneOf, Not, StatusIs
from policy.operators.registry import OPERATORS

_Known = frozenset[str]


def true_without(condition: Condition) -> list[Comparison | Holds]:
    """Comparisons over optional fields, and `holds`, that count when they do not apply, in reading order.

    A comparison is left out when another part of the same `and` wants a value of its field.
    """
    return _true_without(condition, positive=True, known=frozenset())


def _true_without(condition: Condition, *, positive: bool, known: _Known) -> list[Comparison | Holds]:
    """Comparisons and `holds` that count when they do not apply, among those that `known` fields leave open."""
    match condition:
        case Comparison():
            risky = condition.negated is positive and not OPERATORS[condition.operator].sees_absence
            optional = not condition.field.required and condition.field.name not in known
            return [condition] if risky and optional else []
        case Holds():
            return [] if positive else [condition]
        case StatusIs():
            return []
        case Named():
            return _true_without(condition.condition, positive=positive, known=known)
        case Not():
            return _true_without(condition.condition, positive=not positive, known=known)
        case HasContract():
            inner = positive if condition.quantifier == "any" else not positive
            return _true_without(condition.condition, positive=inner, known=_of_person(known))
        case AllOf() | AnyOf() | NoneOf():
            return _in_parts(condition, positive=positive, known=known)


def _in_parts(condition: AllOf | AnyOf | NoneOf, *, positive: bool, known: _Known) -> list[Comparison | Holds]:
    inner = not positive if isinstance(condition, NoneOf) else positive
    together = isinstance(condition, AllOf) is inner  # `all of`, and what `not` makes of `any of`: every part counts
    if together:
        known |= frozenset().union(*(_wanted(part, positive=inner) for part in condition.conditions))
    return [found for part in condition.conditions for found in _true_without(part, positive=inner, known=known)]


def _wanted(condition: Condition, *, positive: bool) -> _Known:
    """Fields that surely have a value when this condition counts."""
    match condition:
        case Comparison():
            return frozenset({condition.field.name}) if condition.negated is not positive else frozenset()
        case Named():
            return _wanted(condition.condition, positive=positive)
        case Not():
            return _wanted(condition.condition, positive=not positive)
        case AllOf() | AnyOf() | NoneOf():
            inner = not positive if isinstance(condition, NoneOf) else positive
            parts = [_wanted(part, positive=inner) for part in condition.conditions]
            if isinstance(condition, AllOf) is inner:
                return frozenset().union(*parts)
            return parts[0].intersection(*parts[1:]) if parts else frozenset()
        case StatusIs() | Holds() | HasContract():
            return frozenset()


def _of_person(known: _Known) -> _Known:
    """Keep what is known of the person; a fresh contract may lack what the rule's own has."""
    return frozenset(name for name in known if name.startswith("person."))
