"""Canonical JSON of managed columns in large parts: the bytes that digests are made of, without an object per entry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.merge.entry_columns import EntryColumns
from policy.canonical import canonical_text

_ENTRIES_AT_ONCE = 32_768  # what is joined at once stays in the cache of the processor
_TEXT = pa.large_string()
_PLAIN = ',{"account_data":{},"anchor":"","attributes":{},"disabled_on":null,"generation":'
_AWKWARD = r'[\x00-\x1f"\\]|[^\x00-\x7f]'
"""Letters that JSON escapes, and those that may not be in normal form C."""
_AWKWARD_BYTES = np.asarray([byte not in range(0x20, 0x80) or byte in b'"\\' for byte in range(256)])


def canonical_entries(columns: EntryColumns, *, at_once: int = _ENTRIES_AT_ONCE) -> Iterator[memoryview]:
    """Give the canonical JSON of every entry in key order, with commas between; each part has `at_once` entries."""
    persons = quoted(columns.person_ids)
    middles, tails = _entitlement_texts(columns)
    for low in range(0, len(columns.held), at_once):
        high = min(low + at_once, len(columns.held))
        first, last = (int(one) for one in np.searchsorted(columns.detailed, (low, high)))
        details, places = columns.details.slice(first, last - first), columns.detailed[first:last] - low
        heads, which_head = _heads(columns.generations[low:high], places, details)
        held = columns.held[low:high]
        which_tail = held.copy()
        which_tail[places] += np.asarray(details.column("unmanage").cast(pa.int32())) * len(middles)
        joined = _join(
            heads.take(pa.array(which_head)),
            middles.take(pa.array(held)),
            persons.take(pa.array(columns.owners[low:high])),
            tails.take(pa.array(which_tail)),
        )
        part = memoryview(joined.buffers()[2])[: _length(joined)]
        yield part if low else part[1:]


def quoted(texts: pa.Array) -> pa.Array:
    """Give the canonical JSON of every text (none absent), quotation marks included."""
    texts = texts.cast(_TEXT)
    plain = _join('"', texts, '"')
    if not _AWKWARD_BYTES[_bytes_of(texts)].any():
        return plain
    awkward = pc.match_substring_regex(texts, _AWKWARD)
    replaced = pa.array([canonical_text(one) for one in texts.filter(awkward).to_pylist()], _TEXT)
    return pc.replace_with_mask(plain, awkward, replaced)


def _entitlement_texts(columns: EntryColumns) -> tuple[pa.Array, pa.Array]:
    """By entitlement, what stands before the person and what after; the latter again for entries to be unmanaged."""
    said = [(one.kind, canonical_text(one.name), canonical_text(one.target)) for one in columns.entitlements]
    middles = [f'"{kind}","name":{name},"person":' for kind, name, _ in said]
    tails = [f',"target":{target},"unmanage":{flag}}}' for flag in ("false", "true") for _, _, target in said]
    return pa.array(middles, _TEXT), pa.array(tails, _TEXT)


def _heads(
    generations: NDArray[np.int32], places: NDArray[np.int64], details: pa.RecordBatch
) -> tuple[pa.Array, NDArray[np.int32]]:
    """Distinct texts of what stands before the kind, and which of them each entry has."""
    numbers = pa.array(generations).dictionary_encode()
    plain = _join(_PLAIN, numbers.dictionary.cast(_TEXT), ',"iteration":0,"kind":')
    which = np.asarray(numbers.indices, np.int32).copy()
    which[places] = np.arange(len(plain), len(plain) + len(places), dtype=np.int32)
    own = pa.array(generations[places]).cast(_TEXT)
    return pa.concat_arrays([plain, _detailed_heads(details, own)]), which


def _detailed_heads(details: pa.RecordBatch, generations: pa.Array) -> pa.Array:
    disabled_on = _join('"', details.column("disabled_on").cast(_TEXT), '"').fill_null("null")
    return _join(
        *(',{"account_data":', details.column("account_data"), ',"anchor":', quoted(details.column("anchor"))),
        *(',"attributes":', details.column("attributes"), ',"disabled_on":', disabled_on),
        *(',"generation":', generations, ',"iteration":', details.column("iteration").cast(_TEXT), ',"kind":'),
    )


def _join(*texts: pa.Array | str) -> pa.Array:
    scalars = [pa.scalar(one, _TEXT) if isinstance(one, str) else one for one in texts]
    return pc.binary_join_element_wise(*scalars, pa.scalar("", _TEXT))


def _bytes_of(texts: pa.Array) -> NDArray[np.uint8]:
    content = texts.buffers()[2]
    if content is None:
        return np.zeros(0, np.uint8)
    offsets = np.frombuffer(texts.buffers()[1], np.int64)
    low, high = offsets[texts.offset], offsets[texts.offset + len(texts)]
    return np.frombuffer(content, np.uint8)[low:high]


def _length(texts: pa.Array) -> int:
    return len(_bytes_of(texts))
