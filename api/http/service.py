"""What every request shares: the tools, the jobs, lines of diffs that were read already, and what stands ready."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.http.job_runner import JobRunner
from api.tools import Tools
from api.usecases.diffs import verify_stored
from api.usecases.standing import Standing
from policy.diff import Line
from policy.statements import Expectation

_KEPT_DIFFS = 4


class LinesCache:
    """Lines of the diffs read last. A stored diff never changes, so they are verified and parsed once."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, Sequence[Line]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, tools: Tools, diff_id: str) -> Sequence[Line]:
        """Lines of a diff, verified. Raises UsageError when there is none, RefusedError when it does not verify."""
        with self._lock:
            if diff_id in self._lines:
                self._lines.move_to_end(diff_id)
                return self._lines[diff_id]
        with tools.store.read() as tx:
            stored = tx.diffs.get(diff_id)
        lines = verify_stored(tools, stored, Expectation(stored.created_at)).lines
        assert lines is not None, "a stored diff has its lines"
        with self._lock:
            self._lines[diff_id] = lines
            while len(self._lines) > _KEPT_DIFFS:
                self._lines.popitem(last=False)
        return lines


@dataclass(frozen=True, slots=True)
class Service:
    """One workspace served."""

    tools: Tools
    jobs: JobRunner
    lines: LinesCache = field(default_factory=LinesCache)
    standing: Standing = field(default_factory=lambda: Standing(often=True))
