"""Persons of the workload as columns: a million in seconds, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bench.workload import domains
from bench.workload.domains import AS_OF
from engine.columnar.columns import Column, Columns
from policy.types import Root

CONTRACT_SHARES = (0.7, 0.21, 0.08, 0.01)
"""Shares of persons with one to four contracts: 1.4 on average."""
OPEN_ENDED = 0.55
SKEW = 1.5
"""Above one, the first kinds of a thing are met more often than the last."""
FLAGS: Sequence[tuple[Root, str, float]] = (
    ("person", "custom.volunteer", 0.05),
    ("person", "custom.supervisor", 0.12),
    ("contract", "custom.on_call", 0.2),
)
_DAYS_BACK, _DAYS_AHEAD = 5500, 30
_ENDED_SINCE, _ENDS_WITHIN = 400, 1500

Places = NDArray[np.int32]
"""Place of every row's value among the distinct ones; -1 where it is absent."""
_Fields = Iterator[tuple[tuple[Root, str], Column]]


def make_columns(persons: int, seed: int = 1) -> Columns:
    """Columns of so many persons; their digest names size and seed, and is not that of a stored snapshot."""
    draw = np.random.default_rng(seed)
    counts = _pick(draw, persons, CONTRACT_SHARES) + 1
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
    contracts = int(first[-1])
    numbers = np.arange(contracts, dtype=np.int64) - np.repeat(first[:-1], counts)
    ids = _person_ids(persons)
    fields = dict(_person_fields(draw, persons))
    fields |= dict(_contract_fields(draw, contracts))
    fields["contract", "details.sequence"] = _column("n", [str(one + 1) for one in range(4)], numbers.astype(np.int32))
    owners = pa.array(np.repeat(np.arange(persons), counts))
    texts = pc.binary_join_element_wise(ids.take(owners), pa.array(numbers + 1).cast(pa.string()), "-")
    fields["person", "external_id"], fields["contract", "external_id"] = _ids(ids), _ids(texts)
    return Columns(
        digest=hashlib.sha256(f"W {persons} {seed}".encode()).hexdigest(),
        person_ids=ids,
        first_contract=first,
        contract_ids=_ids(texts),
        fields=dict(sorted(fields.items(), key=lambda one: (one[0][0] != "person", one[0][1]))),
        departments=domains.departments(),
    )


def _person_ids(persons: int) -> pa.StringArray:
    numbers = pa.array(np.arange(persons, dtype=np.int64)).cast(pa.string())
    return pc.binary_join_element_wise("P", pc.utf8_lpad(numbers, 7, "0"), "")


def _ids(texts: pa.StringArray) -> Column:
    """Column of ids that ascend from row to row."""
    return Column("t", pa.DictionaryArray.from_arrays(pa.array(np.arange(len(texts), dtype=np.int32)), texts))


def _person_fields(draw: np.random.Generator, persons: int) -> _Fields:
    given, family = domains.GIVEN_NAMES, domains.FAMILY_NAMES
    first, last = _uniform(draw, persons, len(given)), _uniform(draw, persons, len(family))
    yield ("person", "name.given_name"), _column("t", given, first)
    yield ("person", "name.family_name"), _column("t", family, last)
    whole = [f"{one} {other}" for one in given for other in family]
    yield ("person", "display_name"), _column("t", whole, first * np.int32(len(family)) + last)
    yield from _flags(draw, persons, "person")


def _contract_fields(draw: np.random.Generator, contracts: int) -> _Fields:
    for one in domains.references():
        places = _skewed(draw, contracts, len(one.codes))
        for part in ("external_id", "code", one.name_path):
            yield ("contract", f"{one.path}.{part}"), _column("t", one.texts(part), places)
    kinds = _pick(draw, contracts, domains.TYPE_SHARES)
    yield ("contract", "type.code"), _column("t", domains.TYPES, kinds)
    for text in domains.TEXTS:
        places = _uniform(draw, contracts, len(text.values))
        places[draw.random(contracts) < text.absent] = -1
        yield ("contract", text.path), _column("t", text.values, places)
    tenths = _uniform(draw, contracts, 10)
    tenths[draw.random(contracts) < 0.4] = 9  # noqa: PLR2004  # many work full time
    yield ("contract", "details.fte"), _column("n", domains.FULL_TIMES, tenths)
    yield ("contract", "details.hours_per_week"), _column("n", domains.HOURS, tenths)
    yield from _dates(draw, contracts)
    yield from _flags(draw, contracts, "contract")


def _dates(draw: np.random.Generator, contracts: int) -> _Fields:
    """First and last days as days after the earliest; a last day is never before the first."""
    span = _DAYS_BACK + _ENDS_WITHIN
    days = [(AS_OF + timedelta(days=one - _DAYS_BACK)).isoformat() for one in range(span + 1)]
    start = _uniform(draw, contracts, _DAYS_BACK + _DAYS_AHEAD)
    end = _uniform(draw, contracts, _ENDED_SINCE + _ENDS_WITHIN) + np.int32(_DAYS_BACK - _ENDED_SINCE)
    end = np.maximum(start, end)
    end[draw.random(contracts) < OPEN_ENDED] = -1
    yield ("contract", "start_date"), _column("d", days, start)
    yield ("contract", "end_date"), _column("d", days, end)


def _flags(draw: np.random.Generator, rows: int, root: Root) -> _Fields:
    for where, path, share in FLAGS:
        if where == root:
            yield (root, path), _column("f", ("false", "true"), (draw.random(rows) < share).astype(np.int32))


def _uniform(draw: np.random.Generator, rows: int, size: int) -> Places:
    return (draw.random(rows) * size).astype(np.int32)


def _skewed(draw: np.random.Generator, rows: int, size: int) -> Places:
    return (draw.random(rows) ** SKEW * size).astype(np.int32)


def _pick(draw: np.random.Generator, rows: int, shares: Sequence[float]) -> Places:
    limits = np.cumsum(shares)[:-1]
    return np.searchsorted(limits, draw.random(rows), side="right").astype(np.int32)


def _column(tag: str, texts: Sequence[str], places: Places) -> Column:
    """Column of the texts at these places; the distinct texts that are met, ascending."""
    met = np.zeros(len(texts) + 1, np.bool_)
    met[places] = True  # an absent one marks the last
    used = sorted((texts[at], at) for at in np.flatnonzero(met[:-1]).tolist())
    moved = np.full(len(texts) + 1, -1, np.int32)
    moved[[at for _, at in used]] = np.arange(len(used), dtype=np.int32)
    moved[-1] = -1
    indices = moved[places]
    array = pa.array(indices, pa.int32(), mask=indices < 0)
    return Column(tag, pa.DictionaryArray.from_arrays(array, pa.array([text for text, _ in used], pa.string())))
