"""Every connector, one line each: its module, its configuration model and what opens it.

A module is imported when its connector is used: checking rules waits for no database library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

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


Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry]):
    """Entries by name; `lines` are `module:configuration:opener`."""

    def __init__(
        self, kind: Callable[[str, type[BaseModel], Callable[[str, Any, Path], Any]], Entry], lines: dict[str, str]
    ) -> None:
        self._kind = kind
        self._lines = lines

    def __getitem__(self, name: str) -> Entry:
        module_name, config, opener = self._lines[name].split(":")
        module = import_module(module_name)
        return self._kind(name, getattr(module, config), getattr(module, opener))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


SOURCES: Mapping[str, SourceEntry] = Registry(
    SourceEntry,
    {
        "csv": "connectors.csv.source:CsvConfig:open_csv_source",
        "vault": "connectors.vault.source:VaultConfig:open_vault_source",
    },
)
TARGETS: Mapping[str, TargetEntry] = Registry(
    TargetEntry,
    {
        "csv": "connectors.csv.target:CsvTargetConfig:open_csv_target",
        "memory": "connectors.memory.target:MemoryTargetConfig:open_memory_target",
        "sql": "connectors.sql.target:SqlTargetConfig:open_sql_target",
    },
)
