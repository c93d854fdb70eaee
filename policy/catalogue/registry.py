"""All diagnostics by code, gathered from the modules of the catalogue."""

from __future__ import annotations

from policy.catalogue import (
    comparison,
    enforcement,
    evaluation,
    forecast,
    formatting,
    language,
    lint,
    migration,
    names,
    proofs,
    service,
    sources,
    structure,
    testing,
    trust,
    workspace,
)
from policy.diagnostics import DiagnosticKind

_MODULES = (
    language,
    names,
    structure,
    lint,
    workspace,
    sources,
    evaluation,
    trust,
    enforcement,
    service,
    testing,
    comparison,
    migration,
    formatting,
    proofs,
    forecast,
)


def catalogue() -> dict[str, DiagnosticKind]:
    """Every kind of diagnostic by its code, sorted by code. A code that stands twice is our own bug."""
    kinds = [
        kind
        for module in _MODULES
        for name, kind in vars(module).items()
        if name.isupper() and isinstance(kind, DiagnosticKind)
    ]
    by_code = {kind.code: kind for kind in kinds}
    assert len(by_code) == len(kinds), "a diagnostic code stands twice in the catalogue"
    return dict(sorted(by_code.items()))
