"""Opening a workspace: reading `ordain.toml`, and finding what it names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from api.settings.complaints import explain_settings
from api.settings.schema import FILE_NAME, Settings, SourceSection, TargetSection
from connectors.paths import inside
from connectors.registry import SOURCES, TARGETS
from policy.canonical import digest_of
from policy.catalogue.workspace import BAD_SETTING, BAD_TOML, FILE_MISSING, NO_WORKSPACE
from policy.diagnostics import Diagnostic, UsageError
from policy.source import SourceFile


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with an `ordain.toml` that was read and checked whole, its connectors' own keys included."""

    root: Path
    settings: Settings
    source_configs: Mapping[str, BaseModel]
    target_configs: Mapping[str, BaseModel]

    @property
    def name(self) -> str:
        """Name of the workspace, which is also the tenant."""
        return self.settings.workspace.name

    @property
    def rules_folder(self) -> Path:
        """Where the `*.ordain` files lie."""
        return self.root / self.settings.workspace.rules

    @property
    def state_folder(self) -> Path:
        """Where our own files lie: database, keys, results."""
        return self.root / self.settings.workspace.state

    @property
    def keys_folder(self) -> Path:
        """Where private keys lie."""
        return self.state_folder / "keys"

    @property
    def columns_folder(self) -> Path:
        """Where snapshots lie as columns. They can be made again: the folder may be removed at any time."""
        return self.state_folder / "columns"

    @property
    def managed_folder(self) -> Path:
        """Where copies of the managed state lie as columns. The folder may be removed at any time, too."""
        return self.state_folder / "managed"

    @property
    def trust_path(self) -> Path:
        """The trust root file."""
        named = self.settings.trust.root
        return self.root / named if named else self.state_folder / "trust.json"

    @property
    def database_file(self) -> Path:
        """Where the state lies when no database is configured."""
        return self.state_folder / "ordain.db"

    @property
    def database_url(self) -> str:
        """Address of the database, secrets resolved."""
        url = self.settings.database.url
        if url is None:
            return f"sqlite:///{self.database_file.resolve()}"
        return url if isinstance(url, str) else url.resolve(self.root)

    def read_text(self, path: str, *, named_by: str) -> str:
        """Text of a file that a setting names. Raises UsageError that names file and setting."""
        try:
            return inside(self.root, path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "cannot be read"
            detail = f"{path} {why}; {named_by} in {FILE_NAME} names it."
            hint = f"correct {named_by}, or put the file there"
            raise UsageError(Diagnostic(FILE_MISSING, detail, hint=hint, subject=path)) from None

    def configuration_digest(self) -> str:
        """C of DIFFS.md: digest over the targets' configuration and field mappings; secrets only by reference."""
        targets = {
            name: {
                "config": section.model_dump(mode="json"),
                "fields": SourceFile.from_text(
                    section.fields, self.read_text(section.fields, named_by=_key(name))
                ).digest
                if section.fields
                else None,
            }
            for name, section in self.settings.targets.items()
        }
        return digest_of(_without_floats(targets))


def open_workspace(root: Path) -> Workspace:
    """Read and check the workspace in `root`. Raises UsageError with one diagnostic per wrong key."""
    path = root / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        where = "this folder" if root == Path() else f"the folder {root}"
        detail = f"There is no {FILE_NAME} in {where}."
        hint = "make a workspace with `ordain init FOLDER`, or name one with `-w FOLDER`"
        raise UsageError(Diagnostic(NO_WORKSPACE, detail, hint=hint, subject=str(root))) from None
    except NotADirectoryError:
        hint = "name the folder that holds it with `-w FOLDER`"
        raise UsageError(Diagnostic(NO_WORKSPACE, f"{root} is a file.", hint=hint, subject=str(root))) from None
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        raise UsageError(Diagnostic(NO_WORKSPACE, f"{path} {why}.", subject=str(root))) from None
    settings = _read_settings(text)
    problems: list[Diagnostic] = []
    sources = {
        name: _connector_config("sources", name, section, problems) for name, section in settings.sources.items()
    }
    targets = {
        name: _connector_config("targets", name, section, problems) for name, section in settings.targets.items()
    }
    problems += _judge(settings)
    if problems:
        raise UsageError(*problems)
    return Workspace(
        root,
        settings,
        {name: config for name, config in sources.items() if config is not None},
        {name: config for name, config in targets.items() if config is not None},
    )


def _read_settings(text: str) -> Settings:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "mend that place; docs/workspace.md shows a whole file"
        words = str(error)
        detail = f"{FILE_NAME}: {words[:1].lower()}{words[1:]}."
        raise UsageError(Diagnostic(BAD_TOML, detail, hint=hint, subject=FILE_NAME)) from None
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise UsageError(*explain_settings(error, Settings, document)) from None


def _connector_config(
    kind: str, name: str, section: SourceSection | TargetSection, problems: list[Diagnostic]
) -> BaseModel | None:
    registry = SOURCES if kind == "sources" else TARGETS
    entry = registry.get(section.connector)
    if entry is None:
        key, known = f"{kind}.{name}.connector", ", ".join(sorted(registry))
        detail = f'{FILE_NAME}: {key}: there is no connector "{section.connector}".'
        problems.append(Diagnostic(BAD_SETTING, detail, hint=f"choose one of {known}", subject=key))
        return None
    own = section.model_extra or {}
    try:
        return entry.config.model_validate(own)
    except ValidationError as error:
        problems += explain_settings(error, entry.config, own, within=(kind, name))
        return None


def _judge(settings: Settings) -> list[Diagnostic]:
    enforcement = settings.enforcement
    if enforcement.timeout_seconds < enforcement.lease_seconds:
        return []
    key = "enforcement.lease_seconds"
    detail = f"{key} is {enforcement.lease_seconds:g}, which is not longer than timeout_seconds."
    hint = "a call must end before the lease does: raise lease_seconds or lower timeout_seconds"
    return [Diagnostic(BAD_SETTING, detail, hint=hint, subject=key)]


def _key(target: str) -> str:
    return f"targets.{target}.fields"


def _without_floats(value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    match value:
        case float():
            return format(value, "g")
        case dict():
            return {key: _without_floats(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_floats(item) for item in value]
        case _:
            return value
