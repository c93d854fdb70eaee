"""Problems as values: a constant summary from the catalogue, a detail in the author's words, a place and a hint."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policy.source import Span


class Severity(StrEnum):
    """How much a problem matters: an error stops, a warning is a smell, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class DiagnosticKind:
    """One line of the catalogue: `code` (`ORD` and four digits), `severity`, constant `summary` without a full stop."""

    code: str
    severity: Severity
    summary: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem found.

    `kind` is the catalogue line. `detail` says what and why in the author's own words. `span` is where (absent for
    problems of data or of the world). `hint` is an act ("did you mean `department`?"). `subject` names the person,
    file, key or field a problem without a span is about.
    """

    kind: DiagnosticKind
    detail: str
    span: Span | None = None
    hint: str | None = None
    subject: str | None = None
    related: tuple[tuple[str, Span], ...] = field(default=())

    @property
    def code(self) -> str:
        """Code of the kind, such as `ORD0203`."""
        return self.kind.code

    @property
    def severity(self) -> Severity:
        """Severity of the kind."""
        return self.kind.severity

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """Order of output: by place, then code, then words."""
        place = self.span
        if place is None:
            return ("", 0, 0, self.code, self.subject or "", self.detail)
        return (place.path, place.line, place.column, self.code, self.subject or "", self.detail)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether any of the problems is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


class OrdainError(Exception):
    """The world failed, or a demand is refused: raised, and carries its diagnostics (at least one)."""

    def __init__(self, diagnostic: Diagnostic, *more: Diagnostic) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostics = (diagnostic, *more)

    @property
    def diagnostic(self) -> Diagnostic:
        """First, most telling problem."""
        return self.diagnostics[0]


class TransientError(OrdainError):
    """The world failed in a way that may pass (busy, unreachable, too many requests): trying again is sensible.

    `retry_after_seconds` is what the other side asked for, if anything.
    """

    def __init__(self, diagnostic: Diagnostic, *more: Diagnostic, retry_after_seconds: float | None = None) -> None:
        super().__init__(diagnostic, *more)
        self.retry_after_seconds = retry_after_seconds


class RefusedError(OrdainError):
    """A demand is refused because a rule of the house forbids it (stale, unsigned, unapproved, blocked).

    Exit code 3.
    """


class DataError(OrdainError):
    """Rules or data are unusable: exit code 1."""


class UsageError(OrdainError):
    """The demand itself is wrong (no such diff, unknown person, bad configuration): exit code 2."""
