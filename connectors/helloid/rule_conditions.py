"""Conditions of an exported business rule: `Person: active`, `Time frame: …`, `Department.ExternalId, one of: A, B`."""

from __future__ import annotations

import re

from policy.business_rules import (
    BusinessCondition,
    ConditionOperator,
    FieldCondition,
    PersonStatus,
    TimeFrame,
    Unread,
)

_LABEL = re.compile(r"(person|time frame)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_COMPARISON = re.compile(r"([^,:]+),\s*([^:]+?)\s*(?::\s*(.*))?", re.DOTALL)
_BOUND = re.compile(r"days (before start|after end) date\s*:\s*(-?[0-9]{1,4})", re.IGNORECASE)
_OPERATORS = {one.value: one for one in ConditionOperator}
_WITHOUT_VALUES = frozenset({ConditionOperator.EMPTY, ConditionOperator.NOT_EMPTY})
_SHAPES = "it has none of the known forms; a value with `|` in it looks like this too"


def read_condition(text: str) -> BusinessCondition:
    """Tell what one condition says; `Unread` with the reason when nobody can."""
    labelled = _LABEL.fullmatch(text)
    if labelled is not None:
        label, said = labelled[1].lower(), labelled[2].strip()
        return _read_status(text, said) if label == "person" else _read_frame(text, said)
    compared = _COMPARISON.fullmatch(text)
    if compared is None:
        return Unread(text, _SHAPES)
    return _read_comparison(text, compared)


def _read_status(text: str, said: str) -> BusinessCondition:
    if said.lower() in {"active", "inactive"}:
        return PersonStatus(text, active=said.lower() == "active")
    return Unread(text, f"a person is active or inactive, never “{said}”")


def _read_frame(text: str, said: str) -> BusinessCondition:
    days = {"before start": 0, "after end": 0}
    for part in said.split(","):
        found = _BOUND.fullmatch(part.strip())
        if found is None:
            return Unread(text, "a time frame says `days before start date` and `days after end date`, each a number")
        days[found[1].lower()] = int(found[2])
    return TimeFrame(text, days["before start"], days["after end"])


def _read_comparison(text: str, compared: re.Match[str]) -> BusinessCondition:
    name, words, values = compared[1].strip(), " ".join(compared[2].split()), (compared[3] or "").strip()
    operator = _OPERATORS.get(words.lower())
    if operator is None:
        return Unread(text, f"the operator “{words}” is not known")
    if operator in _WITHOUT_VALUES:
        return Unread(text, f"`{operator}` takes no values") if values else FieldCondition(text, name, operator)
    return FieldCondition(text, name, operator, values) if values else Unread(text, "it names no value")
