"""Unique account names: the iteration is raised until every unique field is free in the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.mapping.accounts import AccountProblem
from policy.canonical import JsonValue, canonical_json
from policy.catalogue import enforcement as kinds
from policy.field_mapping import FieldMapping
from policy.targets import AccountPayload

MAX_ITERATION = 50
IsUnique = Callable[[str, JsonValue], bool]


def first_unique(
    mapping: FieldMapping,
    make: Callable[[int], AccountPayload | AccountProblem],
    is_unique: IsUnique,
    *,
    person: str,
    start: int = 0,
) -> AccountPayload | AccountProblem:
    """First payload from iteration `start` on (at most 50) whose unique fields are all free.

    `make` maps the account at an iteration, `is_unique` asks the target once per field and value. An empty value is
    nobody's and counts as free. A mapping problem at any iteration is the answer at once.
    """
    asked: dict[tuple[str, bytes], bool] = {}

    def is_free(field: str, value: JsonValue) -> bool:
        key = (field, canonical_json(value))
        if key not in asked:
            asked[key] = is_unique(field, value)
        return asked[key]

    tried: dict[str, str] = {}
    for iteration in range(start, MAX_ITERATION + 1):
        made = make(iteration)
        if isinstance(made, AccountProblem):
            return made
        taken = next((one for one in _filled(mapping.unique, made) if not is_free(one, made.attributes[one])), None)
        if taken is None:
            return made
        tried[f"{taken} “{made.attributes[taken]}”"] = taken
    return _nothing_unique(person, tried)


def _filled(unique: Iterable[str], payload: AccountPayload) -> list[str]:
    return [one for one in unique if payload.attributes.get(one) not in (None, "", [])]


def _nothing_unique(person: str, tried: Mapping[str, str]) -> AccountProblem:
    """Say which values were taken; `tried` maps each, in order, to its field (none when no iteration was left)."""
    last, field = list(tried.items())[-1] if tried else ("", "")
    if not tried:
        text = f"no iteration up to {MAX_ITERATION} is left to try"
    elif len(tried) == 1:
        text = f"{last} is taken, and raising the iteration up to {MAX_ITERATION} does not change it"
    else:
        text = f"all {len(tried)} values up to iteration {MAX_ITERATION} are taken, the last one is {last}"
    return AccountProblem(person, field, kinds.NOTHING_UNIQUE, text)
