"""Files that were read before: the same text has the same tokens and is the same tree."""

from __future__ import annotations

from functools import lru_cache

from dsl.read.parse import cut_file, parse_cut
from dsl.tree.ast import File
from policy.diagnostics import Diagnostic
from policy.source import SourceFile

_FILES_REMEMBERED = 256
read_cut = lru_cache(maxsize=_FILES_REMEMBERED)(cut_file)


@lru_cache(maxsize=_FILES_REMEMBERED)
def read_file(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """Do what `parse_file` does, on the tokens that an editor looks at too."""
    return parse_cut(read_cut(source))
