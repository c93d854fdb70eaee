"""Every connector, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from connectors.csv.configuration import CsvConfig
from connectors.csv.source import open_csv_source
from connectors.csv.target import CsvTargetConfig, open_csv_target
from connectors.memory.target import MemoryTargetConfig, open_memory_target
from connectors.sql.configuration import SqlTargetConfig
from connectors.sql.target import open_sql_target
from connectors.vault.source import VaultConfig, open_vault_source
from policy.ports import Source, TargetConnector


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A kind of source.

    `config` checks the table `[sources.NAME]` without its key `connector`. `open` takes the source's name, the checked
    configuration and the workspace. Every configuration has `mapping`, the path of a source mapping, or None.
    """

    name: str
    config: type[BaseModel]
    open: Callable[[str, Any, Path], Source]


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """A kind of target, as for sources; `config` checks `[targets.NAME]` without the keys that all targets share."""

    name: str
    config: type[BaseModel]
    open: Callable[[str, Any, Path], TargetConnector]


SOURCES: dict[str, SourceEntry] = {
    "csv": SourceEntry("csv", CsvConfig, open_csv_source),
    "vault": SourceEntry("vault", VaultConfig, open_vault_source),
}
TARGETS: dict[str, TargetEntry] = {
    "csv": TargetEntry("csv", CsvTargetConfig, open_csv_target),
    "memory": TargetEntry("memory", MemoryTargetConfig, open_memory_target),
    "sql": TargetEntry("sql", SqlTargetConfig, open_sql_target),
}
