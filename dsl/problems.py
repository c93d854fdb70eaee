"""Where the checker puts what it finds."""

from __future__ import annotations

from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.source import Span

Related = tuple[tuple[str, Span], ...]


class Findings:
    """Problems found so far; the same problem found twice is one problem."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def report(
        self, kind: DiagnosticKind, detail: str, span: Span | None, *, hint: str | None = None, related: Related = ()
    ) -> None:
        """Keep a problem at `span`."""
        self.add(Diagnostic(kind, detail, span, hint, related=related))

    def add(self, *found: Diagnostic) -> None:
        """Keep problems that somebody else found."""
        self._found.update(dict.fromkeys(found))

    def tells(self, kind: DiagnosticKind, span: Span) -> bool:
        """Tell whether a problem of this kind is known at exactly this place."""
        return any(one.kind is kind and one.span == span for one in self._found)

    @property
    def sorted(self) -> tuple[Diagnostic, ...]:
        """All problems by place."""
        return tuple(sorted(self._found, key=lambda one: one.sort_key))
