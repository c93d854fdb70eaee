"""Which Ordain this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def our_version() -> str:
    """Version of the installed distribution."""
    try:
        return version("ordain")
    except PackageNotFoundError:
        return "unknown"
