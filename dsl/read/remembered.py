"""Trees of files that were read before: the same text is the same tree."""

from __future__ import annotations

from functools import lru_cache

from dsl.read.parse import parse_file

_FILES_REMEMBERED = 256
read_file = lru_cache(maxsize=_FILES_REMEMBERED)(parse_file)
