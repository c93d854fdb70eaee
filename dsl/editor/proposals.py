"""A proposal: something that may stand at a place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProposalKind(StrEnum):
    """What a proposal is, so that an editor can show it with a sign of its own."""

    DECLARATION = "declaration"
    KEYWORD = "keyword"
    OPERATOR = "operator"
    FIELD = "field"
    NAME = "name"
    VALUE = "value"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that may stand at a place. `insert` replaces the characters from offset `start` up to `end`.

    `skeleton` is what an editor that can jump from place to place inserts instead (see `dsl.editor.skeletons`).
    """

    kind: ProposalKind
    label: str
    insert: str
    start: int
    end: int
    detail: str = ""
    documentation: str = ""
    skeleton: str = ""
