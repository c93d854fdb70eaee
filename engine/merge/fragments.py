"""Fragments of canonical JSON in one buffer, each known by a number: rows of a file are laid together from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from json.encoder import encode_basestring

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of
from policy.canonical import normal_text

_FIRST_SEEN, _FIRST_NOT_ASCII = 0x20, 0x80


@dataclass(slots=True)
class Fragments:
    """Fragments as they are added; the first of each addition has the number that `add` or `add_texts` gives."""

    _data: list[NDArray[np.uint8]] = field(default_factory=list)
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)
    count: int = 0

    def add(self, fragments: Iterable[bytes]) -> int:
        """Add these; gives the number of the first."""
        added = list(fragments)
        lengths = np.fromiter((len(one) for one in added), np.int64, len(added))
        return self._put(np.frombuffer(b"".join(added), np.uint8), lengths)

    def add_texts(self, texts: pa.StringArray) -> int:
        """Add texts as they stand between the quotes of JSON, in normal form C; gives the number of the first."""
        data, offsets = _buffers(_escaped(texts))
        return self._put(data, np.diff(offsets))

    @property
    def data(self) -> NDArray[np.uint8]:
        """All of them, one behind the other."""
        return np.concatenate(self._data)

    @property
    def first(self) -> NDArray[np.int64]:
        """Where each begins, and the end of the last."""
        return offsets_of(np.concatenate(self._lengths))

    def _put(self, data: NDArray[np.uint8], lengths: NDArray[np.int64]) -> int:
        number = self.count
        self._data.append(data)
        self._lengths.append(lengths)
        self.count += len(lengths)
        return number


def text_json(text: str) -> str:
    """Text as canonical JSON has it, with its quotes."""
    return encode_basestring(normal_text(text))


def _escaped(texts: pa.StringArray) -> pa.StringArray:
    """Texts as JSON has them, without their quotes. Most are plain, and those are only looked at."""
    data, offsets = _buffers(texts)
    odd = (data < _FIRST_SEEN) | (data >= _FIRST_NOT_ASCII) | (data == ord('"')) | (data == ord("\\"))
    if not odd.any():
        return texts
    rows = np.unique(np.searchsorted(offsets, np.flatnonzero(odd), side="right") - 1)
    written = [text_json(text)[1:-1] for text in texts.take(pa.array(rows)).to_pylist()]
    mask = np.zeros(len(texts), np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(written, pa.string()))


def _buffers(texts: pa.StringArray) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Bytes of all texts, and where each begins among them (with the end of the last)."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return np.frombuffer(data, np.uint8)[places[0] : places[-1]], places - places[0]
