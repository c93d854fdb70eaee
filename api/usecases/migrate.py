"""Move in: an export of HelloID's business rules and its vault, to a workspace of ours."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from api.render.migration import migration_page, settings_text
from api.settings.schema import FILE_NAME
from api.tools import Progress, no_progress
from api.usecases.files import write_whole
from api.usecases.migration_counts import Candidates, count_persons
from connectors.helloid.business_rules import read_business_rules
from connectors.javascript.runner import JavaScriptRunner
from connectors.vault.source import VaultConfig, open_vault_source
from dsl.compile import compile_policy
from dsl.migrate.migrate import Wishes, migrate_rules
from dsl.migrate.names import make_id
from dsl.migrate.outcome import Migration, RuleCount
from engine.mapping.source import map_people
from engine.people.build import build_people
from policy.catalogue.migration import RULES_IN_THE_WAY
from policy.catalogue.service import FILE_NOT_READ, FILE_NOT_WRITTEN
from policy.catalogue.workspace import NOT_EMPTY
from policy.diagnostics import Diagnostic, OrdainError, UsageError
from policy.imports import ImportResult
from policy.rules import CheckedPolicy
from policy.source import SourceFile

_RULES = "rules"
_VAULT_COPY = "hr/vault.json"
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Move:
    """What to move: the export `rules`, the `vault`, the folder `out`, and wishes.

    `targets` are ids by names of systems; `as_of` None is today in `timezone` (IANA). `force`: write over files that
    lie in `out`.
    """

    rules: Path
    vault: Path
    out: Path
    targets: Mapping[str, str]
    timezone: str
    as_of: date | None
    force: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it: `files` written, `persons` in the vault, and how many problems it has.

    `warnings` are those that `ordain check` will show.
    """

    migration: Migration
    counts: tuple[RuleCount, ...]
    as_of: date
    persons: int
    vault_problems: int
    warnings: int
    files: tuple[str, ...]


def move_in(move: Move, now: datetime, progress: Progress = no_progress) -> Moved:
    """Write the workspace, whole or not at all.

    Raises UsageError when `out` is in use or a wish makes no sense, DataError when the export or the vault makes none,
    OrdainError when a file cannot be read or written.
    """
    _check_folder(move)
    export = read_business_rules(_read(move.rules), move.rules.name, tuple(move.targets))
    as_of = move.as_of or now.astimezone(ZoneInfo(move.timezone)).date()
    people = _read_people(move, as_of, progress)
    progress("writing the rules", 0, len(export.rules))
    title = f"Moved from HelloID: {move.out.resolve().name}"
    migration = migrate_rules(export, people.snapshot, Wishes(title, move.timezone, move.targets))
    policy, warnings = _compile(migration.files)
    apart = _compile(migration.apart)[0] if migration.apart else None
    counts = count_persons(Candidates(migration.rules, policy, apart), people.snapshot, as_of, progress=progress)
    vault = _vault_path(move)
    texts = {
        FILE_NAME: settings_text(make_id(move.out.resolve().name, fallback="workspace"), vault, migration.targets),
        "MIGRATION.md": migration_page(migration, counts, as_of, file=move.rules.name),
        ".gitignore": f"# Our own state, and data of real persons.\n.ordain/\n{vault}\n",
        **{f"{_RULES}/{file.path}": file.text for file in migration.files},
    }
    _check_rules_folder(move, texts)
    files = {name: text.encode() for name, text in texts.items()}
    if vault == _VAULT_COPY:
        files[vault] = _read(move.vault)
    _write(move.out, files)
    return Moved(
        migration, counts, as_of, people.counts.persons, len(people.diagnostics), warnings, tuple(sorted(files))
    )


def _compile(files: Sequence[SourceFile]) -> tuple[CheckedPolicy, int]:
    compiled = compile_policy(files, {})
    assert compiled.policy is not None, f"migrated rules compile: {[one.detail for one in compiled.diagnostics]}"
    return compiled.policy, len(compiled.diagnostics)


def _read_people(move: Move, as_of: date, progress: Progress) -> ImportResult:
    progress("reading the vault", 0, 0)
    records = open_vault_source("hr", VaultConfig(file=move.vault.name), move.vault.parent).read()
    scripts = JavaScriptRunner()
    try:
        noon = datetime.combine(as_of, time(), UTC)
        mapped = map_people(records, None, scripts, now=noon, seed=0, timezone=move.timezone)
    finally:
        scripts.close()
    return build_people(mapped, records.departments)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise OrdainError(Diagnostic(FILE_NOT_READ, f"{path} cannot be read: {reason}.", subject=str(path))) from None


def _check_folder(move: Move) -> None:
    out = move.out
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not move.force)):
        hint = "name a new or empty folder with --out; --force writes over files of the same names"
        raise UsageError(Diagnostic(NOT_EMPTY, f"{out} holds something already.", hint=hint, subject=str(out)))


def _check_rules_folder(move: Move, texts: Mapping[str, str]) -> None:
    """Refuse a folder with other rules: they and ours would be one policy."""
    there = {path.relative_to(move.out).as_posix() for path in (move.out / _RULES).rglob("*.ordain")}
    others = sorted(there - set(texts))
    if others:
        detail = f"{move.out} holds rules that are not from this export: {', '.join(others[:5])}."
        hint = "move them away, or name another folder with --out"
        raise UsageError(Diagnostic(RULES_IN_THE_WAY, detail, hint=hint, subject=str(move.out)))


def _vault_path(move: Move) -> str:
    """Path of the vault as the workspace names it: where it lies, when that is inside; else that of a copy."""
    vault, out = move.vault.resolve(), move.out.resolve()
    return vault.relative_to(out).as_posix() if vault.is_relative_to(out) else _VAULT_COPY


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Write all files: into a folder that appears with everything in it, or one by one over those that are there."""
    fresh = not out.exists() or not any(out.iterdir())
    if not fresh:
        _write_all(out, files)
        return
    try:
        out.resolve().parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=out.resolve().parent, prefix=f".{out.resolve().name}."))
    except OSError as error:
        raise _not_written(out, error) from None
    try:
        _write_all(made, files)
        made.chmod(0o755)
        made.replace(out.resolve())
    except OSError as error:
        raise _not_written(out, error) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        write_whole(folder / name, content)
        if name == _VAULT_COPY:
            (folder / name).chmod(_PRIVATE)


def _not_written(out: Path, error: OSError) -> OrdainError:
    reason = (error.strerror or "no reason given").lower()
    return OrdainError(Diagnostic(FILE_NOT_WRITTEN, f"{out} cannot be written: {reason}.", subject=str(out)))
