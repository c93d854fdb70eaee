"""The canonical line of a person, written straight away: the bytes of `canonical_json`, several times as fast.

Every import and every digest of a snapshot writes everybody. INVARIANT: a line is that of
`canonical_json({"person": person_json(person)})`, byte for byte; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring

from policy.canonical import JsonValue, Value, canonical_json, normal_text, plain_number
from policy.people import Contract, Person, problem_json, tagged_json


def person_line(person: Person) -> bytes:
    """Canonical line of a person, with its line end. Raises as `canonical_json` does."""
    return f'{{"person":{person_text(person)}}}\n'.encode()


def person_text(person: Person) -> str:
    """Canonical JSON of a person, see `policy.people.person_json`. Raises as `canonical_json` does."""
    contracts = ",".join([_contract(one) for one in person.contracts])
    problems = ",".join([_json(problem_json(one)) for one in person.problems])
    own = f'"external_id":{_text(person.external_id)},"problems":[{problems}],"values":{_values(person.values)}'
    return f'{{"contracts":[{contracts}],{own}}}'


def _contract(contract: Contract) -> str:
    return f'{{"external_id":{_text(contract.external_id)},"values":{_values(contract.values)}}}'


def _values(values: Mapping[str, Value]) -> str:
    return "{" + ",".join([key_text(path) + _tagged(value) for path, value in sorted(values.items())]) + "}"


def _tagged(value: Value) -> str:
    kind = type(value)
    if kind is str:
        return f'["t",{_text(value)}]'  # type: ignore[arg-type]  # the line above
    if kind is bool:
        return '["f",true]' if value else '["f",false]'
    if kind is date:
        return f'["d","{value}"]'
    if kind is Decimal:
        return f'["n","{plain_number(value)}"]'  # type: ignore[arg-type]  # the line above
    return _json(tagged_json(value))


def _text(text: str) -> str:
    return encode_basestring(normal_text(text))


def _json(value: JsonValue) -> str:
    return canonical_json(value).decode()


@lru_cache(4096)
def key_text(path: str) -> str:
    """Key of a canonical JSON object with its colon. Raises ValueError when it is not ASCII."""
    if not path.isascii():
        raise ValueError("a key of the canonical profile is ASCII text")
    return f"{encode_basestring(path)}:"
