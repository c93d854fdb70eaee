"""Coverage as an lcov tracefile, for tools that show it beside the source.

Source of the form: geninfo(1), section FILES, of the lcov project.
"""

from __future__ import annotations

from collections.abc import Iterator

from api.render.coverage_text import of_path
from policy.coverage import Coverage, Covered, CoverKind

_NAMED = frozenset({CoverKind.RULE, CoverKind.EXCLUSION, CoverKind.NEVER, CoverKind.EVENT})


def render_lcov(coverage: Coverage, *, folder: str = "") -> str:
    """One record per file: declarations as functions, everything to be seen as branches, and lines.

    A line counts as run when anything of it was seen. `folder` is the rules folder relative to the repository.
    """
    return "".join(f"{line}\n" for path, part in of_path(coverage) for line in _record(path, part, folder))


def _record(path: str, part: Coverage, folder: str) -> Iterator[str]:
    yield "TN:"
    yield f"SF:{folder.rstrip('/')}/{path}" if folder else f"SF:{path}"
    named = [one for one in part.items if one.item.kind in _NAMED]
    for one in named:
        yield f"FN:{one.item.place.line},{_name(one)}"
    for one in named:
        yield f"FNDA:{1 if one.seen else 0},{_name(one)}"
    yield f"FNF:{len(named)}"
    yield f"FNH:{sum(bool(one.seen) for one in named)}"
    for block, one in enumerate(part.items):
        for branch, seen in enumerate(one.item.wanted):
            yield f"BRDA:{one.item.place.line},{block},{branch},{1 if seen in one.seen else 0}"
    yield f"BRF:{part.wanted}"
    yield f"BRH:{part.hits}"
    lines: dict[int, bool] = {}
    for one in part.items:
        line = one.item.place.line
        lines[line] = lines.get(line, False) or bool(one.seen)
    for line, run in sorted(lines.items()):
        yield f"DA:{line},{int(run)}"
    yield f"LF:{len(lines)}"
    yield f"LH:{sum(lines.values())}"
    yield "end_of_record"


def _name(one: Covered) -> str:
    return f"{one.item.kind.value} {one.item.text}"
